using System.Collections.Immutable;
using Holdfast.Models;
using Holdfast.Models.Compactions;
using Holdfast.Tools;

namespace Holdfast.Turns;

/// <summary>What a turn needs to know of its agent.</summary>
public sealed record AgentProfile
{
    public required string Id { get; init; }

    /// <summary>The system prompt.</summary>
    public required string System { get; init; }

    /// <summary>The model asked first and its fallbacks, in order; at least one.</summary>
    public required ImmutableArray<ModelProfile> Models { get; init; }

    public FallbackSettings Fallback { get; init; } = FallbackSettings.Default;

    public ImmutableArray<ITool> Tools { get; init; } = [];

    public int MaxToolRounds { get; init; } = 25;

    public TimeSpan TurnDeadline { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>What becomes of an answer whose session was taken over.</summary>
    public FenceMode FenceMode { get; init; } = FenceMode.Strict;

    /// <summary>When its conversations are summed up; null for never.</summary>
    public CompactionSettings? Compaction { get; init; }
}

/// <summary>Finds agents by id.</summary>
public interface IAgentDirectory
{
    /// <returns>Null when no such agent is configured.</returns>
    AgentProfile? Find(string agentId);
}

/// <summary>What happens to an answer whose session another run has taken over. See I2 and I5 in <c>docs/invariants.md</c>.</summary>
public enum FenceMode
{
    /// <summary>The answer is detached beside the main line and delivered marked as such.</summary>
    Strict = 1,

    /// <summary>
    /// The takeover is recorded, and the answer is appended to the main line after the foreign entries, under a new epoch.
    /// </summary>
    Warn = 2,
}
