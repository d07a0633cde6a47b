using System.Collections.Immutable;
using Holdfast.Tools;

namespace Holdfast.Configuration.Agents;

/// <summary>An agent: what it is told, which models answer for it, and what it may do.</summary>
public sealed record AgentConfiguration
{
    /// <summary>The key of this agent; the second part of its session keys.</summary>
    public required string Id { get; init; }

    /// <summary>
    /// The system prompt. Written inline, or <c>file:</c> and a path below the configuration's folder, whose text is read at start.
    /// </summary>
    public required string Instructions { get; init; }

    /// <summary>Id of the model that is asked first.</summary>
    public required string Model { get; init; }

    /// <summary>
    /// Ids of the models asked next, in order, when one fails for good. None twice, and not <see cref="Model"/> again. Default: none.
    /// </summary>
    public ImmutableArray<string> Fallbacks { get; init; } = [];

    /// <summary>Names of the tools offered to the model. Known: <c>exec</c>. Default: none.</summary>
    public ImmutableArray<string> Tools { get; init; } = [];

    /// <summary>What the <c>exec</c> tool may do; there exactly when <see cref="Tools"/> names it.</summary>
    public ExecConfiguration? Exec { get; init; }

    /// <summary>How sessions of this agent behave.</summary>
    public SessionConfiguration Session { get; init; } = new();

    /// <summary>When conversations of this agent are summed up.</summary>
    public CompactionConfiguration Compaction { get; init; } = new();

    /// <summary>
    /// Longest time for a turn, models and tools and waiting together. 1 s to 24 h, default 30 min. It ends a turn with a notice; it is
    /// no measure of a living stream.
    /// </summary>
    public TimeSpan TurnDeadline { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How often within a turn the model may ask for tools. 0 to 1,000, default 25.</summary>
    public int MaxToolRounds { get; init; } = 25;

    /// <summary>Longest answer, in tokens; at most the model's own limit. Default: the model's own limit.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>0 to 2. Default: what the model does by itself. Not together with <see cref="ReasoningBudgetTokens"/>.</summary>
    public double? Temperature { get; init; }

    /// <summary>Tokens that a reasoning model may think, part of the answer's. At least 1,024. Default: none asked for.</summary>
    public int? ReasoningBudgetTokens { get; init; }
}
