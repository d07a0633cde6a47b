using Holdfast.Channels.Hooks;
using Holdfast.Inbox;
using Holdfast.Sessions;
using Holdfast.Tools;

namespace Holdfast.Configuration.Parsing;

/// <summary>
/// Checks what one part of a configuration says about another: names that must exist, and session keys, of which one is built from each
/// thing that gives any.
/// </summary>
internal static class ReferenceValidator
{
    /// <summary>What an agent's tools may be called.</summary>
    public static readonly string[] KnownTools = [ExecTool.ToolName];

    /// <summary>What an event may put in, so that what stands before it must not become another character with it.</summary>
    private static readonly string[] SampleValues = ["7", "F", "2F", "2f"];

    public static void Check(HoldfastConfiguration configuration, ConfigurationFile file)
    {
        CheckSlack(configuration, file);
        foreach (var hook in configuration.Hooks.Values)
        {
            CheckHook(hook, configuration, JsonPath.Key("$.hooks", hook.Name), file);
        }

        // What an agent's trigger comes to is checked with the agent.
        foreach (var job in configuration.Cron.Values.Where(job => configuration.Agents.GetValueOrDefault(job.Name)?.Trigger is null))
        {
            var path = JsonPath.Key("$.cron", job.Name);
            CheckAgent(job.Agent, JsonPath.Key(path, "agent"), configuration, file);
            CheckTarget(job.Deliver, JsonPath.Key(path, "deliver"), configuration.Channels, mayComment: false, file);
            CheckKey(
                job.KeyTextOf(DateTimeOffset.UnixEpoch), job.SessionKey, JsonPath.Key(path, "sessionKey"), configuration, file);
        }
    }

    private static void CheckSlack(HoldfastConfiguration configuration, ConfigurationFile file)
    {
        if (configuration.Channels.Slack is not { } slack)
        {
            return;
        }

        CheckAgent(slack.Agent, "$.channels.slack.agent", configuration, file);
        foreach (var (id, channel) in slack.Channels)
        {
            CheckAgent(channel.Agent, JsonPath.Key(JsonPath.Key("$.channels.slack.channels", id), "agent"), configuration, file);
        }
    }

    private static void CheckHook(HookConfiguration hook, HoldfastConfiguration configuration, string path, ConfigurationFile file)
    {
        var isGeneric = hook is HookConfiguration.Generic;
        CheckAgent(hook.Agent, JsonPath.Key(path, "agent"), configuration, file);
        CheckTarget(hook.Reply, JsonPath.Key(path, "reply"), configuration.Channels, mayComment: !isGeneric, file);
        foreach (var (key, template) in new[] { ("sessionKey", hook.SessionKey), ("message", hook.Message) })
        {
            if (isGeneric
                && template is not null
                && TemplateParser.Parse(template.Text, TemplateValues.GenericNames) is TemplateParseOutcome.Invalid invalid)
            {
                file.Report(JsonPath.Key(path, key), template.Text, invalid.Reason);
                return;
            }
        }

        foreach (var value in SampleValues)
        {
            if (!CheckKey(
                $"agent:{hook.Agent}:{hook.SessionKey.With(value)}", hook.SessionKey.Text, JsonPath.Key(
                    path, "sessionKey"), configuration, file))
            {
                return;
            }
        }
    }

    private static void CheckAgent(string? id, string path, HoldfastConfiguration configuration, ConfigurationFile file)
    {
        if (id is not null && !configuration.Agents.ContainsKey(id))
        {
            file.Report(path, id, $"there is no such agent{NearestName.Hint(id, configuration.Agents.Keys)}");
        }
    }

    /// <summary>With the agent's own id, as long as it is; whether there is such an agent is checked by itself.</summary>
    private static bool CheckKey(string key, string? written, string path, HoldfastConfiguration configuration, ConfigurationFile file)
    {
        var parts = key.Split(':', 3);
        var rest = parts[2];
        if (SessionKey.TryParse(configuration.Agents.ContainsKey(parts[1]) ? key : "agent:main:" + rest) is not null)
        {
            return true;
        }

        file.Report(
            path, written ?? rest, "gives no session key: of letters, digits and :._-/#@+=%~, without %2F, at most 512 with its agent");
        return false;
    }

    public static void CheckTarget(
        ReplyTarget? target, string path, ChannelsConfiguration channels, bool mayComment, ConfigurationFile file)
    {
        if (target is null && !mayComment)
        {
            file.Report(JsonPath.Key(path, "kind"), "comment", "there is nothing to comment on; must be one of: none, slack, github");
        }
        else if (target is ReplyTarget.Slack && channels.Slack is null)
        {
            file.Report(path, "an answer to Slack needs channels.slack");
        }
        else if (target is null or ReplyTarget.GitHub && channels.GitHub is null)
        {
            file.Report(path, "an answer to GitHub (for a GitHub hook also when no reply is written) needs channels.github");
        }
    }
}
