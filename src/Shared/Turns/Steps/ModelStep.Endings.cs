using Holdfast.Delivery;
using Holdfast.Inbox;
using Holdfast.Models.Prompts;
using Holdfast.Ownership;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Transcripts;

namespace Holdfast.Turns.Steps;

// What becomes of a step that may not write, or not any more: what was recorded stands, a computed answer is not thrown away.
public sealed partial class ModelStep
{
    /// <summary>
    /// Another run came between two executions of this run. What was recorded before stands; else the fence mode decides, as within
    /// an execution.
    /// </summary>
    private async Task<StepRun> ComeBackAsync(
        StepRequest request, InboundMessage? message, AgentProfile agent, ClaimOutcome.TakenOver takenOver, StorageCallTally calls, CancellationToken cancellationToken)
    {
        var turn = request.Turn;
        if (await HasEndedAsync(request, takenOver.Found.Conversation, cancellationToken))
        {
            return new StepRun(Untouched(StepEnding.Ended, null, calls));
        }

        LogTakenOver(log, turn.SessionId, turn.RunId, takenOver.Verdict.Explanation);
        if (await StandingAsync(request, agent, takenOver.Found.Conversation, cancellationToken) is { } standing)
        {
            var tally = TurnTally.Zero with { StorageCalls = (int)calls.Calls };
            return new StepRun(StepReports.In(takenOver.Found.Segment, standing) with { Attempt = takenOver.Attempt, Tally = tally });
        }

        if (agent.FenceMode == FenceMode.Warn)
        {
            if (await claimer.ClaimBackAsync(turn.Run(), turn.Session(), turn.Segment, turn.ClaimRequest(), cancellationToken) is not ClaimOutcome.Claimed claimed)
            {
                return new StepRun(Untouched(StepEnding.Busy, null, calls));
            }

            var work = new StepWork(request, message, agent, claimed.Transcript, calls) { CameBackOver = takenOver.Verdict };
            return await RunClaimedAsync(work, cancellationToken);
        }

        await detached.NoteAsync(turn, takenOver.Verdict, takenOver.Attempt, takenOver.Found.Claim?.Epoch ?? 0, cancellationToken);
        var report = Untouched(StepEnding.TakenOver, null, calls);
        return new StepRun(report with { Tally = report.Tally with { Verdicts = report.Tally.Verdicts.Add(takenOver.Verdict.Kind, 1) } });
    }

    /// <summary>
    /// The session was closed by a reset. An answer that stood before is still good; else the turn goes on in the next session, which
    /// the key may have to be given yet.
    /// </summary>
    private async Task<StepReport> EndInResetAsync(StepRequest request, AgentProfile agent, StorageCallTally calls, CancellationToken cancellationToken)
    {
        var turn = request.Turn;
        if (await waiter.ReadAsync(request, cancellationToken) is { } closed
            && StepReports.Recorded(request, agent, closed.Conversation) is { Ending: StepEnding.Answered } recorded)
        {
            return recorded with { Tally = TurnTally.Zero with { StorageCalls = (int)calls.Calls } };
        }

        var next = await sessions.MoveOnAsync(turn.Key(), turn.Session(), cancellationToken);
        LogMovedOn(log, turn.RunId, turn.SessionId, next.SessionId.Value);
        return Untouched(StepEnding.SessionEnded, null, calls) with
        {
            Reopened = turn with { SessionId = next.SessionId.Value, Segment = next.ActiveSegment },
        };
    }

    /// <summary>A zombie returns its successor's step. A run that was taken over lets its lease go and detaches a finished answer.</summary>
    private Task<StepReport> EndFencedAsync(StepWork work, TranscriptEntry.AssistantMessage? finished, CancellationToken cancellationToken) =>
        work.Transcript.End is FencedOutcome.TakenOver takenOver
            ? EndTakenOverAsync(work, takenOver.Verdict, finished, cancellationToken)
            : EndSupersededAsync(work, finished, cancellationToken);

    private async Task<StepReport> EndTakenOverAsync(
        StepWork work, FenceVerdict.Takeover verdict, TranscriptEntry.AssistantMessage? finished, CancellationToken cancellationToken)
    {
        await work.Transcript.ReleaseAsync();
        var found = await waiter.ReadAsync(work.Request, cancellationToken);
        if (await StandingAsync(work.Request, work.Agent, found?.Conversation, cancellationToken) is { } standing)
        {
            return Of(standing, work);
        }

        if (finished is null || !Replay.IsFinalAnswer(finished))
        {
            var identity = work.Transcript.Identity;
            await detached.NoteAsync(work.Request.Turn, verdict, identity.Attempt, identity.Epoch, cancellationToken);
            return Of(StepReports.Of(StepEnding.TakenOver), work);
        }

        return await DetachAsync(work, verdict, finished, cancellationToken);
    }

    /// <summary>Where the successor lost the session as well, before it recorded anything, a finished answer is this execution's to save.</summary>
    private async Task<StepReport> EndSupersededAsync(StepWork work, TranscriptEntry.AssistantMessage? finished, CancellationToken cancellationToken)
    {
        var view = await waiter.WaitAsync(work.Request, cancellationToken);
        if (await StandingAsync(work.Request, work.Agent, view?.Conversation, cancellationToken) is { } standing)
        {
            return Of(standing, work);
        }

        return finished is not null && Replay.IsFinalAnswer(finished)
            && view is { Claim: { } claim } && RunId.TurnOf(claim.RunId) != work.Run.Turn
            && ConflictPolicy.DecideReturn(work.Run, view.Conversation, claim) is { } verdict
            ? await DetachAsync(work, verdict, finished, cancellationToken)
            : Of(StepReports.Of(StepEnding.TakenOver), work);
    }

    private async Task<StepReport> DetachAsync(
        StepWork work, FenceVerdict.Takeover verdict, TranscriptEntry.AssistantMessage finished, CancellationToken cancellationToken) =>
        await detached.EndAsync(work, verdict, finished, cancellationToken)
            ? Of(StepReports.Answered(work.Request, work.Agent, finished.Content), work)
            : Of(StepReports.Of(StepEnding.Detached), work);

    /// <summary>What the turn came to without this execution: its step was recorded, or a delivery begun; nothing is left to run (I10).</summary>
    private async Task<StepReport?> StandingAsync(StepRequest request, AgentProfile agent, Conversation? found, CancellationToken cancellationToken) =>
        (found is null ? null : StepReports.Recorded(request, agent, found))
        ?? (await detached.IsDeliveryBegunAsync(request.Turn, cancellationToken) ? StepReports.Of(StepEnding.Detached) : null);
}
