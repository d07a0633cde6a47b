using System.Runtime.CompilerServices;
using Holdfast.Sessions;

namespace Holdfast.Inbox;

/// <summary>Finds sessions with something pending that a bell just rung would have taken by now.</summary>
public sealed class InboxSweeper(InboxStore inbox, SessionDirectory sessions, TimeProvider clock)
{
    /// <summary>Younger ones are left to their bell.</summary>
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

    /// <returns>Null when the item is gone, or nobody knows the session.</returns>
    public async Task<SessionKey?> KeyOfAsync(InboxItem item, CancellationToken cancellationToken) =>
        item.Kind == InboxKind.Message && await inbox.ReadMessageAsync(item.Path, cancellationToken) is { } message
            ? SessionKey.Parse(message.SessionKey)
            : await sessions.FindAsync(item.KeyHash, cancellationToken) is { } record ? SessionKey.Parse(record.SessionKey) : null;
}
