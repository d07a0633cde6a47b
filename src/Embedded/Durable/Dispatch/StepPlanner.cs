using Holdfast.Embedded.Durable.History;
using Holdfast.Embedded.Durable.Replay;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using static Holdfast.Embedded.Durable.History.HistoryEvent;

namespace Holdfast.Embedded.Durable.Dispatch;

/// <summary>What a turn is going to record, and what each sender is told once it stands.</summary>
/// <param name="Events">The lines of one append; empty when there is nothing to record.</param>
/// <param name="Replies">For the messages that ask for one.</param>
/// <param name="CancelledTimers">Timers that need not fire any more.</param>
internal sealed record StepPlan(
    IReadOnlyList<HistoryEvent> Events, IReadOnlyList<(Message Message, Reply Reply)> Replies, IReadOnlyCollection<int> CancelledTimers);

/// <summary>Decides a turn: messages and history in, lines out. Planning the same messages on a changed history is safe: nothing was done yet.</summary>
internal sealed class StepPlanner(FunctionTable functions, DataConverter converter, ILoggerFactory loggers)
{
    /// <param name="execution">A live execution.</param>
    /// <param name="messages">What waits for it, in the order it came.</param>
    /// <param name="now">The clock.</param>
    /// <param name="onForeign">See <see cref="Episode.Run"/>.</param>
    public StepPlan Plan(Execution execution, IReadOnlyList<Message> messages, DateTimeOffset now, Action onForeign)
    {
        var intake = Intake.Of(execution, messages, now);
        var events = intake.Events;
        IReadOnlyCollection<int> cancelledTimers = [];
        if (intake.Terminated is { } terminated)
        {
            events.Add(new ExecutionCompleted(now, OrchestrationRuntimeStatus.Terminated, terminated.Output, null));
        }
        else if (intake.WasNotDurable)
        {
            events.Add(new ExecutionCompleted(now, OrchestrationRuntimeStatus.Failed, null, Complaints.NotDurableFailure));
        }
        else if (!intake.IsSuspended && (execution.HasUnseen || intake.HasUnseen) && execution.Started.StartAt.GetValueOrDefault(now) <= now)
        {
            cancelledTimers = Step(execution, events, now, onForeign);
        }

        return new StepPlan(events, intake.Replies, cancelledTimers);
    }

    private IReadOnlyCollection<int> Step(Execution execution, List<HistoryEvent> events, DateTimeOffset now, Action onForeign)
    {
        var started = execution.Started;
        if (functions.Orchestrator(started.Name) is not { } code)
        {
            var missing = new FailureRecord(
                typeof(InvalidOperationException).ToString(), $"There is no orchestrator function '{started.Name}'.", null, null);
            events.Add(new ExecutionCompleted(now, OrchestrationRuntimeStatus.Failed, null, missing));
            return [];
        }

        var outcome = Episode.Run(code, execution, events, ClockFor(execution, events, now), converter, loggers, onForeign);
        events.Add(new OrchestratorStarted(outcome.RanAt));
        events.AddRange(outcome.Actions);
        if (outcome.CustomStatus is { } status && status.Text != execution.CustomStatus)
        {
            events.Add(new CustomStatusSet(now, status.Text));
        }

        if (outcome.End is { } end)
        {
            events.Add(EndEvent(started, end, now));
        }

        return outcome.CancelledTimers;
    }

    // The orchestrator's clock never goes back, and a timer that fired a hair early by the machine's clock has fired on time.
    private static DateTimeOffset ClockFor(Execution execution, List<HistoryEvent> events, DateTimeOffset now)
    {
        var earliest = execution.LastRunAt > now ? execution.LastRunAt : now;
        return events.OfType<TimerFired>().Select(fired => fired.FireAt).Append(earliest).Max();
    }

    private static HistoryEvent EndEvent(ExecutionStarted started, EpisodeEnd end, DateTimeOffset now) => end switch
    {
        EpisodeEnd.Returned returned => new ExecutionCompleted(now, OrchestrationRuntimeStatus.Completed, returned.Output, null),
        EpisodeEnd.Threw threw => new ExecutionCompleted(now, OrchestrationRuntimeStatus.Failed, null, threw.Failure),
        EpisodeEnd.Renewed renewed => new HistoryEvent.ContinueAsNew(now, started with
        {
            At = now,
            ExecutionId = DeterministicGuid.Create(started.ExecutionId, started.At.UtcDateTime, 0).ToString("N"),
            Input = renewed.Input,
            Version = renewed.Version ?? started.Version,
            StartAt = null,
            Carried = renewed.Carried.Count == 0 ? null : renewed.Carried,
        }),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
