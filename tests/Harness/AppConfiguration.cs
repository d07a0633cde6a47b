using System.Text.Json;
using System.Text.Json.Nodes;

namespace Holdfast.Harness;

/// <summary>Texts of holdfast.json for a fixture.</summary>
public static class AppConfiguration
{
    /// <summary>One agent with the <c>exec</c> tool, one model, Slack, a GitHub hook that comments, no cron jobs.</summary>
    /// <param name="change">Changes the configuration before it is written down.</param>
    public static string Default(AppFixture fixture, Action<JsonObject>? change = null)
    {
        var configuration = JsonNode.Parse($$"""
            {
              "agents": {
                "main": {
                  "instructions": "You are a test agent.",
                  "model": "thinker",
                  "tools": ["exec"],
                  "exec": {
                    "commands": { "echo": { "path": "/bin/echo" } },
                    "workRoot": {{JsonSerializer.Serialize(Path.Combine(fixture.Folder, "work"))}}
                  }
                }
              },
              "models": {
                "thinker": { "provider": "bedrock", "modelId": "test.thinker-v1:0", "reasoning": true,
                  "firstEventTimeout": "300s", "betweenEventsTimeout": "120s",
                             "maxAttempts": 3, "retry": { "firstDelay": "100ms", "maxDelay": "1s" } }
              },
              "channels": {
                "slack": {
                  "botToken": "env:SLACK_BOT_TOKEN", "signingSecrets": ["env:SLACK_SIGNING_SECRET"], "agent": "main",
                  "apiBaseUrl": "{{fixture.Slack.ApiUri}}"
                },
                "github": { "token": "env:GITHUB_TOKEN", "apiBaseUrl": "{{fixture.GitHub.BaseUri}}" }
              },
              "hooks": {
                "github": { "kind": "github", "secret": "env:GITHUB_WEBHOOK_SECRET", "agent": "main",
                  "events": ["issue_comment.created", "issues.opened"],
                            "message": "{sender} wrote on {repository}#{number}:\n\n{body}" }
              },
              "limits": { "claimWait": "2s" }
            }
            """)!.AsObject();
        change?.Invoke(configuration);
        return configuration.ToJsonString();
    }
}
