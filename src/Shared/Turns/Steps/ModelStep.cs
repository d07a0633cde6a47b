using Holdfast.Delivery;
using Holdfast.Inbox;
using Holdfast.Ownership;
using Holdfast.Transcripts;

namespace Holdfast.Turns.Steps;

/// <summary>
/// One step of a turn: claim → what is due in the transcript → model call, with retries and fallbacks → commit. May run twice, also at
/// once: it first looks for the step's own entry and, if it stands, returns it without a model call; each execution claims with the
/// next epoch, and the one that is shut out returns what its successor records (I5, I8, I10).
/// <para>
/// A crash before the commit leaves streamed parts, which the next execution marks as interrupted; one after it leaves the answer,
/// which the next execution finds.
/// </para>
/// </summary>
public sealed class ModelStep(
    SessionOwnership session, ReceiptStore receipts, DueEntries due, ModelAnswer answers, FencedSteps fenced, IAgentDirectory agents)
{
    /// <param name="course">With the turn, the step, and the calls of the step before it.</param>
    /// <param name="message">The turn's message, when the caller has read it; it is read from the inbox otherwise.</param>
    /// <returns>
    /// The result, and the session under the claim that was made, for the caller to go on under and to dispose. Null where none was made.
    /// </returns>
    public async Task<(StepResult Result, HeldTranscript? Held)> RunAsync(
        TurnCourse course, InboundMessage? message, CancellationToken cancellationToken)
    {
        var turn = course.Turn!;
        if (agents.Find(turn.AgentId) is not { } agent)
        {
            return (StepResult.Failed(TurnFailure.UnknownAgent), null);
        }

        switch (await session.ClaimAsync(turn, cancellationToken))
        {
            case ClaimOutcome.Claimed claimed:
                return await RunClaimedAsync(new StepWork(course, message, agent, claimed.Transcript), cancellationToken);
            case ClaimOutcome.TakenOver takenOver:
                return await ComeBackAsync(course, message, agent, takenOver, cancellationToken);
            case ClaimOutcome.Ended:
                return (await fenced.EndInResetAsync(course, agent, cancellationToken), null);
            case ClaimOutcome.Unreadable:
                return (StepResult.Failed(TurnFailure.SessionUnreadable), null);
            default:
                return (new StepResult(StepEnding.Busy), null);
        }
    }

    /// <summary>
    /// Another run came between two executions of this run. What was recorded before stands; else the fence mode decides, as within
    /// an execution.
    /// </summary>
    private async Task<(StepResult Result, HeldTranscript? Held)> ComeBackAsync(
        TurnCourse course, InboundMessage? message, AgentProfile agent, ClaimOutcome.TakenOver takenOver,
        CancellationToken cancellationToken)
    {
        if (await HasEndedAsync(course, takenOver.Found.Conversation, cancellationToken))
        {
            return (new StepResult(StepEnding.Ended), null);
        }

        if (await fenced.EndUnclaimedAsync(course, agent, takenOver, cancellationToken) is { } result)
        {
            return (result, null);
        }

        return await session.ClaimBackAsync(course.Turn!, cancellationToken) is { } transcript
            ? await RunClaimedAsync(
                new StepWork(course, message, agent, transcript) { CameBackOver = takenOver.Verdict }, cancellationToken)
            : (new StepResult(StepEnding.Busy), null);
    }

    private async Task<(StepResult Result, HeldTranscript? Held)> RunClaimedAsync(StepWork work, CancellationToken cancellationToken)
    {
        var held = session.Hold(work.Turn, work.Transcript);
        try
        {
            var result = await RunAsync(work, held, cancellationToken);
            await session.NoteSegmentAsync(work.Turn, work.Transcript.Identity.Segment, cancellationToken);
            return (result with { Tally = work.Tally }, held);
        }
        catch
        {
            await held.DisposeAsync();
            throw;
        }
    }

    private async Task<StepResult> RunAsync(StepWork work, HeldTranscript held, CancellationToken cancellationToken)
    {
        if (await HasEndedAsync(work.Course, work.Transcript.Conversation, cancellationToken))
        {
            await held.ReleaseAsync();
            return new StepResult(StepEnding.Ended);
        }

        if (work.Recorded(work.Transcript.Conversation) is { } recorded)
        {
            if (work.Transcript.Conversation.Find(TurnHistory.DeliveryId(work.Run.Turn)) is not null)
            {
                // A late execution of a turn that has ended: nobody else would let this lease go.
                await held.ReleaseAsync();
            }

            return recorded;
        }

        var result = await due.AppendAsync(work, cancellationToken) is FencedOutcome.Appended
            ? await answers.GetAsync(work, cancellationToken)
            : null;
        return result ?? await fenced.EndAsync(work, cancellationToken);
    }

    /// <summary>
    /// A turn is opened by each deployment that shares the storage, and while one waits for the session the other may end it. Asked only
    /// when the turn's message stands already: its first execution of all reads nothing more.
    /// </summary>
    private async Task<bool> HasEndedAsync(TurnCourse course, Conversation conversation, CancellationToken cancellationToken) =>
        course is { Step: 0, Turn.RunId.Turn: var turn }
        && conversation.Find(EntryId.OfMessage(turn)) is not null
        && await receipts.ExistsAsync(turn, cancellationToken);
}
