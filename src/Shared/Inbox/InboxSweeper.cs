using System.Runtime.CompilerServices;
using Holdfast.Sessions;
using Holdfast.Transcripts;

namespace Holdfast.Inbox;

/// <summary>Finds sessions with something pending that a signal just sent would have taken by now.</summary>
public sealed class InboxSweeper(InboxStore inbox, SessionDirectory sessions, TranscriptReader transcripts, TimeProvider clock)
{
    /// <summary>Younger ones are left to their signal.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    /// <returns>The oldest pending item of each session that has one.</returns>
    public async IAsyncEnumerable<InboxItem> FindAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? last = null;
        await foreach (var item in inbox.ListAllAsync(cancellationToken))
        {
            if (item.KeyHash != last && clock.GetUtcNow() - item.AcceptedAt >= Grace)
            {
                last = item.KeyHash;
                yield return item;
            }
        }
    }

    /// <returns>Whose item it is, and since when it waits; null when it is gone, or nobody knows the session.</returns>
    public async Task<(SessionKey Key, DateTimeOffset Since)?> ReadAsync(InboxItem item, CancellationToken cancellationToken) =>
        item.Kind == InboxKind.Message && await inbox.ReadMessageAsync(item.Path, cancellationToken) is { } message
            ? (message.SessionKey, message.ReceivedAt ?? item.AcceptedAt)
            : await sessions.FindAsync(item.KeyHash, cancellationToken) is { } record ? (record.SessionKey, item.AcceptedAt) : null;

    /// <returns>True while somebody holds the session: a turn is at work, however long it takes.</returns>
    public async Task<bool> IsHeldAsync(SessionKey key, CancellationToken cancellationToken) =>
        await sessions.FindAsync(key, cancellationToken) is { } record
        && await transcripts.FindActiveAsync(record.SessionId, record.ActiveSegment, cancellationToken) is { Snapshot.IsLeased: true };
}
