using System.Collections.Frozen;
using Holdfast.Channels.Hooks;
using Holdfast.Configuration.Agents;
using Holdfast.Tools;

namespace Holdfast.Configuration.Parsing;

/// <summary>
/// Gives what was bound what a class alone cannot know: the keys that things stand under, defaults that come from elsewhere, executables,
/// the jobs of agents. What is missing, as required values may be, stays so: it is reported already.
/// </summary>
internal static class ConfigurationCompleter
{
    public static HoldfastConfiguration Complete(HoldfastConfiguration bound, IReadOnlyList<ReadAgent> agents, ConfigurationFile file)
    {
        var jobs = bound.Cron.ToDictionary(entry => entry.Key, entry => entry.Value with { Name = entry.Key }, StringComparer.Ordinal);
        foreach (var agent in agents)
        {
            if (AgentJobs.Of(agent) is { } job && !jobs.TryAdd(job.Name, job))
            {
                file.Report(
                    JsonPath.Key("$.cron", job.Name), "the agent of this name has a trigger, which is a job of its name: choose another");
            }
        }

        return bound with
        {
            Agents = agents.ToFrozenDictionary(agent => agent.Agent.Id, Complete, StringComparer.Ordinal),
            Models = Named(bound.Models, (id, model) => bound.ModelDefaults.Complete(model with { Id = id })),
            Hooks = Named(bound.Hooks, Complete),
            Cron = jobs.ToFrozenDictionary(StringComparer.Ordinal),
        };
    }

    private static FrozenDictionary<string, T> Named<T>(IReadOnlyDictionary<string, T>? bound, Func<string, T, T> complete) =>
        (bound ?? FrozenDictionary<string, T>.Empty)
            .ToFrozenDictionary(entry => entry.Key, entry => complete(entry.Key, entry.Value), StringComparer.Ordinal);

    private static HookConfiguration Complete(string name, HookConfiguration hook) => hook with
    {
        Name = name,
        SessionKey = hook.SessionKey != Template.Empty
            ? hook.SessionKey
            : TemplateOf(hook is HookConfiguration.GitHub ? "github:{repository}:{number}" : $"hook:{name}"),
    };

    private static Template TemplateOf(string text) =>
        ((TemplateParseOutcome.Parsed)TemplateParser.Parse(text, TemplateValues.GitHubNames)).Template;

    private static AgentConfiguration Complete(ReadAgent read)
    {
        if (read.Agent.Settings.Exec?.Commands is not { } commands)
        {
            return read.Agent;
        }

        var found = commands.ToFrozenDictionary(
            entry => entry.Key, entry => Found(entry.Key, entry.Value, read.File), StringComparer.Ordinal);
        var settings = read.Agent.Settings with { Exec = read.Agent.Settings.Exec with { Commands = found } };
        return read.Agent with { Metadata = read.Agent.Metadata with { Holdfast = settings } };
    }

    private static ExecCommand Found(string name, ExecCommand command, ConfigurationFile file)
    {
        var isGiven = command.Path.Length > 0;
        var given = isGiven ? command.Path : name;
        if (ExecutableFinder.Find(given, file.Settings("PATH")) is { } found)
        {
            return command with { Path = found };
        }

        var path = JsonPath.Key("$.metadata.holdfast.exec.commands", name);
        var where = Path.IsPathFullyQualified(given) ? "there is no executable file at this path" : "no executable of this name is on PATH";
        file.Report(isGiven ? JsonPath.Key(path, "path") : path, given, where);
        return command;
    }
}
