using Holdfast.Delivery;
using Holdfast.Inbox;
using Holdfast.Sessions;
using Holdfast.Transcripts;

namespace Holdfast.Turns;

/// <summary>A turn that is open, and what it was opened for.</summary>
/// <param name="HasMore">Other messages wait behind it.</param>
public sealed record OpenedTurn(TurnReference Turn, InboundMessage Message, bool HasMore);

/// <summary>
/// Takes the session's next message: oldest first, one at a time, but never before one whose answer stands already (what is
/// left of that turn needs no model), nor before one that the same orchestration, or the ended one before it, has begun: an older message
/// that came late does not overtake it (I7). Opening changes nothing but leftovers: a message whose receipt stands (its finisher died
/// before taking it away) is taken away without a second turn (I10), one that cannot be read is set aside, and side entries without a turn
/// are written.
/// </summary>
public sealed class TurnOpener(
    InboxStore inbox, SideWriter sideWriter, ReceiptStore receipts, SessionDirectory sessions, TranscriptReader reader,
    IAgentDirectory agents, TimeProvider clock)
{
    private static readonly TimeSpan DeadlineOfUnknownAgent = TimeSpan.FromMinutes(5);

    /// <returns>Null when no message is pending.</returns>
    public async Task<OpenedTurn?> OpenAsync(TurnCourse course, CancellationToken cancellationToken)
    {
        var key = course.SessionKey;
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
        var (ordered, begun) = messages.Count < 2
            ? (messages, null)
            : await InOrderAsync(course, messages, await resolving, cancellationToken);
        var taking = TakeFirstAsync(ordered, cancellationToken);
        await Task.WhenAll(resolving, taking);
        var session = await resolving;
        var hasSideEntries = items.Exists(item => item.Kind == InboxKind.Side);
        if (await taking is not var (first, message))
        {
            if (hasSideEntries)
            {
                await sideWriter.FlushAsync(key, session, cancellationToken);
            }

            return null;
        }

        var run = RunId.First(first.Turn);
        run = begun?.Turn == run.Turn ? begun : run;
        var turn = await ReferenceAsync(run, course, session, first, message, cancellationToken);
        return new OpenedTurn(turn with { HasSideEntries = hasSideEntries }, message, messages.Count > 1);
    }

    private async Task<TurnReference> ReferenceAsync(
        RunId run, TurnCourse course, SessionRecord session, InboxItem item, InboundMessage message, CancellationToken cancellationToken)
    {
        var place = await PlaceOfAsync(run.Turn, session, cancellationToken);
        return new TurnReference
        {
            RunId = run,
            SessionKey = course.SessionKey,
            SessionId = place.SessionId,
            Segment = place.Segment,
            AgentId = message.AgentId,
            Priority = message.Priority,
            InboxPath = item.Path,
            InboxETag = item.ETag,
            AcceptedAt = message.AcceptedAt,
            DeadlineAt = clock.GetUtcNow() + (agents.Find(message.AgentId)?.TurnDeadline ?? DeadlineOfUnknownAgent),
            Orchestration = course.Orchestration,
        };
    }

    /// <summary>
    /// Oldest first, after the one that the session's owner has answered and not finished (he is about to, or he died, or stands still
    /// longer than his lease), or that this orchestration has begun: its execution died, and this is the next one.
    /// </summary>
    /// <returns>The messages, and the run that this orchestration has begun; null when it has begun none.</returns>
    private async Task<(List<InboxItem> Messages, RunId? Begun)> InOrderAsync(
        TurnCourse course, List<InboxItem> messages, SessionRecord session, CancellationToken cancellationToken)
    {
        var view = await reader.ReadAsync(session.SessionId, session.ActiveSegment, cancellationToken);
        if (view is not { Claim: { } claim } || RunId.TryParse(claim.RunId) is not { } owner)
        {
            return (messages, null);
        }

        var isOurs = claim.Orchestration is { } mark && (mark == course.Orchestration || mark == course.EndedOrchestration);
        return isOurs || TurnHistory.IsAnswered(view.Conversation, owner)
            ? ([.. messages.OrderBy(message => message.Turn == owner.Turn ? 0 : 1)], isOurs ? owner : null)
            : (messages, null);
    }

    /// <summary>
    /// Where a turn is opened: in the key's session, unless an earlier execution began it in the one before and a reset came since. Then it
    /// is opened there: an answer that stands there is still good, and without one the step moves on (I5, I10).
    /// </summary>
    private async Task<SessionPlace> PlaceOfAsync(TurnId turn, SessionRecord session, CancellationToken cancellationToken) =>
        session.Ended is { } ended
        && await reader.ReadAsync(ended.SessionId, ended.Segment, cancellationToken) is { } view
        && view.Conversation.Find(EntryId.OfMessage(turn)) is not null
            ? ended
            : new SessionPlace(session.SessionId, session.ActiveSegment);

    private async Task<(InboxItem Item, InboundMessage Message)?> TakeFirstAsync(List<InboxItem> items, CancellationToken cancellationToken)
    {
        foreach (var item in items)
        {
            if (await receipts.ExistsAsync(item.Turn, cancellationToken))
            {
                await inbox.RemoveAsync(item.Path, item.ETag, cancellationToken);
            }
            else if (await inbox.ReadMessageAsync(item.Path, cancellationToken) is { } message)
            {
                return (item, message);
            }
        }

        return null;
    }
}
