using System.Text.Json.Serialization;
using Microsoft.DurableTask.Client;

namespace Holdfast.Embedded.Durable.History;

/// <summary>
/// One line of an execution's history. Names follow the public engine's event types, as the management API shows them.
/// <para>
/// Reading order: what arrives from outside (answers, fired timers, raised events) waits until an
/// <see cref="OrchestratorStarted"/> follows it; then the orchestrator is given all of it at that event's time, and the lines up
/// to the next arrival are what it did in reply. One such step is one append, so it is either whole or not there.
/// </para>
/// </summary>
/// <param name="At">When it was recorded.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "e")]
[JsonDerivedType(typeof(ExecutionStarted), nameof(ExecutionStarted))]
[JsonDerivedType(typeof(OrchestratorStarted), nameof(OrchestratorStarted))]
[JsonDerivedType(typeof(TaskScheduled), nameof(TaskScheduled))]
[JsonDerivedType(typeof(TaskCompleted), nameof(TaskCompleted))]
[JsonDerivedType(typeof(TaskFailed), nameof(TaskFailed))]
[JsonDerivedType(typeof(SubOrchestrationInstanceCreated), nameof(SubOrchestrationInstanceCreated))]
[JsonDerivedType(typeof(SubOrchestrationInstanceCompleted), nameof(SubOrchestrationInstanceCompleted))]
[JsonDerivedType(typeof(SubOrchestrationInstanceFailed), nameof(SubOrchestrationInstanceFailed))]
[JsonDerivedType(typeof(TimerCreated), nameof(TimerCreated))]
[JsonDerivedType(typeof(TimerFired), nameof(TimerFired))]
[JsonDerivedType(typeof(EventRaised), nameof(EventRaised))]
[JsonDerivedType(typeof(EventSent), nameof(EventSent))]
[JsonDerivedType(typeof(CustomStatusSet), nameof(CustomStatusSet))]
[JsonDerivedType(typeof(ExecutionSuspended), nameof(ExecutionSuspended))]
[JsonDerivedType(typeof(ExecutionResumed), nameof(ExecutionResumed))]
[JsonDerivedType(typeof(ExecutionTerminated), nameof(ExecutionTerminated))]
[JsonDerivedType(typeof(ContinueAsNew), nameof(ContinueAsNew))]
[JsonDerivedType(typeof(ExecutionCompleted), nameof(ExecutionCompleted))]
internal abstract record HistoryEvent(DateTimeOffset At)
{
    /// <summary>The first event. Small ones live in the blob's metadata, so that a start is one call to the store.</summary>
    public sealed record ExecutionStarted(DateTimeOffset At, string Name, string InstanceId, string ExecutionId, string? Input) : HistoryEvent(At)
    {
        public string? Version { get; init; }

        public IReadOnlyDictionary<string, string>? Tags { get; init; }

        public ParentLink? Parent { get; init; }

        /// <summary>When the first execution of the instance was asked for; a continued one keeps it.</summary>
        public required DateTimeOffset CreatedAt { get; init; }

        /// <summary>Not before; null: at once.</summary>
        public DateTimeOffset? StartAt { get; init; }

        /// <summary>Events that the execution before this one had not used.</summary>
        public IReadOnlyList<EventRaised>? Carried { get; init; }
    }

    /// <summary>The orchestrator was given everything above that it had not seen, at this time.</summary>
    public sealed record OrchestratorStarted(DateTimeOffset At) : HistoryEvent(At);

    public sealed record TaskScheduled(DateTimeOffset At, int Id, string Name, string? Input) : HistoryEvent(At);

    public sealed record TaskCompleted(DateTimeOffset At, int Id, string? Result) : HistoryEvent(At);

    public sealed record TaskFailed(DateTimeOffset At, int Id, FailureRecord Failure) : HistoryEvent(At);

    public sealed record SubOrchestrationInstanceCreated(DateTimeOffset At, int Id, string Name, string InstanceId, string? Input) : HistoryEvent(At)
    {
        public string? Version { get; init; }

        public IReadOnlyDictionary<string, string>? Tags { get; init; }
    }

    public sealed record SubOrchestrationInstanceCompleted(DateTimeOffset At, int Id, string? Result) : HistoryEvent(At);

    public sealed record SubOrchestrationInstanceFailed(DateTimeOffset At, int Id, FailureRecord Failure) : HistoryEvent(At);

    public sealed record TimerCreated(DateTimeOffset At, int Id, DateTimeOffset FireAt) : HistoryEvent(At);

    public sealed record TimerFired(DateTimeOffset At, int Id, DateTimeOffset FireAt) : HistoryEvent(At);

    public sealed record EventRaised(DateTimeOffset At, string Name, string? Input) : HistoryEvent(At);

    public sealed record EventSent(DateTimeOffset At, int Id, string InstanceId, string Name, string? Input) : HistoryEvent(At);

    /// <summary>Not an event of the public engine: the custom status changed to this.</summary>
    public sealed record CustomStatusSet(DateTimeOffset At, string? Status) : HistoryEvent(At);

    public sealed record ExecutionSuspended(DateTimeOffset At, string? Reason) : HistoryEvent(At);

    public sealed record ExecutionResumed(DateTimeOffset At, string? Reason) : HistoryEvent(At);

    public sealed record ExecutionTerminated(DateTimeOffset At, string? Output) : HistoryEvent(At);

    /// <summary>Ends an execution; whoever finds it as the last line starts <paramref name="Next"/> if that is not there yet.</summary>
    public sealed record ContinueAsNew(DateTimeOffset At, ExecutionStarted Next) : HistoryEvent(At);

    /// <summary>Ends the instance.</summary>
    public sealed record ExecutionCompleted(DateTimeOffset At, OrchestrationRuntimeStatus Status, string? Output, FailureRecord? Failure) : HistoryEvent(At);
}

/// <summary>Whom a sub-orchestration answers.</summary>
/// <param name="Name">The parent's orchestrator.</param>
/// <param name="InstanceId">The parent.</param>
/// <param name="ExecutionId">The parent's execution: an answer to an earlier one is ignored.</param>
/// <param name="TaskId">The parent's call.</param>
internal sealed record ParentLink(string Name, string InstanceId, string ExecutionId, int TaskId);
