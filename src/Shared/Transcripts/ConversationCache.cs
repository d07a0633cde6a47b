using Holdfast.Sessions;

namespace Holdfast.Transcripts;

/// <summary>
/// Folded conversations by segment, so that a warm turn reads only the tail. A transcript only grows (I6), so a cached prefix stays
/// right whoever appended since; losing an entry costs a whole read and nothing else.
/// </summary>
/// <param name="maxCharacters">The most text to hold, over all sessions; the longest unused go first.</param>
public sealed class ConversationCache(long maxCharacters)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(SessionId Session, int Segment), LinkedListNode<Cached>> _byKey = [];
    private readonly LinkedList<Cached> _recent = [];
    private long _characters;

    /// <returns>The conversation and the length in bytes it was folded to; empty and 0 when nothing is cached.</returns>
    public (Conversation Conversation, long Length) Find(SessionId session, int segment)
    {
        lock (_gate)
        {
            if (!_byKey.TryGetValue((session, segment), out var node))
            {
                return (Conversation.Empty, 0);
            }

            _recent.Remove(node);
            _recent.AddFirst(node);
            return (node.Value.Conversation, node.Value.Length);
        }
    }

    public void Store(SessionId session, int segment, Conversation conversation, long length)
    {
        lock (_gate)
        {
            Remove((session, segment));
            _byKey[(session, segment)] = _recent.AddFirst(new Cached((session, segment), conversation, length));
            _characters += conversation.Characters;
            while (_characters > maxCharacters && _recent.Count > 1)
            {
                Remove(_recent.Last!.Value.Key);
            }
        }
    }

    private void Remove((SessionId Session, int Segment) key)
    {
        if (_byKey.Remove(key, out var node))
        {
            _recent.Remove(node);
            _characters -= node.Value.Conversation.Characters;
        }
    }

    private sealed record Cached((SessionId Session, int Segment) Key, Conversation Conversation, long Length);
}
