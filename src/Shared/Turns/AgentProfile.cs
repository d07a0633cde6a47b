using System.Collections.Immutable;
using Holdfast.Models;
using Holdfast.Models.Compactions;
using Holdfast.Tools;

namespace Holdfast.Turns;

/// <summary>What a turn needs to know of its agent.</summary>
/// <param name="Models">The model asked first and its fallbacks, in order; at least one.</param>
/// <param name="GoesOnAfterTakeover">Fence mode <c>warn</c>: a taken-over run appends its answer under a new epoch instead of detached
/// it.</param>
public sealed record AgentProfile(
    string Id,
    string System,
    ImmutableArray<ModelProfile> Models,
    FallbackSettings Fallback,
    ImmutableArray<ITool> Tools,
    int MaxToolRounds,
    TimeSpan TurnDeadline,
    bool GoesOnAfterTakeover)
{
    /// <summary>When its conversations are summed up; null for never.</summary>
    public CompactionSettings? Compaction { get; init; }
}

/// <summary>Finds agents by id.</summary>
public interface IAgentDirectory
{
    /// <returns>Null when no such agent is configured.</returns>
    AgentProfile? Find(string agentId);
}
