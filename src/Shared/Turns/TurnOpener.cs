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
        InboxItem? first = null;
        InboundMessage? message = null;
        var hasSideEntries = false;
        await foreach (var item in inbox.ListAsync(key, cancellationToken))
        {
            hasSideEntries |= item.Kind == InboxKind.Side;
            if (item.Kind == InboxKind.Message && first is null)
            {
                (first, message) = await TakeAsync(item, cancellationToken);
            }
        }

        if (first is null && !hasSideEntries)
        {
            return null;
        }

        var session = await sessions.ResolveAsync(key, cancellationToken);
        if (first is null || message is null)
        {
            await sideWriter.FlushAsync(key, session, cancellationToken);
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

    private async Task<(InboxItem? Item, InboundMessage? Message)> TakeAsync(InboxItem item, CancellationToken cancellationToken)
    {
        if (await receipts.FindAsync(TurnId.Parse(item.DeliveryHash), cancellationToken) is not null)
        {
            await inbox.RemoveAsync(item.Path, item.ETag, cancellationToken);
            return (null, null);
        }

        return await inbox.ReadMessageAsync(item.Path, cancellationToken) is { } message ? (item, message) : (null, null);
    }

    [LoggerMessage(EventId = 1400, Level = LogLevel.Debug, Message = "Run {Run} opened for session {Session}")]
    private static partial void LogOpened(ILogger logger, string run, string session);
}
