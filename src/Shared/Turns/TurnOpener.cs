using Holdfast.Inbox;
using Holdfast.Outbox;
using Holdfast.Sessions;
using Holdfast.Storage;
using Microsoft.Extensions.Logging;

namespace Holdfast.Turns;

/// <summary>
/// Takes the session's next message: oldest first, one at a time. Opening changes nothing but leftovers: a message whose receipt stands
/// (its finisher died before taking it away) is taken away without a second turn (I10), and side entries without a turn are written.
/// </summary>
public sealed partial class TurnOpener(
    StorageCallCounter counter,
    InboxStore inbox,
    SideWriter sideWriter,
    ReceiptStore receipts,
    SessionDirectory sessions,
    IAgentDirectory agents,
    TimeProvider clock,
    ILogger<TurnOpener> log)
{
    private static readonly TimeSpan DeadlineOfUnknownAgent = TimeSpan.FromMinutes(5);

    /// <returns>Null when no message is pending.</returns>
    public async Task<TurnReference?> OpenAsync(SessionKey key, CancellationToken cancellationToken)
    {
        using var calls = counter.StartTally();
        var items = new List<InboxItem>();
        await foreach (var item in inbox.ListAsync(key, cancellationToken))
        {
            items.Add(item);
        }

        if (items.Count == 0)
        {
            return null;
        }

        // Two reads that do not need each other, at once.
        var resolving = sessions.ResolveAsync(key, cancellationToken);
        var taking = TakeFirstAsync(items, cancellationToken);
        await Task.WhenAll(resolving, taking);
        var (session, (first, message)) = (await resolving, await taking);
        var hasSideEntries = items.Exists(item => item.Kind == InboxKind.Side);
        if (first is null || message is null)
        {
            if (hasSideEntries)
            {
                await sideWriter.FlushAsync(key, session, cancellationToken);
            }

            return null;
        }

        var run = RunId.First(TurnId.Parse(first.DeliveryHash));
        LogOpened(log, run.Value, session.SessionId);
        return new TurnReference(
            run.Value,
            key.Value,
            session.SessionId,
            session.ActiveSegment,
            message.AgentId,
            message.Priority,
            first.Path.Value,
            first.ETag.Value,
            message.AcceptedAt,
            clock.GetUtcNow() + (agents.Find(message.AgentId)?.TurnDeadline ?? DeadlineOfUnknownAgent),
            (int)calls.Calls,
            hasSideEntries);
    }

    private async Task<(InboxItem? Item, InboundMessage? Message)> TakeFirstAsync(List<InboxItem> items, CancellationToken cancellationToken)
    {
        foreach (var item in items.Where(item => item.Kind == InboxKind.Message))
        {
            if (await TakeAsync(item, cancellationToken) is { Item: not null } taken)
            {
                return taken;
            }
        }

        return (null, null);
    }

    private async Task<(InboxItem? Item, InboundMessage? Message)> TakeAsync(InboxItem item, CancellationToken cancellationToken)
    {
        if (await receipts.FindAsync(TurnId.Parse(item.DeliveryHash), cancellationToken) is not null)
        {
            await inbox.RemoveAsync(item.Path, item.ETag, cancellationToken);
            return (null, null);
        }

        return await inbox.ReadMessageAsync(item.Path, item.ETag, cancellationToken) is { } message ? (item, message) : (null, null);
    }

    [LoggerMessage(EventId = 1400, Level = LogLevel.Debug, Message = "Run {Run} opened for session {Session}")]
    private static partial void LogOpened(ILogger logger, string run, string session);
}
