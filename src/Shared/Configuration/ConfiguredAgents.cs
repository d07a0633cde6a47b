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
        var models = agent.Fallbacks.Insert(0, agent.Model).Select(id => configuration.Models[id]).ToArray();
        return new AgentProfile(
            agent.Id,
            agent.Instructions,
            [.. models.Select(model => ModelOf(model, agent))],
            FallbackOf(models[0]),
            tools,
            agent.MaxToolRounds,
            agent.TurnDeadline,
            agent.Session.FenceMode == FenceMode.Warn)
        {
            Compaction = CompactionOf(agent, configuration),
        };
    }

    private static CompactionSettings? CompactionOf(AgentConfiguration agent, HoldfastConfiguration configuration)
    {
        var (at, keep, model) = (agent.Compaction.AtShare, agent.Compaction.KeepShare, agent.Compaction.Model);
        return agent.Compaction.Enabled ? new CompactionSettings(at, keep, model is null ? null : ModelOf(configuration.Models[model], agent)) : null;
    }

    private static ModelProfile ModelOf(ModelConfiguration model, AgentConfiguration agent) => new(
        model.Id,
        model.ModelId,
        model.Region,
        model.FirstEventTimeout,
        model.BetweenEventsTimeout,
        model.Reasoning,
        Math.Min(agent.MaxTokens ?? model.MaxOutputTokens, model.MaxOutputTokens),
        model.ContextTokens,
        agent.Temperature,
        model.Reasoning ? agent.ReasoningBudgetTokens : null);

    /// <summary>The first model's patience holds for its fallbacks too.</summary>
    private static FallbackSettings FallbackOf(ModelConfiguration first) =>
        FallbackSettings.Default with { MaxAttemptsPerModel = first.MaxAttempts, FirstBackoff = first.Retry.FirstDelay, MaxBackoff = first.Retry.MaxDelay };
}
