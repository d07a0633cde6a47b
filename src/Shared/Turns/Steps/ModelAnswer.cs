using Holdfast.Inbox;
using Holdfast.Models;
using Holdfast.Models.Compactions;
using Holdfast.Ownership;
using Holdfast.Storage;
using Holdfast.Transcripts;
using Microsoft.Extensions.Logging;

namespace Holdfast.Turns.Steps;

/// <summary>
/// Gets a step's answer from the agent's models: call, and on a failure leave a stub, claim a new attempt and follow the fallback policy. Only
/// model failures lead to a fallback; a closed fence ends the step and blames no model. The answer is one append, under an id that
/// every execution of the step would give it.
/// </summary>
public sealed partial class ModelAnswer(StreamedCall stream, ConcurrencyLimiter limiter, Compactor compactor, TimeProvider clock, Func<double> jitter, ILogger<ModelAnswer> log)
{
    internal async Task<AnswerOutcome> GetAsync(StepWork work, CancellationToken cancellationToken)
    {
        // The deadline runs on its own timer, from before the first request on.
        var left = work.Request.Turn.DeadlineAt - clock.GetUtcNow();
        using var deadline = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1), clock);
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            return await AskAsync(work, bounded.Token, cancellationToken);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return await GiveUpAsync(work, TurnFailure.Deadline, "the turn's deadline passed", cancellationToken);
        }
    }

    /// <param name="cancellationToken">Ends the asking, at the deadline too.</param>
    /// <param name="committing">Ends the writing of what was answered, which no deadline cuts off (I5).</param>
    private async Task<AnswerOutcome> AskAsync(StepWork work, CancellationToken cancellationToken, CancellationToken committing)
    {
        // A pause that ends after the deadline has no room in this turn either.
        var (settings, left) = (work.Agent.Fallback, work.Request.Turn.DeadlineAt - clock.GetUtcNow());
        var policy = new FallbackPolicy(work.Agent.Models, settings with { MaxRetryAfter = left < settings.MaxRetryAfter ? left : settings.MaxRetryAfter }, jitter);
        var earlier = work.Request.FailedCalls;
        var failures = earlier.Select(call => new FailedAttempt(call.ModelId, ModelFailure.Of(call.Kind, $"{call.Kind}, before a pause", call.RetryAfter))).ToList();
        while (policy.Next(failures) is FallbackStep.Call next)
        {
            // What this execution was put off for has been waited for, and its claim is a new attempt's.
            if (failures.Count > earlier.Count)
            {
                if (next.Delay > TurnDecider.LongestPauseInside)
                {
                    return PutOff(work.Request.Turn, next.Delay, failures);
                }

                if (!await NextAttemptAsync(work, next.Delay, cancellationToken))
                {
                    return new AnswerOutcome.FencedOff(null);
                }
            }

            var outcome = await CallAsync(work, next.Model, cancellationToken, committing);
            var ended = outcome switch
            {
                StreamOutcome.Ended { Outcome: ModelOutcome.Completed completed } => await CommitAsync(work, next.Model, completed, committing),
                StreamOutcome.Ended { Outcome: ModelOutcome.Failed failed } stream => await LeaveStubAsync(work, next.Model, failed, stream.Unwritten, committing),
                _ => new AnswerOutcome.FencedOff(null),
            };
            if (ended is not null)
            {
                return ended;
            }

            failures.Add(new FailedAttempt(next.Model.Id, ((ModelOutcome.Failed)((StreamOutcome.Ended)outcome).Outcome).Failure));
        }

        return await GiveUpAsync(work, FailureOf(failures[^1].Failure.Kind), failures[^1].Failure.Message, cancellationToken);
    }

    /// <summary>No later than the deadline: who waits for the answer hears then that there is none.</summary>
    private AnswerOutcome.PutOff PutOff(TurnReference turn, TimeSpan delay, List<FailedAttempt> failures)
    {
        var resumeAt = clock.GetUtcNow() + delay;
        return new AnswerOutcome.PutOff(
            resumeAt < turn.DeadlineAt ? resumeAt : turn.DeadlineAt,
            [.. failures.Select(failed => new FailedCall(failed.ModelId, failed.Failure.Kind, failed.Failure.RetryAfter))]);
    }

    private async Task<bool> NextAttemptAsync(StepWork work, TimeSpan delay, CancellationToken cancellationToken)
    {
        await Task.Delay(delay, clock, cancellationToken);
        work.Claims++;
        return await work.Transcript.NextAttemptAsync(cancellationToken) is FencedOutcome.Appended;
    }

    /// <summary>A conversation that has grown long is summed up beside the stream; before it only when the prompt has no room otherwise.</summary>
    private async Task<StreamOutcome> CallAsync(StepWork work, ModelProfile model, CancellationToken cancellationToken, CancellationToken committing)
    {
        var plan = PlanOf(work, model);
        if (plan is { FitsMeanwhile: false })
        {
            await CompactAsync(work, plan, model, work.Request.Turn.Priority, cancellationToken, committing);
            plan = null;
        }

        using var place = await limiter.EnterAsync(work.Request.Turn.Priority, cancellationToken);
        var prompt = TurnPrompt.Build(work.Transcript.Conversation, work.Run, work.Agent, model);
        LogCalling(log, model.Id, work.Run.Value, work.Transcript.Identity.Attempt, prompt.Messages.Length);
        using var abandon = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var compacting = plan is null ? Task.CompletedTask : CompactAsync(work, plan, model, MessagePriority.Cron, abandon.Token, committing);
        StreamOutcome outcome;
        try
        {
            outcome = await stream.RunAsync(work, new ModelCall(model, prompt), cancellationToken);
        }
        finally
        {
            // An answer waits for no summary; the next call tries again.
            await abandon.CancelAsync();
            await compacting;
        }

        work.Deltas += (int)outcome.Deltas;
        work.Characters += outcome.Characters;
        return outcome;
    }

    private static CompactionPlan? PlanOf(StepWork work, ModelProfile model) => work.Agent.Compaction is { } settings
        ? CompactionDecider.Decide(work.Transcript.Conversation, work.Run.Turn, TurnPrompt.SettingsOf(work.Run, work.Agent, model), settings)
        : null;

    private Task CompactAsync(
        StepWork work, CompactionPlan plan, ModelProfile model, MessagePriority priority, CancellationToken abandon, CancellationToken committing) =>
        compactor.CompactAsync(work.Transcript, plan, work.Agent.Compaction!, model, priority, abandon, committing);

    private async Task<AnswerOutcome> CommitAsync(StepWork work, ModelProfile model, ModelOutcome.Completed completed, CancellationToken cancellationToken)
    {
        var answer = new TranscriptEntry.AssistantMessage(completed.Content)
        {
            Id = EntryId.OfStep(work.Run, work.Request.Step, TurnHistory.AnswerPart),
            WrittenAt = clock.GetUtcNow(),
            Provider = TurnHistory.Provider,
            Model = model.BedrockModelId,
            StopReason = completed.StopReason,
            Usage = completed.Usage,
        };
        var outcome = await StorageOutage.OutlastAsync(
            () => work.Transcript.AppendAsync([answer], cancellationToken), work.Request.Turn.DeadlineAt, clock, cancellationToken);
        return outcome is FencedOutcome.Appended
            ? new AnswerOutcome.Committed(answer.Content)
            : new AnswerOutcome.FencedOff(answer);
    }

    /// <returns>Null when the fallback policy decides what comes next.</returns>
    private async Task<AnswerOutcome?> LeaveStubAsync(
        StepWork work, ModelProfile model, ModelOutcome.Failed failed, IReadOnlyList<TranscriptEntry> unwritten, CancellationToken cancellationToken)
    {
        var identity = work.Transcript.Identity;
        LogFailed(log, failed.Failure.Kind, failed.Failure.Remedy, model.Id, work.Run.Value, identity.Attempt);
        var id = TurnHistory.StubId(work.Run, identity.Epoch);
        var stub = TurnHistory.Stub(id, "error", failed.Failure.Message, model.BedrockModelId, clock.GetUtcNow());
        var outcome = await work.Transcript.AppendAsync([.. unwritten, stub], cancellationToken);
        return outcome is FencedOutcome.Appended ? null : new AnswerOutcome.FencedOff(null);
    }

    private async Task<AnswerOutcome> GiveUpAsync(StepWork work, TurnFailure failure, string reason, CancellationToken cancellationToken)
    {
        LogGaveUp(log, failure, work.Run.Value);
        var id = EntryId.OfStep(work.Run, work.Request.Step, TurnHistory.FailurePart);
        var stub = TurnHistory.Stub(id, "error", $"{failure}: {reason}", work.Agent.Models[0].BedrockModelId, clock.GetUtcNow());
        return await work.Transcript.AppendAsync([stub], cancellationToken) is FencedOutcome.Appended
            ? new AnswerOutcome.GaveUp(failure)
            : new AnswerOutcome.FencedOff(null);
    }

    private static TurnFailure FailureOf(ModelFailureKind kind) => kind switch
    {
        ModelFailureKind.FirstEventTimeout or ModelFailureKind.BetweenEventsTimeout => TurnFailure.ModelSilent,
        ModelFailureKind.Empty => TurnFailure.ModelGaveNothing,
        ModelFailureKind.Validation or ModelFailureKind.AccessDenied or ModelFailureKind.ModelNotFound or ModelFailureKind.ContentBlocked
            => TurnFailure.ModelRefused,
        _ => TurnFailure.ModelUnavailable,
    };
}
