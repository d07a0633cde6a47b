using Holdfast.Storage;

namespace Holdfast.Inbox;

/// <summary>
/// Messages that this process accepted or read lately, by path and version. A pending blob is never changed, so the same version is the
/// same message; losing one costs a read and nothing else. Thread-safe.
/// </summary>
/// <param name="maxCharacters">The most text to hold; the oldest go first.</param>
internal sealed class RecentMessages(long maxCharacters)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<BlobPath, (BlobETag ETag, InboundMessage Message)> _byPath = [];
    private readonly Queue<BlobPath> _inOrder = new();
    private long _characters;

    /// <returns>Null when this version is not held.</returns>
    public InboundMessage? Find(BlobPath path, BlobETag etag)
    {
        lock (_gate)
        {
            return _byPath.TryGetValue(path, out var held) && held.ETag == etag ? held.Message : null;
        }
    }

    public void Keep(BlobPath path, BlobETag etag, InboundMessage message)
    {
        lock (_gate)
        {
            Drop(path);
            _byPath[path] = (etag, message);
            _inOrder.Enqueue(path);
            _characters += message.Text.Length;
            while (_characters > maxCharacters && _inOrder.TryDequeue(out var oldest))
            {
                Drop(oldest);
            }
        }
    }

    /// <summary>The message is no longer pending.</summary>
    public void Forget(BlobPath path)
    {
        lock (_gate)
        {
            Drop(path);
            while (_inOrder.TryPeek(out var oldest) && !_byPath.ContainsKey(oldest))
            {
                _inOrder.Dequeue();
            }
        }
    }

    private void Drop(BlobPath path)
    {
        if (_byPath.Remove(path, out var held))
        {
            _characters -= held.Message.Text.Length;
        }
    }
}
