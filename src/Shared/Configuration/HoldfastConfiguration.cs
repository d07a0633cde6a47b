using System.Collections.Frozen;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Holdfast.Channels.Hooks;
using Holdfast.Channels.Schedules;
using Holdfast.Configuration.Agents;
using Holdfast.Models;

namespace Holdfast.Configuration;

/// <summary>
/// What runs here: agents, the models they speak with, and the endpoints through which messages come. Read once at start by
/// <see cref="ConfigurationLoader"/>, whole and valid or not at all; it never changes while the process lives.
/// <para>Keys of all dictionaries: 1 to 64 lower-case letters, digits, dots, dashes and underscores, starting with a letter or
/// digit.</para>
/// </summary>
public sealed record HoldfastConfiguration
{
    /// <summary>By agent id, each from a file of its own; at least one.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, AgentConfiguration> Agents { get; set; } = FrozenDictionary<string, AgentConfiguration>.Empty;

    /// <summary>By model id, the configuration's own name for a model. At least one.</summary>
    [MinLength(1)]
    public required IReadOnlyDictionary<string, ModelProfile> Models { get; set; }

    /// <summary>Time limits of models that state none of their own.</summary>
    public ModelDefaults ModelDefaults { get; set; } = new();

    /// <summary>Chat platforms and code hosts that this app answers on.</summary>
    public ChannelsConfiguration Channels { get; set; } = new();

    /// <summary>By hook name, the last segment of <c>/api/hooks/{name}</c>.</summary>
    public IReadOnlyDictionary<string, HookConfiguration> Hooks { get; set; } = FrozenDictionary<string, HookConfiguration>.Empty;

    /// <summary>By job name; also what triggers of agents come to, by the agent's id.</summary>
    public IReadOnlyDictionary<string, CronJobConfiguration> Cron { get; set; } = FrozenDictionary<string, CronJobConfiguration>.Empty;

    /// <summary>Bounds that hold for the whole app.</summary>
    public LimitsConfiguration Limits { get; set; } = new();
}
