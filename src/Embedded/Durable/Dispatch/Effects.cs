using Holdfast.Embedded.Durable.History;
using Microsoft.DurableTask.Client;
using static Holdfast.Embedded.Durable.History.HistoryEvent;

namespace Holdfast.Embedded.Durable.Dispatch;

/// <summary>
/// Does what a recorded step asked for: runs activities, arms timers, starts sub-orchestrations, sends events. Everything here is
/// at-least-once: after a restart whatever has no answer in the history is done again. Owned by its instance's turn.
/// </summary>
internal sealed class Effects(string instanceId, HubParts hub)
{
    // Key of the alarm for a delayed start; calls and timers count from 0.
    private const int StartAlarm = -1;

    private readonly Alarms _alarms = new(hub.Time);
    private readonly HashSet<int> _begun = [];
    private string? _executionId;

    /// <summary>Brings the world in line with <paramref name="execution"/>: begins what is open and was not begun here yet.</summary>
    /// <param name="execution">As recorded.</param>
    /// <param name="cancelledTimers">Timers not to wait for.</param>
    public void Follow(Execution execution, IReadOnlyCollection<int> cancelledTimers)
    {
        if (_executionId != execution.Started.ExecutionId)
        {
            Clear();
            _executionId = execution.Started.ExecutionId;
        }

        foreach (var scheduled in execution.Tasks.Values.Where(one => _begun.Add(one.Id)))
        {
            var executionId = _executionId;
            hub.Activities.Start(instanceId, scheduled, answer => hub.Post(instanceId, new Message.Answered(executionId, answer)));
        }

        foreach (var created in execution.Children.Values.Where(one => _begun.Add(one.Id)))
        {
            StartChild(execution, created);
        }

        FollowTimers(execution, cancelledTimers);
    }

    /// <summary>
    /// An execution may end without awaiting what it asked for last: that is still begun, and nobody takes the answer.
    /// </summary>
    public void BeginUnawaited(Execution ended, IReadOnlyList<HistoryEvent> lastStep)
    {
        foreach (var scheduled in lastStep.OfType<TaskScheduled>())
        {
            hub.Activities.Start(instanceId, scheduled, static _ => { });
        }

        foreach (var created in lastStep.OfType<SubOrchestrationInstanceCreated>())
        {
            StartChild(ended, created);
        }
    }

    /// <summary>Sends events that a step recorded. An instance that is gone or has ended takes none.</summary>
    public void Send(IEnumerable<EventSent> events)
    {
        foreach (var sent in events)
        {
            hub.Post(sent.InstanceId, new Message.Raise(sent.Name, sent.Input));
        }
    }

    public static HistoryEvent AnswerOf(int taskId, ExecutionCompleted completed) => completed.Status == OrchestrationRuntimeStatus.Completed
        ? new SubOrchestrationInstanceCompleted(completed.At, taskId, completed.Output)
        : new SubOrchestrationInstanceFailed(completed.At, taskId, completed.Failure ?? new FailureRecord(
            "DurableTask.Core.Exceptions.OrchestrationTerminatedException", $"The sub-orchestration was terminated: {completed.Output}", null, null));

    public void Clear()
    {
        _alarms.Clear();
        _begun.Clear();
        _executionId = null;
    }

    private void FollowTimers(Execution execution, IReadOnlyCollection<int> cancelledTimers)
    {
        foreach (var cancelled in cancelledTimers)
        {
            _alarms.Disarm(cancelled);
            _begun.Add(cancelled);
        }

        foreach (var timer in execution.Timers.Values.Where(one => _begun.Add(one.Id)))
        {
            var executionId = execution.Started.ExecutionId;
            _alarms.Arm(timer.Id, timer.FireAt, () => hub.Post(
                instanceId, new Message.Answered(executionId, new TimerFired(hub.Time.GetUtcNow(), timer.Id, timer.FireAt))));
        }

        if (execution is { HasUnseen: true, IsSuspended: false } && execution.Started.StartAt is { } startAt)
        {
            _alarms.Arm(StartAlarm, startAt, () => hub.Post(instanceId, new Message.Nudge()));
        }
    }

    private void StartChild(Execution execution, SubOrchestrationInstanceCreated created)
    {
        var parent = new ParentLink(execution.Started.Name, instanceId, execution.Started.ExecutionId, created.Id);
        var wanted = new ExecutionStarted(hub.Time.GetUtcNow(), created.Name, created.InstanceId, ChildExecutionId(parent), created.Input)
        {
            CreatedAt = hub.Time.GetUtcNow(),
            Parent = parent,
            Version = created.Version,
            Tags = created.Tags,
        };
        hub.Post(created.InstanceId, new Message.Start(wanted, null));
    }

    // The same on each try: a start that was lost and is done again finds itself.
    private static string ChildExecutionId(ParentLink parent) =>
        Replay.DeterministicGuid.Create($"{parent.InstanceId}_{parent.ExecutionId}", default, parent.TaskId).ToString("N");
}
