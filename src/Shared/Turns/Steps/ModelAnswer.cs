using Holdfast.Inbox;
using Holdfast.Models;
using Holdfast.Models.Compactions;
using Holdfast.Ownership;
using Holdfast.Storage;
using Holdfast.Transcripts;
using Microsoft.Extensions.Logging;

namespace Holdfast.Turns.Steps;

/// <summary>
/// Gets a step's answer from the agent's models: call, and on a failure leave a stub, claim a new attempt and follow the fallback policy.
/// Only model failures lead to a fallback; a closed fence ends the step and blames no model. The answer is one append, under an id that
/// every execution of the step would give it.
/// </summary>
public sealed partial class ModelAnswer(
    StreamedCall stream, ConcurrencyLimiter limiter, Compactor compactor, TimeProvider clock, Func<double> jitter, ILogger<ModelAnswer> log)
{
    /// <returns>Null when the fence closed: a finished answer is then in <see cref="StepWork.Unwritten"/>.</returns>
    internal async Task<StepResult?> GetAsync(StepWork work, CancellationToken cancellationToken)
    {
        // The deadline runs on its own timer, from before the first request on.
        var left = work.Turn.DeadlineAt - clock.GetUtcNow();
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
    private async Task<StepResult?> AskAsync(StepWork work, CancellationToken cancellationToken, CancellationToken committing)
    {
        // A pause that ends after the deadline has no room in this turn either.
        var (settings, left) = (work.Agent.Fallback, work.Turn.DeadlineAt - clock.GetUtcNow());
        settings = left < settings.MaxRetryAfter ? settings with { MaxRetryAfter = left } : settings;
        List<FailedCall> failed = [.. work.FailedBefore];
        string? reason = null;
        while (FallbackPolicy.Next(work.Agent.Models, settings, failed, jitter) is { } next)
        {
            // What this execution was put off for has been waited for, and its claim is a new attempt's.
            if (failed.Count > work.FailedBefore.Count)
            {
                if (next.Delay > TurnDecider.LongestPauseInside)
                {
                    return PutOff(work.Turn, next.Delay, failed);
                }

                if (!await NextAttemptAsync(work, next.Delay, cancellationToken))
                {
                    return null;
                }
            }

            var (outcome, unwritten) = await CallAsync(work, next.Model, cancellationToken, committing);
            if (outcome is ModelOutcome.Completed completed)
            {
                return await CommitAsync(work, next.Model, completed, committing);
            }

            if (outcome is not ModelOutcome.Failed { Failure: var failure }
                || !await LeaveStubAsync(work, next.Model, failure, unwritten, committing))
            {
                return null;
            }

            failed.Add(new FailedCall(next.Model.Id, failure.Kind, failure.RetryAfter));
            reason = failure.Message;
        }

        return await GiveUpAsync(work, FailureOf(failed[^1].Kind), reason ?? $"{failed[^1].Kind}, before a pause", cancellationToken);
    }

    /// <summary>No later than the deadline: who waits for the answer hears then that there is none.</summary>
    private StepResult PutOff(TurnReference turn, TimeSpan delay, List<FailedCall> failed)
    {
        var resumeAt = clock.GetUtcNow() + delay;
        return new StepResult(StepEnding.PutOff)
        {
            ResumeAt = resumeAt < turn.DeadlineAt ? resumeAt : turn.DeadlineAt,
            FailedCalls = failed,
        };
    }

    private async Task<bool> NextAttemptAsync(StepWork work, TimeSpan delay, CancellationToken cancellationToken)
    {
        await Task.Delay(delay, clock, cancellationToken);
        work.Claims++;
        return await work.Transcript.NextAttemptAsync(cancellationToken) is FencedOutcome.Appended;
    }

    /// <summary>
    /// A conversation that has grown long is summed up beside the stream; before it only when the prompt has no room otherwise.
    /// </summary>
    /// <inheritdoc cref="StreamedCall.RunAsync"/>
    private async Task<(ModelOutcome? Outcome, IReadOnlyList<TranscriptEntry> Unwritten)> CallAsync(
        StepWork work, ModelProfile model, CancellationToken cancellationToken, CancellationToken committing)
    {
        var plan = PlanOf(work, model);
        if (plan is { FitsMeanwhile: false })
        {
            await CompactAsync(work, plan, model, work.Turn.Priority, cancellationToken, committing);
            plan = null;
        }

        using var place = await limiter.EnterAsync(work.Turn.Priority, cancellationToken);
        var prompt = TurnPrompt.Build(work.Transcript.Conversation, work.Run, work.Agent, model);
        LogCalling(log, model.Id, work.Run.Value, work.Transcript.Identity.Attempt, prompt.Messages.Length);
        using var abandon = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var compacting = plan is null
            ? Task.CompletedTask
            : CompactAsync(work, plan, model, MessagePriority.Cron, abandon.Token, committing);
        try
        {
            return await stream.RunAsync(work, new ModelCall(model, prompt), cancellationToken);
        }
        finally
        {
            // An answer waits for no summary; the next call tries again.
            await abandon.CancelAsync();
            await compacting;
        }
    }

    private static CompactionPlan? PlanOf(StepWork work, ModelProfile model) => work.Agent.Compaction is { } settings
        ? CompactionDecider.Decide(
            work.Transcript.Conversation, work.Run.Turn, TurnPrompt.SettingsOf(work.Run, work.Agent, model), settings)
        : null;

    private Task CompactAsync(
        StepWork work, CompactionPlan plan, ModelProfile model, MessagePriority priority, CancellationToken abandon,
        CancellationToken committing) =>
        compactor.CompactAsync(work.Transcript, plan, work.Agent.Compaction!.Summariser ?? model, priority, abandon, committing);

    private async Task<StepResult?> CommitAsync(
        StepWork work, ModelProfile model, ModelOutcome.Completed completed, CancellationToken cancellationToken)
    {
        var answer = new TranscriptEntry.AssistantMessage(completed.Content)
        {
            Id = EntryId.OfStep(work.Run, work.Step, TurnHistory.AnswerPart),
            WrittenAt = clock.GetUtcNow(),
            Provider = TurnHistory.Provider,
            Model = model.BedrockModelId,
            StopReason = completed.StopReason,
            Usage = completed.Usage,
        };
        work.Unwritten = answer;
        var outcome = await StorageOutage.OutlastAsync(
            () => work.Transcript.AppendAsync([answer], cancellationToken), work.Turn.DeadlineAt, clock, cancellationToken);
        return outcome is FencedOutcome.Appended ? work.Answered(answer) : null;
    }

    private async Task<bool> LeaveStubAsync(
        StepWork work, ModelProfile model, ModelFailure failure, IReadOnlyList<TranscriptEntry> unwritten,
        CancellationToken cancellationToken)
    {
        var identity = work.Transcript.Identity;
        LogFailed(log, failure.Kind, failure.Remedy, model.Id, work.Run.Value, identity.Attempt);
        var id = TurnHistory.StubId(work.Run, identity.Epoch);
        var stub = TurnHistory.Stub(id, "error", failure.Message, model.BedrockModelId, clock.GetUtcNow());
        return await work.Transcript.AppendAsync([.. unwritten, stub], cancellationToken) is FencedOutcome.Appended;
    }

    private async Task<StepResult?> GiveUpAsync(StepWork work, TurnFailure failure, string reason, CancellationToken cancellationToken)
    {
        LogGaveUp(log, failure, work.Run.Value);
        var id = EntryId.OfStep(work.Run, work.Step, TurnHistory.FailurePart);
        var stub = TurnHistory.Stub(id, "error", $"{failure}: {reason}", work.Agent.Models[0].BedrockModelId, clock.GetUtcNow());
        return await work.Transcript.AppendAsync([stub], cancellationToken) is FencedOutcome.Appended ? StepResult.Failed(failure) : null;
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
