using Holdfast.Embedded.Durable.Store;

namespace Holdfast.Embedded.Durable.Dispatch;

/// <summary>What an instance works with; the same for all of a hub.</summary>
internal sealed record HubParts(
    HistoryStore Store,
    StepPlanner Planner,
    ActivityRunner Activities,
    Persistence Persistence,
    InstanceWatch Watch,
    SemaphoreSlim OrchestratorPlaces,
    TimeProvider Time,
    CancellationToken Stopping)
{
    /// <summary>Hands a message to an instance of the hub, known or not.</summary>
    public required Action<string, Message> Post { get; init; }

    /// <summary>Takes a retired instance out of the hub's index.</summary>
    public required Action<Instance> Forget { get; init; }
}
