using Holdfast.Embedded.Durable.History;
using static Holdfast.Embedded.Durable.History.HistoryEvent;

namespace Holdfast.Embedded.Durable.Replay;

/// <summary>What is said to the author of an orchestrator that breaks the rules.</summary>
internal static class Complaints
{
    /// <summary>The public engine's type name, so that a reader who knows it finds it.</summary>
    public const string NonDeterministicType = "DurableTask.Core.Exceptions.NonDeterministicOrchestrationException";

    public const string NotDurable =
        "The orchestrator awaited something that is not durable, or used its context on another thread. An orchestrator may await " +
        "only tasks of its TaskOrchestrationContext: no Task.Delay, no Task.Run, no I/O, no ConfigureAwait(false) on them.";

    public static FailureRecord NotDurableFailure { get; } = new(typeof(InvalidOperationException).ToString(), NotDurable, null, null);

    public static FailureRecord NonDeterministic(string orchestrator, int index, string difference) => new(
        NonDeterministicType,
        $"NonDeterministic orchestrator '{orchestrator}', at history event {index}: {difference} An orchestrator must do the same " +
        "on each replay: no clock, random number, GUID, I/O or changing setting may decide its path, and its code must not change under a running instance.",
        null,
        null);

    public static string Describe(HistoryEvent one) => one switch
    {
        TaskScheduled scheduled => $"activity #{scheduled.Id} '{scheduled.Name}'",
        TimerCreated created => $"timer #{created.Id} for {created.FireAt:O}",
        SubOrchestrationInstanceCreated created => $"sub-orchestration #{created.Id} '{created.Name}' ({created.InstanceId})",
        EventSent sent => $"event #{sent.Id} '{sent.Name}' to {sent.InstanceId}",
        _ => one.GetType().Name,
    };
}

/// <summary>The replay found a difference. Stays inside of the replay: it becomes the instance's failure.</summary>
internal sealed class NonDeterminismException(FailureRecord failure) : Exception(failure.Message)
{
    public FailureRecord Failure { get; } = failure;
}
