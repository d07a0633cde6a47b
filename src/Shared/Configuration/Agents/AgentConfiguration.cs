using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Holdfast.Tools;

namespace Holdfast.Configuration.Agents;

/// <summary>
/// An agent: the front matter of its file, <c>agents/{id}.agent.md</c>, and the file's text, which is what it is told. The keys are those
/// of the Azure Functions agents runtime, so that one file serves both; what only Holdfast knows stands under <c>metadata.holdfast</c>.
/// </summary>
public sealed partial record AgentConfiguration
{
    private static readonly TimeSpan DefaultDeadline = TimeSpan.FromMinutes(30);

    /// <summary>The file's name before <c>.agent.md</c>; the second part of this agent's session keys.</summary>
    [JsonIgnore]
    public string Id { get; set; } = "";

    /// <summary>Where it was read from.</summary>
    [JsonIgnore]
    public string File { get; set; } = "";

    /// <summary>The system prompt: the text below the front matter, its variables filled in.</summary>
    [JsonIgnore]
    public string Instructions { get; set; } = "";

    /// <summary>What people call it. Default: none.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; set; }

    /// <summary>What it is for, for people and other tools. Default: none.</summary>
    [JsonPropertyName("description")]
    public string? Description { get; set; }

    /// <summary>Id of the model that is asked first, a key of <c>models</c> in holdfast.json.</summary>
    [JsonPropertyName("model")]
    public required string Model { get; set; }

    /// <summary>
    /// Longest time for a turn, as a number of seconds or a duration. 1 s to 24 h. Where <see cref="AgentSettings.TurnDeadline"/> is given,
    /// that counts here.
    /// </summary>
    [JsonPropertyName("timeout")]
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan? Timeout { get; set; }

    /// <summary>True (the default): all tools that are set up; false: none; or an object of those left out.</summary>
    [JsonPropertyName("tools")]
    public ToolChoice Tools { get; set; } = new();

    /// <summary>What starts a turn by itself: a job of this agent's name. Default: nothing.</summary>
    [JsonPropertyName("trigger")]
    public AgentTrigger? Trigger { get; set; }

    /// <summary>Limits of its answers.</summary>
    [JsonPropertyName("agent_configuration")]
    public AnswerLimits AnswerLimits { get; set; } = new();

    /// <summary>False: <c>$NAME</c> and <c>%NAME%</c> are left as they are. Default: true.</summary>
    [JsonPropertyName("substitute_variables")]
    public bool SubstitutesVariables { get; set; } = true;

    /// <summary>A free map; <c>holdfast</c> in it is ours.</summary>
    [JsonPropertyName("metadata")]
    public AgentMetadata Metadata { get; set; } = new();

    /// <summary>What only Holdfast knows.</summary>
    [JsonIgnore]
    public AgentSettings Settings => Metadata.Holdfast;

    /// <summary>
    /// Longest time for a turn, models and tools and waiting together. Default 30 min. It ends a turn with a notice; it is no measure of a
    /// living stream.
    /// </summary>
    [JsonIgnore]
    public TimeSpan TurnDeadline => Settings.TurnDeadline ?? Timeout ?? DefaultDeadline;

    /// <summary>What the <c>exec</c> tool may do; null where it is not set up or left out.</summary>
    [JsonIgnore]
    public ExecConfiguration? Exec => Tools.Exclude.Contains(ExecTool.ToolName) ? null : Settings.Exec;

    /// <summary>Whether session keys take it for an agent's id; it is a file's name as well, so case tells no two apart.</summary>
    public static bool IsId(string text) => IdShape().IsMatch(text);

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9_-]{0,63}\z")]
    private static partial Regex IdShape();
}

/// <summary>Which tools an agent has of those that are set up for it.</summary>
public sealed record ToolChoice
{
    /// <summary>Names of tools left out. Known: <c>exec</c>. Default: none.</summary>
    [JsonPropertyName("exclude")]
    public ImmutableArray<string> Exclude { get; set; } = [];
}

/// <summary>What starts a turn by itself.</summary>
public sealed record AgentTrigger
{
    /// <summary><c>timer_trigger</c>; no other is served.</summary>
    [JsonPropertyName("type")]
    public required string Type { get; set; }

    [JsonPropertyName("args")]
    public required TimerArguments Args { get; set; }
}

/// <summary>When a timer comes due.</summary>
public sealed record TimerArguments
{
    /// <summary>A cron line of five fields, or of six whose first, the second of the minute, is 0.</summary>
    [JsonPropertyName("schedule")]
    public required string Schedule { get; set; }
}

/// <summary>Limits of an agent's answers.</summary>
public sealed record AnswerLimits
{
    /// <summary>Longest answer, in tokens; at most the model's own limit. 1 to 1,000,000. Default: the model's own limit.</summary>
    [JsonPropertyName("max_output_tokens")]
    [Range(1, 1_000_000)]
    public int? MaxOutputTokens { get; set; }

    [JsonPropertyName("agent_framework")]
    public FrameworkLimits AgentFramework { get; set; } = new();
}

/// <summary>Where the convention keeps the size of prompts.</summary>
public sealed record FrameworkLimits
{
    [JsonPropertyName("compaction")]
    public PromptLimits Compaction { get; set; } = new();
}

/// <summary>How large prompts grow.</summary>
public sealed record PromptLimits
{
    /// <summary>
    /// Prompt and answer together, in tokens, where the model bears more. 1,000 to 10,000,000. Default: the model's own limit.
    /// </summary>
    [JsonPropertyName("max_context_window_tokens")]
    [Range(1_000, 10_000_000)]
    public int? MaxContextWindowTokens { get; set; }
}

/// <summary>What other tools keep with an agent; nobody minds what they do not know.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
public sealed record AgentMetadata
{
    [JsonPropertyName("holdfast")]
    public AgentSettings Holdfast { get; set; } = new();
}
