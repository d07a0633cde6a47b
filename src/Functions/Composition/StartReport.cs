using Holdfast.Channels.Hooks;
using Holdfast.Channels.Schedules;
using Holdfast.Configuration;
using Holdfast.Configuration.Agents;
using Holdfast.Inbox;
using Holdfast.Storage;
using Microsoft.Extensions.Logging;

namespace Holdfast.Functions.Composition;

/// <summary>
/// Says at start what was read, a line each: agents with a mark of their instructions, channels, hooks, jobs with their next occurrence,
/// and what is odd. No secret and none of the instructions' text.
/// </summary>
internal sealed partial class StartReport(ConfigurationOutcome.Loaded loaded)
{
    private const int MarkLength = 8;

    public void Write(TimeProvider clock, ILogger log)
    {
        var configuration = loaded.Configuration;
        foreach (var agent in configuration.Agents.Values.OrderBy(agent => agent.Id, StringComparer.Ordinal))
        {
            WriteAgent(agent, configuration, log);
        }

        WriteChannels(configuration, log);
        foreach (var hook in configuration.Hooks.Values.OrderBy(hook => hook.Name, StringComparer.Ordinal))
        {
            var events = hook is HookConfiguration.GitHub github ? string.Join(", ", github.Events) : "any event";
            var reply = NameOf(hook.Reply);
            LogHook(log, hook.Name, events, hook.Agent, hook.SessionKey, reply);
        }

        foreach (var job in configuration.Cron.Values.OrderBy(job => job.Name, StringComparer.Ordinal))
        {
            WriteJob(job, clock.GetUtcNow(), log);
        }

        foreach (var warning in loaded.Warnings)
        {
            LogWarning(log, warning);
        }
    }

    private static void WriteAgent(AgentConfiguration agent, HoldfastConfiguration configuration, ILogger log)
    {
        var models = agent.Settings.Fallbacks.Insert(0, agent.Model)
            .Select(id => $"{id} ({configuration.Models[id].Provider} {configuration.Models[id].BedrockModelId})");
        var tools = agent.Exec is { } exec ? $"exec ({string.Join(", ", exec.Commands.Keys.Order(StringComparer.Ordinal))})" : "none";
        var lines = agent.Instructions.AsSpan().Count('\n') + 1;
        var mark = $"{Path.GetFileName(agent.File)}, {lines} lines, {StableHash.Of(agent.Instructions)[..MarkLength]}";
        var chain = string.Join(" → ", models);
        LogAgent(log, agent.Id, agent.Name ?? "no name", mark, chain, tools);
        var (settings, trigger) = (agent.Settings, agent.Trigger?.Args.Schedule ?? "none");
        LogAgentTurns(log, agent.Id, agent.TurnDeadline, settings.FenceMode, settings.QueueMode, trigger);
    }

    private static void WriteChannels(HoldfastConfiguration configuration, ILogger log)
    {
        if (configuration.Channels.Slack is { } slack)
        {
            var others = slack.Channels.Select(channel => $"{channel.Key}: {channel.Value.Agent}").Order(StringComparer.Ordinal);
            var agents = string.Join(", ", others.Prepend($"agent {slack.Agent}"));
            LogChannel(log, "Slack", agents);
        }

        if (configuration.Channels.GitHub is { } github)
        {
            LogChannel(log, "GitHub", github.App is null ? "writes with a token" : "writes as an app");
        }
    }

    private static void WriteJob(CronJobConfiguration job, DateTimeOffset now, ILogger log)
    {
        var next = job.Schedule.NextDueAt(now);
        var session = job.SessionKey ?? "one of its own each time";
        if (next is { } dueAt)
        {
            var reply = NameOf(job.Deliver);
            LogJob(log, job.Name, job.Agent, session, reply, dueAt);
        }
        else
        {
            LogPastJob(log, job.Name, job.Agent, job.Missed);
        }
    }

    private static string NameOf(ReplyTarget? target) => target switch
    {
        null => "a comment",
        ReplyTarget.Slack slack => $"Slack {slack.ChannelId}",
        ReplyTarget.GitHub github => $"GitHub {github.Owner}/{github.Repository}#{github.Number}",
        _ => "nowhere",
    };
}
