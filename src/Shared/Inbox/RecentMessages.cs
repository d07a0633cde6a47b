using Holdfast.Storage;

namespace Holdfast.Inbox;

/// <summary>
/// Messages that this process accepted or read lately, by path and version. A pending blob is never changed, so the same version is the
/// same message; losing one costs a read and nothing else. Thread-safe.
/// </summary>
/// <param name="maxBytes">The most to hold, of memory and not of text alone; the oldest go first.</param>
internal sealed class RecentMessages(long maxBytes)
{
    /// <summary>What a message takes beside its texts: objects, and its places in list and dictionary. Measured.</summary>
    private const int MessageBytes = 768;

    private readonly Lock _gate = new();
    private readonly Dictionary<BlobPath, LinkedListNode<Held>> _byPath = [];
    private readonly LinkedList<Held> _inOrder = [];
    private long _bytes;

    /// <returns>Null when this version is not held.</returns>
    public InboundMessage? Find(BlobPath path, BlobETag etag)
    {
        lock (_gate)
        {
            return _byPath.TryGetValue(path, out var held) && held.Value.ETag == etag ? held.Value.Message : null;
        }
    }

    public void Keep(BlobPath path, BlobETag etag, InboundMessage message)
    {
        lock (_gate)
        {
            Drop(path);
            var held = new Held(path, etag, message);
            _byPath[path] = _inOrder.AddLast(held);
            _bytes += held.Bytes;
            while (_bytes > maxBytes)
            {
                Drop(_inOrder.First!.Value.Path);
            }
        }
    }

    /// <summary>The message is no longer pending.</summary>
    public void Forget(BlobPath path)
    {
        lock (_gate)
        {
            Drop(path);
        }
    }

    private void Drop(BlobPath path)
    {
        if (_byPath.Remove(path, out var held))
        {
            _inOrder.Remove(held);
            _bytes -= held.Value.Bytes;
        }
    }

    private sealed record Held(BlobPath Path, BlobETag ETag, InboundMessage Message)
    {
        public long Bytes { get; } = MessageBytes + (2L * (Path.Value.Length + ETag.Value.Length + LengthOf(Message)));

        private static int LengthOf(InboundMessage message) =>
            message.DeliveryId.Length + message.SessionKey.Length + message.AgentId.Length + message.Text.Length;
    }
}
