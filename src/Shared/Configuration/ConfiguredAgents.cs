using System.Collections.Frozen;
using System.Collections.Immutable;
using Holdfast.Configuration.Agents;
using Holdfast.Models;
using Holdfast.Models.Compactions;
using Holdfast.Tools;
using Holdfast.Turns;

namespace Holdfast.Configuration;

/// <summary>The agents of the configuration, as turns need them. Built once at start.</summary>
public sealed class ConfiguredAgents : IAgentDirectory
{
    private readonly FrozenDictionary<string, AgentProfile> _byId;

    /// <param name="toolsOf">Makes the tools that an agent's configuration names.</param>
    public ConfiguredAgents(HoldfastConfiguration configuration, Func<AgentConfiguration, ImmutableArray<ITool>> toolsOf) =>
        _byId = configuration.Agents.Values
            .Select(agent => ProfileOf(agent, configuration, toolsOf(agent)))
            .ToFrozenDictionary(profile => profile.Id, StringComparer.Ordinal);

    public AgentProfile? Find(string agentId) => _byId.GetValueOrDefault(agentId);

    private static AgentProfile ProfileOf(AgentConfiguration agent, HoldfastConfiguration configuration, ImmutableArray<ITool> tools)
    {
        var settings = agent.Settings;
        return new AgentProfile
        {
            Id = agent.Id,
            System = agent.Instructions,
            Models = [.. settings.Fallbacks.Insert(0, agent.Model).Select(id => ModelOf(configuration.Models[id], agent))],
            // The first model's patience holds for its fallbacks too.
            Fallback = configuration.Models[agent.Model].Retry,
            Tools = tools,
            MaxToolRounds = settings.MaxToolRounds,
            TurnDeadline = agent.TurnDeadline,
            FenceMode = settings.FenceMode,
            Compaction = CompactionOf(agent, configuration),
        };
    }

    private static CompactionSettings? CompactionOf(AgentConfiguration agent, HoldfastConfiguration configuration)
    {
        var settings = agent.Settings.Compaction;
        return !settings.Enabled ? null
            : settings.Model is { } id ? settings with { Summariser = ModelOf(configuration.Models[id], agent) } : settings;
    }

    private static ModelProfile ModelOf(ModelProfile model, AgentConfiguration agent) => model with
    {
        MaxOutputTokens = Math.Min(agent.AnswerLimits.MaxOutputTokens ?? int.MaxValue, model.MaxOutputTokens),
        ContextTokens = Math.Min(agent.AnswerLimits.AgentFramework.Compaction.MaxContextWindowTokens ?? int.MaxValue, model.ContextTokens),
        Temperature = agent.Settings.Temperature,
        ReasoningBudgetTokens = model.Reasons ? agent.Settings.ReasoningBudgetTokens : null,
    };
}
