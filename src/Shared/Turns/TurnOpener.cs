using Holdfast.Inbox;
using Holdfast.Outbox;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Transcripts;
using Microsoft.Extensions.Logging;

namespace Holdfast.Turns;

/// <summary>
/// Takes the session's next message: oldest first, one at a time, but never before one whose answer stands already: what is left of that
/// turn needs no model, and an older message that came late does not overtake it (I7). Opening changes nothing but leftovers: a message
/// whose receipt stands (its finisher died before taking it away) is taken away without a second turn (I10), and side entries without a
/// turn are written.
/// </summary>
public sealed partial class TurnOpener(
    StorageCallCounter counter,
    InboxStore inbox,
    SideWriter sideWriter,
    ReceiptStore receipts,
    SessionDirectory sessions,
    TranscriptReader reader,
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

        // The session and the message do not need each other, unless the messages have to be put in order.
        var messages = items.Where(item => item.Kind == InboxKind.Message).ToList();
        var resolving = sessions.ResolveAsync(key, cancellationToken);
        var ordered = messages.Count < 2 ? messages : await InOrderAsync(messages, await resolving, cancellationToken);
        var taking = TakeFirstAsync(ordered, cancellationToken);
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

    /// <summary>
    /// Oldest first, after the one that the session's owner has answered and not finished: he is about to, or he died, or stands still
    /// longer than his lease.
    /// </summary>
    private async Task<List<InboxItem>> InOrderAsync(List<InboxItem> messages, SessionRecord session, CancellationToken cancellationToken)
    {
        var view = await reader.ReadAsync(SessionId.Parse(session.SessionId), session.ActiveSegment, cancellationToken);
        return view is { Claim: { } claim } && RunId.TryParse(claim.RunId) is { } owner && TurnHistory.IsAnswered(view.Conversation, owner)
            ? [.. messages.OrderBy(message => message.DeliveryHash == owner.Turn.Value ? 0 : 1)]
            : messages;
    }

    private async Task<(InboxItem? Item, InboundMessage? Message)> TakeFirstAsync(List<InboxItem> messages, CancellationToken cancellationToken)
    {
        foreach (var message in messages)
        {
            if (await TakeAsync(message, cancellationToken) is { Item: not null } taken)
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
