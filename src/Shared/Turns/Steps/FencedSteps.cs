using System.Collections.Immutable;
using Holdfast.Delivery;
using Holdfast.Models.Prompts;
using Holdfast.Ownership;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Transcripts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Holdfast.Turns.Steps;

/// <summary>
/// What becomes of a step that may not write, or not any more: what was recorded stands, and a computed answer is not thrown away (I5).
/// </summary>
public sealed partial class FencedSteps(
    SessionOwnership session, DetachedAnswers detached, IOptions<TurnOptions> options, TimeProvider clock, ILogger<FencedSteps> log)
{
    /// <summary>Before a claim: another run has the session.</summary>
    /// <returns>Null when the agent's runs go on all the same.</returns>
    internal async Task<StepResult?> EndUnclaimedAsync(
        TurnCourse course, AgentProfile agent, ClaimOutcome.TakenOver takenOver, CancellationToken cancellationToken)
    {
        var (turn, found) = (course.Turn!, takenOver.Found);
        LogTakenOver(log, turn.SessionId.Value, turn.RunId.Value, takenOver.Verdict.Explanation);
        var recorded = StepResult.Recorded(turn with { Segment = found.Segment }, course.Step, agent, found.Conversation);
        if (await StandingAsync(recorded, turn, cancellationToken) is { } standing)
        {
            return standing;
        }

        if (agent.FenceMode == FenceMode.Warn)
        {
            return null;
        }

        await detached.NoteAsync(turn, takenOver.Verdict, takenOver.Attempt, found.Claim?.Epoch ?? 0, cancellationToken);
        return new StepResult(StepEnding.TakenOver) { Tally = TurnTally.Zero with { Verdicts = Once(takenOver.Verdict) } };
    }

    /// <summary>
    /// The session was closed by a reset. An answer that stood before is still good; else the turn goes on in the next session, which
    /// the key may have to be given yet.
    /// </summary>
    internal async Task<StepResult> EndInResetAsync(TurnCourse course, AgentProfile agent, CancellationToken cancellationToken)
    {
        var turn = course.Turn!;
        if (await session.ReadAsync(turn, cancellationToken) is { } closed
            && StepResult.Recorded(turn, course.Step, agent, closed.Conversation) is { Ending: StepEnding.Answered } recorded)
        {
            return recorded;
        }

        return new StepResult(StepEnding.SessionEnded) { Reopened = await session.MoveOnAsync(turn, cancellationToken) };
    }

    /// <summary>
    /// After the fence closed. A superseded execution returns its successor's step: the engine takes the first answer it gets, so answering
    /// "superseded" would throw away the work of the one that is alive. A run that was taken over lets its lease go and detaches a finished
    /// answer.
    /// </summary>
    internal Task<StepResult> EndAsync(StepWork work, CancellationToken cancellationToken) => StorageOutage.OutlastAsync(
        () => work.Transcript.End is FencedOutcome.TakenOver takenOver
            ? EndTakenOverAsync(work, takenOver.Verdict, cancellationToken)
            : EndSupersededAsync(work, cancellationToken),
        work.Turn.DeadlineAt,
        clock,
        cancellationToken);

    private async Task<StepResult> EndTakenOverAsync(StepWork work, FenceVerdict.Takeover verdict, CancellationToken cancellationToken)
    {
        await work.Transcript.ReleaseAsync();
        var found = await session.ReadAsync(work.Turn, cancellationToken);
        if (await StandingAsync(found is null ? null : work.Recorded(found.Conversation), work.Turn, cancellationToken) is { } standing)
        {
            return standing;
        }

        if (FinalAnswerOf(work) is { } finished)
        {
            return await DetachAsync(work, verdict, finished, cancellationToken);
        }

        var identity = work.Transcript.Identity;
        await detached.NoteAsync(work.Turn, verdict, identity.Attempt, identity.Epoch, cancellationToken);
        return new StepResult(StepEnding.TakenOver);
    }

    /// <summary>
    /// Where the successor lost the session as well, before it recorded anything, a finished answer is this execution's to save.
    /// </summary>
    private async Task<StepResult> EndSupersededAsync(StepWork work, CancellationToken cancellationToken)
    {
        var view = await SuccessorAsync(work.Turn, work.Step, cancellationToken);
        if (await StandingAsync(view is null ? null : work.Recorded(view.Conversation), work.Turn, cancellationToken) is { } standing)
        {
            return standing;
        }

        return FinalAnswerOf(work) is { } finished
            && view is { Claim: { } claim } && RunId.TurnOf(claim.RunId) != work.Run.Turn
            && ConflictPolicy.DecideReturn(work.Run, view.Conversation, claim) is { } verdict
            ? await DetachAsync(work, verdict, finished, cancellationToken)
            : new StepResult(StepEnding.TakenOver);
    }

    /// <summary>Touches nothing, and waits for the step of a later execution.</summary>
    /// <returns>
    /// The transcript with the step in it; without it when another run took the session, the turn ended without this step, or its deadline
    /// passed. Null when there is none.
    /// </returns>
    private async Task<TranscriptView?> SuccessorAsync(TurnReference turn, int step, CancellationToken cancellationToken)
    {
        LogFollowing(log, turn.RunId.Value, step);
        while (true)
        {
            var view = await session.ReadAsync(turn, cancellationToken);
            if (view is null || IsOver(turn, step, view) || clock.GetUtcNow() >= turn.DeadlineAt)
            {
                return view;
            }

            await Task.Delay(options.Value.FollowEvery, clock, cancellationToken);
        }
    }

    /// <summary>
    /// The step is recorded; or another run owns the session, or an operator ended the turn, and nobody works on it any more.
    /// </summary>
    private static bool IsOver(TurnReference turn, int step, TranscriptView view) =>
        TurnHistory.FindAnswer(view.Conversation, turn.RunId, step) is not null
        || TurnHistory.FindFailure(view.Conversation, turn.RunId, step) is not null
        || view.Claim?.RunId != turn.RunId.Value
        || view.Conversation.Find(TurnHistory.DeliveryId(turn.RunId.Turn)) is not null;

    private async Task<StepResult> DetachAsync(
        StepWork work, FenceVerdict.Takeover verdict, TranscriptEntry.AssistantMessage finished, CancellationToken cancellationToken) =>
        new(await detached.EndAsync(work, verdict, finished, cancellationToken) ? StepEnding.Answered : StepEnding.Detached);

    /// <summary>
    /// What the turn came to without this execution: its step was recorded, or a delivery begun; nothing is left to run (I10).
    /// </summary>
    private async Task<StepResult?> StandingAsync(StepResult? recorded, TurnReference turn, CancellationToken cancellationToken) =>
        recorded ?? (await detached.IsDeliveryBegunAsync(turn, cancellationToken) ? new StepResult(StepEnding.Detached) : null);

    private static ImmutableSortedDictionary<string, int> Once(FenceVerdict verdict) => TurnTally.Zero.Verdicts.Add(verdict.Kind, 1);

    private static TranscriptEntry.AssistantMessage? FinalAnswerOf(StepWork work) =>
        work.Unwritten is { } finished && Replay.IsFinalAnswer(finished) ? finished : null;
}
