using System.Text.Json;
using System.Text.Json.Nodes;

namespace Holdfast.Harness;

/// <summary>A configuration for an app: what holdfast.json says, and the agents beside it.</summary>
public sealed class AppConfiguration(JsonObject root)
{
    private readonly Dictionary<string, JsonObject> _agents = [];

    /// <summary>What stands under a key of holdfast.json.</summary>
    public JsonNode? this[string key]
    {
        get => root[key];
        set => root[key] = value;
    }

    /// <summary>Front matter of the agents by id.</summary>
    public IReadOnlyDictionary<string, JsonObject> Agents => _agents;

    /// <summary>What each agent is told, unless it is named here.</summary>
    public string Instructions { get; set; } = "You are a test agent.";

    /// <summary>One agent with the <c>exec</c> tool, one model, Slack, a GitHub hook that comments, no cron jobs.</summary>
    /// <param name="change">Changes the configuration before it is written down.</param>
    public static AppConfiguration Default(AppFixture fixture, Action<AppConfiguration>? change = null)
    {
        var configuration = new AppConfiguration(JsonNode.Parse($$"""
            {
              "models": {
                "thinker": {
                  "provider": "bedrock", "modelId": "test.thinker-v1:0", "reasoning": true, "firstEventTimeout": "300s",
                  "betweenEventsTimeout": "120s", "maxAttempts": 3, "retry": { "firstDelay": "100ms", "maxDelay": "1s" }
                }
              },
              "channels": {
                "slack": {
                  "botToken": "env:SLACK_BOT_TOKEN", "signingSecrets": ["env:SLACK_SIGNING_SECRET"], "agent": "main",
                  "apiBaseUrl": "{{fixture.Slack.ApiUri}}"
                },
                "github": { "token": "env:GITHUB_TOKEN", "apiBaseUrl": "{{fixture.GitHub.BaseUri}}" }
              },
              "hooks": {
                "github": {
                  "kind": "github", "secret": "env:GITHUB_WEBHOOK_SECRET", "agent": "main",
                  "events": ["issue_comment.created", "issues.opened"], "message": "{sender} wrote on {repository}#{number}:\n\n{body}"
                }
              },
              "limits": { "claimWait": "2s" }
            }
            """)!.AsObject());
        configuration.AddAgent("main", "thinker")["exec"] = JsonNode.Parse($$"""
            {
              "commands": { "echo": { "path": "/bin/echo" } },
              "workRoot": {{JsonSerializer.Serialize(Path.Combine(fixture.Folder, "work"))}}
            }
            """);
        change?.Invoke(configuration);
        return configuration;
    }

    /// <returns>Its <c>metadata.holdfast</c>.</returns>
    public JsonObject AddAgent(string id, string model)
    {
        var settings = new JsonObject();
        _agents[id] = new JsonObject { ["model"] = model, ["metadata"] = new JsonObject { ["holdfast"] = settings } };
        return settings;
    }

    /// <summary>The <c>metadata.holdfast</c> of an agent.</summary>
    public JsonObject SettingsOf(string agent) => _agents[agent]["metadata"]!["holdfast"]!.AsObject();

    /// <summary>Writes holdfast.json and the agents into a folder, in place of those that are there.</summary>
    public async Task WriteAsync(string folder)
    {
        var agents = Directory.CreateDirectory(Path.Combine(folder, "agents"));
        await File.WriteAllTextAsync(Path.Combine(folder, "holdfast.json"), root.ToJsonString());
        foreach (var (id, front) in _agents)
        {
            // JSON is YAML as well.
            var text = $"---\n{front.ToJsonString()}\n---\n{Instructions}\n";
            await File.WriteAllTextAsync(Path.Combine(agents.FullName, id + ".agent.md"), text);
        }
    }
}
