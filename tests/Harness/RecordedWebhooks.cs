using System.Text.Json.Nodes;
using Holdfast.Tests.Support;

namespace Holdfast.Harness;

/// <summary>Deliveries that GitHub once sent, from the package @octokit/webhooks-examples.</summary>
public static class RecordedWebhooks
{
    private static readonly Lazy<JsonArray> All = new(() => JsonNode.Parse(File.ReadAllText(
        RepositoryRoot.PathOf("node_modules", "@octokit", "webhooks-examples", "api.github.com", "index.json")))!.AsArray());

    /// <summary>The first recorded delivery of an event with this action; a copy, free to change.</summary>
    public static JsonObject First(string eventName, string action) =>
        All.Value
            .Single(entry => entry!["name"]!.GetValue<string>() == eventName)!["examples"]!.AsArray()
            .First(example => example!["action"]?.GetValue<string>() == action)!.DeepClone().AsObject();
}
