using Holdfast.Sessions;

namespace Holdfast.Transcripts;

/// <summary>
/// Folded conversations by segment, so that a warm turn reads only the tail. A transcript only grows (I6), so a cached prefix stays
/// right whoever appended since, and a segment once sealed stays sealed; losing an entry costs a whole read and nothing else.
/// </summary>
/// <param name="maxBytes">The most to hold, over all sessions, of memory and not of text alone; the longest unused go first.</param>
public sealed class ConversationCache(long maxBytes)
{
    /// <summary>
    /// What a session takes beside its entries: its id, its places in list and dictionary, and the empty collections. Measured.
    /// </summary>
    private const int SessionBytes = 768;

    private readonly Lock _gate = new();
    private readonly Dictionary<(SessionId Session, int Segment), LinkedListNode<Cached>> _byKey = [];
    private readonly LinkedList<Cached> _recent = [];
    private long _bytes;

    /// <returns>
    /// The conversation up to a length of the segment in bytes, with all that the segment continues; null when nothing is cached.
    /// </returns>
    public (Conversation Conversation, long Length)? Find(SessionId session, int segment)
    {
        lock (_gate)
        {
            return Touch((session, segment)) is { Conversation: { } conversation } cached ? (conversation, cached.Length) : null;
        }
    }

    /// <summary>The first segment from <paramref name="segment"/> on that is not known to be sealed.</summary>
    public int FirstOpen(SessionId session, int segment)
    {
        lock (_gate)
        {
            while (Touch((session, segment)) is { Conversation: null })
            {
                segment++;
            }

            return segment;
        }
    }

    public void Store(SessionId session, int segment, Conversation conversation, long length)
    {
        lock (_gate)
        {
            Put(new Cached((session, segment), conversation, length));
        }
    }

    /// <summary>Notes that the segment is sealed and that <paramref name="next"/> is what the one after it begins with.</summary>
    public void StoreSealed(SessionId session, int segment, Conversation next)
    {
        lock (_gate)
        {
            if (Touch((session, segment + 1)) is null)
            {
                Put(new Cached((session, segment + 1), next, 0));
            }

            // Its conversation lives on in the next segment's; only the seal is remembered.
            Put(new Cached((session, segment), null, 0));
        }
    }

    private Cached? Touch((SessionId Session, int Segment) key)
    {
        if (!_byKey.TryGetValue(key, out var node))
        {
            return null;
        }

        _recent.Remove(node);
        _recent.AddFirst(node);
        return node.Value;
    }

    private void Put(Cached cached)
    {
        Remove(cached.Key);
        _byKey[cached.Key] = _recent.AddFirst(cached);
        _bytes += cached.Bytes;
        while (_bytes > maxBytes && _recent.Count > 1)
        {
            Remove(_recent.Last!.Value.Key);
        }
    }

    private void Remove((SessionId Session, int Segment) key)
    {
        if (_byKey.Remove(key, out var node))
        {
            _recent.Remove(node);
            _bytes -= node.Value.Bytes;
        }
    }

    /// <param name="Conversation">Null for a sealed segment.</param>
    private sealed record Cached((SessionId Session, int Segment) Key, Conversation? Conversation, long Length)
    {
        public long Bytes => SessionBytes + (Conversation?.HeldBytes ?? 0);
    }
}
