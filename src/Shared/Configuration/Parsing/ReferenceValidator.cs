using Holdfast.Channels;
using Holdfast.Configuration.Agents;

namespace Holdfast.Configuration.Parsing;

/// <summary>Checks what one part of a configuration says about another: names that must exist, and limits that must fit together.</summary>
internal static class ReferenceValidator
{
    private static readonly string[] KnownTools = ["exec"];

    public static void Check(HoldfastConfiguration configuration, ConfigurationFile file)
    {
        foreach (var agent in configuration.Agents.Values.OrderBy(agent => agent.Id, StringComparer.Ordinal))
        {
            CheckTools(agent, Path("agents", agent.Id), file);
            CheckModels(agent, configuration, Path("agents", agent.Id), file);
            CheckDeadline(agent, configuration.Limits, JsonPath.Key(Path("agents", agent.Id), "turnDeadline"), file);
        }

        foreach (var model in configuration.Models.Values.OrderBy(model => model.Id, StringComparer.Ordinal))
        {
            CheckModel(model, Path("models", model.Id), file);
        }

        CheckChannels(configuration, file);
        CheckLimits(configuration.Limits, JsonPath.Key(JsonPath.Root, "limits"), file);
    }

    private static string Path(params ReadOnlySpan<string> keys)
    {
        var path = JsonPath.Root;
        foreach (var key in keys)
        {
            path = JsonPath.Key(path, key);
        }

        return path;
    }

    private static void CheckTools(AgentConfiguration agent, string path, ConfigurationFile file)
    {
        foreach (var (index, tool) in agent.Tools.Index().Where(tool => !KnownTools.Contains(tool.Item)))
        {
            file.Report(
                JsonPath.Index(JsonPath.Key(path, "tools"), index),
                tool,
                $"there is no such tool{NearestName.Hint(tool, KnownTools)}; known: {string.Join(", ", KnownTools)}");
        }

        if (agent.Tools.Contains("exec") != agent.Exec is not null)
        {
            file.Report(path, "the tool exec needs both: its name in tools, and its settings in exec");
        }

        if (agent.Exec is not { } exec)
        {
            return;
        }

        var execPath = JsonPath.Key(path, "exec");
        if (exec.Timeout >= agent.TurnDeadline)
        {
            file.Report(
                JsonPath.Key(execPath, "timeout"),
                DurationText.Write(exec.Timeout),
                $"must be less than the turnDeadline of {DurationText.Write(agent.TurnDeadline)}");
        }

        foreach (var (index, name) in exec.Environment.Index().Where(name => file.SecretSettings.Contains(name.Item)))
        {
            file.Report(
                JsonPath.Index(JsonPath.Key(execPath, "environment"), index),
                name,
                "holds a secret of this configuration; no command may see it");
        }
    }

    private static void CheckModels(AgentConfiguration agent, HoldfastConfiguration configuration, string path, ConfigurationFile file)
    {
        if (agent.Temperature is not null && agent.ReasoningBudgetTokens is not null)
        {
            file.Report(
                JsonPath.Key(path, "temperature"),
                "cannot be chosen together with reasoningBudgetTokens: a model that thinks sets its own");
        }

        CheckModelUse(agent, agent.Model, JsonPath.Key(path, "model"), configuration, file);
        foreach (var (index, fallback) in agent.Fallbacks.Index())
        {
            var fallbackPath = JsonPath.Index(JsonPath.Key(path, "fallbacks"), index);
            if (fallback == agent.Model)
            {
                file.Report(fallbackPath, fallback, "is the agent's model already: falling back to it would go in a circle");
            }

            CheckModelUse(agent, fallback, fallbackPath, configuration, file);
        }

        if (agent.Compaction.Model is { } summarising)
        {
            CheckModelUse(agent, summarising, JsonPath.Key(JsonPath.Key(path, "compaction"), "model"), configuration, file);
        }

        if (agent.ReasoningBudgetTokens is { } budget && configuration.Models.TryGetValue(agent.Model, out var first))
        {
            if (!first.Reasoning)
            {
                file.Report(JsonPath.Key(path, "reasoningBudgetTokens"), $"the model '{first.Id}' does not reason");
            }

            if (budget >= (agent.MaxTokens ?? first.MaxOutputTokens))
            {
                file.Report(
                    JsonPath.Key(path, "reasoningBudgetTokens"),
                    $"must be less than the longest answer, {agent.MaxTokens ?? first.MaxOutputTokens} tokens");
            }
        }
    }

    private static void CheckModelUse(AgentConfiguration agent, string id, string path, HoldfastConfiguration configuration, ConfigurationFile file)
    {
        if (id.Length == 0)
        {
            return; // reported as missing
        }

        if (!configuration.Models.TryGetValue(id, out var model))
        {
            file.Report(path, id, $"there is no such model{NearestName.Hint(id, configuration.Models.Keys)}");
            return;
        }

        if (model.FirstEventTimeout >= agent.TurnDeadline)
        {
            file.Report(
                path,
                id,
                $"this model may be silent for {DurationText.Write(model.FirstEventTimeout)} (firstEventTimeout), which must be less "
                + $"than the agent's turnDeadline of {DurationText.Write(agent.TurnDeadline)}");
        }

        if (agent.MaxTokens > model.MaxOutputTokens)
        {
            file.Report(
                path,
                id,
                $"this model answers with at most {model.MaxOutputTokens} tokens (maxOutputTokens), "
                + $"less than the agent's maxTokens of {agent.MaxTokens}");
        }
    }

    private static void CheckModel(ModelConfiguration model, string path, ConfigurationFile file)
    {
        if (model.MaxOutputTokens >= model.ContextTokens)
        {
            file.Report(JsonPath.Key(path, "maxOutputTokens"), $"must be less than contextTokens, {model.ContextTokens}");
        }

        if (model.Retry.FirstDelay > model.Retry.MaxDelay)
        {
            file.Report(
                JsonPath.Key(JsonPath.Key(path, "retry"), "firstDelay"),
                DurationText.Write(model.Retry.FirstDelay),
                $"must not be longer than maxDelay, {DurationText.Write(model.Retry.MaxDelay)}");
        }
    }

    private static void CheckChannels(HoldfastConfiguration configuration, ConfigurationFile file)
    {
        var channels = configuration.Channels;
        if (channels.Slack is { } slack)
        {
            CheckAgent(slack.Agent, Path("channels", "slack", "agent"), configuration, file);
            foreach (var (id, channel) in slack.Channels)
            {
                CheckAgent(channel.Agent, Path("channels", "slack", "channels", id, "agent"), configuration, file);
            }
        }

        foreach (var hook in configuration.Hooks.Values)
        {
            CheckAgent(hook.Agent, Path("hooks", hook.Name, "agent"), configuration, file);
            CheckTarget(hook.Reply, Path("hooks", hook.Name, "reply"), channels, file);
        }

        foreach (var job in configuration.Cron.Values)
        {
            CheckAgent(job.Agent, Path("cron", job.Name, "agent"), configuration, file);
            CheckTarget(job.Deliver, Path("cron", job.Name, "deliver"), channels, file);
        }
    }

    private static void CheckAgent(string id, string path, HoldfastConfiguration configuration, ConfigurationFile file)
    {
        if (id.Length > 0 && !configuration.Agents.ContainsKey(id))
        {
            file.Report(path, id, $"there is no such agent{NearestName.Hint(id, configuration.Agents.Keys)}");
        }
    }

    private static void CheckTarget(DeliveryTarget target, string path, ChannelsConfiguration channels, ConfigurationFile file)
    {
        if (target is DeliveryTarget.Slack && channels.Slack is null)
        {
            file.Report(path, "an answer to Slack needs channels.slack");
        }

        if (target is DeliveryTarget.Comment or DeliveryTarget.GitHub && channels.GitHub is null)
        {
            file.Report(path, "an answer to GitHub (for a GitHub hook also when no reply is written) needs channels.github");
        }
    }

    /// <summary>A turn outlives the waits within it: else its deadline ends it while it stands in line or waits for a dead writer's lease.</summary>
    private static void CheckDeadline(AgentConfiguration agent, LimitsConfiguration limits, string path, ConfigurationFile file)
    {
        if (agent.TurnDeadline <= limits.ClaimWait)
        {
            file.Report(path, DurationText.Write(agent.TurnDeadline), $"must be more than limits.claimWait, {DurationText.Write(limits.ClaimWait)}");
        }

        if (agent.TurnDeadline <= limits.FenceWait())
        {
            file.Report(
                path,
                DurationText.Write(agent.TurnDeadline),
                $"must be more than {DurationText.Write(limits.FenceWait())}: limits.leaseDuration and what a write waits beyond it for a writer that died");
        }
    }

    private static void CheckLimits(LimitsConfiguration limits, string path, ConfigurationFile file)
    {
        // Two renewals must fit into a lease: one may fail.
        if (limits.LeaseRenewal * 2 >= limits.LeaseDuration)
        {
            file.Report(
                JsonPath.Key(path, "leaseRenewal"),
                DurationText.Write(limits.LeaseRenewal),
                $"must be less than half of leaseDuration, {DurationText.Write(limits.LeaseDuration)}");
        }
    }
}
