using System.Text.Json.Nodes;
using Holdfast.Tests.Support;

namespace Holdfast.Demo.Showing;

/// <summary>A comment on an issue as GitHub once sent it, from the package @octokit/webhooks-examples.</summary>
internal static class RecordedComment
{
    public const string EventName = "issue_comment";

    public static (string Body, string Repository, int Number) Read()
    {
        var file = RepositoryRoot.PathOf("node_modules", "@octokit", "webhooks-examples", "api.github.com", "index.json");
        var payload = JsonNode.Parse(File.ReadAllText(file))!.AsArray()
            .Single(entry => entry!["name"]!.GetValue<string>() == EventName)!["examples"]!.AsArray()
            .First(example => example!["action"]!.GetValue<string>() == "created")!;
        return (
            payload.ToJsonString(),
            payload["repository"]!["full_name"]!.GetValue<string>(),
            payload["issue"]!["number"]!.GetValue<int>());
    }
}
