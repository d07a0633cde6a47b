using System.Text.Json;
using System.Text.Json.Nodes;

namespace Holdfast.Tests.Channels.GitHub;

/// <summary>Deliveries that GitHub once sent, from the package @octokit/webhooks-examples.</summary>
internal static class RecordedDeliveries
{
    private static readonly Lazy<JsonArray> All = new(Load);

    public static IEnumerable<JsonObject> Of(string eventName, string? action) =>
        All.Value
            .Single(entry => entry!["name"]!.GetValue<string>() == eventName)!["examples"]!.AsArray()
            .Select(example => example!.AsObject())
            .Where(example => action is null || example["action"]?.GetValue<string>() == action);

    public static byte[] Bytes(JsonNode payload) => JsonSerializer.SerializeToUtf8Bytes(payload);

    private static JsonArray Load()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Functions.sln")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException("No Functions.sln above the tests.");
        }

        var path = Path.Combine(directory.FullName, "node_modules", "@octokit", "webhooks-examples", "api.github.com", "index.json");
        return JsonNode.Parse(File.ReadAllText(path))!.AsArray();
    }
}
