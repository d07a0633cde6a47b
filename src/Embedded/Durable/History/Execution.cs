using Microsoft.DurableTask.Client;
using static Holdfast.Embedded.Durable.History.HistoryEvent;

namespace Holdfast.Embedded.Durable.History;

/// <summary>One execution of an instance, folded from its history. Not thread-safe: its instance's turn owns it.</summary>
internal sealed class Execution
{
    private readonly List<HistoryEvent> _events = [];
    private readonly Dictionary<int, TaskScheduled> _tasks = [];
    private readonly Dictionary<int, TimerCreated> _timers = [];
    private readonly Dictionary<int, SubOrchestrationInstanceCreated> _children = [];
    private bool _hasRun;
    private bool _isSuspended;

    public Execution(ExecutionStarted started)
    {
        Started = started;
        LastUpdatedAt = started.At;
        Apply(started);
    }

    public ExecutionStarted Started { get; }

    public IReadOnlyList<HistoryEvent> Events => _events;

    /// <summary>Activities without an answer.</summary>
    public IReadOnlyDictionary<int, TaskScheduled> Tasks => _tasks;

    /// <summary>Timers that did not fire. Cancelled ones stay among them: only the orchestrator's code knows.</summary>
    public IReadOnlyDictionary<int, TimerCreated> Timers => _timers;

    /// <summary>Sub-orchestrations without an answer.</summary>
    public IReadOnlyDictionary<int, SubOrchestrationInstanceCreated> Children => _children;

    /// <summary>How it ended; null while it has not.</summary>
    public ExecutionCompleted? Completed { get; private set; }

    /// <summary>The execution that follows this one; null when none does.</summary>
    public ExecutionStarted? Next { get; private set; }

    public string? CustomStatus { get; private set; }

    public DateTimeOffset LastUpdatedAt { get; private set; }

    /// <summary>The time the orchestrator saw last.</summary>
    public DateTimeOffset LastRunAt { get; private set; }

    /// <summary>True when something arrived that the orchestrator was not given yet, its very start included.</summary>
    public bool HasUnseen { get; private set; } = true;

    public bool IsSuspended => _isSuspended && Completed is null;

    public OrchestrationRuntimeStatus Status => this switch
    {
        { Completed: { } completed } => completed.Status,
        { _isSuspended: true } => OrchestrationRuntimeStatus.Suspended,
        { _hasRun: false } => OrchestrationRuntimeStatus.Pending,
        _ => OrchestrationRuntimeStatus.Running,
    };

    /// <summary>Events that this execution was sent and that stand at or after the last <see cref="OrchestratorStarted"/>.</summary>
    public IEnumerable<EventSent> LastSent => _events
        .AsEnumerable().Reverse().TakeWhile(one => one is not OrchestratorStarted).OfType<EventSent>().Reverse();

    public void Apply(HistoryEvent one)
    {
        _events.Add(one);
        LastUpdatedAt = one.At;
        switch (one)
        {
            case OrchestratorStarted: (_hasRun, HasUnseen, LastRunAt) = (true, false, one.At); break;
            case TaskScheduled scheduled: _tasks[scheduled.Id] = scheduled; break;
            case TimerCreated created: _timers[created.Id] = created; break;
            case SubOrchestrationInstanceCreated created: _children[created.Id] = created; break;
            case TaskCompleted completed: Answer(_tasks, completed.Id); break;
            case TaskFailed failed: Answer(_tasks, failed.Id); break;
            case TimerFired fired: Answer(_timers, fired.Id); break;
            case SubOrchestrationInstanceCompleted completed: Answer(_children, completed.Id); break;
            case SubOrchestrationInstanceFailed failed: Answer(_children, failed.Id); break;
            case EventRaised: HasUnseen = true; break;
            case ExecutionSuspended: _isSuspended = true; break;
            case ExecutionResumed: _isSuspended = false; break;
            case CustomStatusSet set: CustomStatus = set.Status; break;
            case HistoryEvent.ContinueAsNew renewed: Next = renewed.Next; break;
            case ExecutionCompleted completed: Completed = completed; break;
            default: break;
        }
    }

    /// <summary>True when an answer is the first to a call that is open; every other answer is ignored.</summary>
    public bool Expects(HistoryEvent answer) => answer switch
    {
        TaskCompleted completed => _tasks.ContainsKey(completed.Id),
        TaskFailed failed => _tasks.ContainsKey(failed.Id),
        TimerFired fired => _timers.ContainsKey(fired.Id),
        SubOrchestrationInstanceCompleted completed => _children.ContainsKey(completed.Id),
        SubOrchestrationInstanceFailed failed => _children.ContainsKey(failed.Id),
        _ => true,
    };

    private void Answer<T>(Dictionary<int, T> open, int id)
    {
        open.Remove(id);
        HasUnseen = true;
    }
}
