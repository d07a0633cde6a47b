using System.Text.Json.Nodes;

namespace Holdfast.Peers.Slack;

/// <summary>One call as it came in.</summary>
/// <param name="Method">The API method, for example <c>chat.postMessage</c>.</param>
/// <param name="Arguments">From a form or from JSON; nested JSON (metadata, blocks) is parsed in both.</param>
/// <param name="At">When it came in.</param>
/// <param name="HasAuthorization">Whether a bearer token came along; the token itself is not kept.</param>
public sealed record SlackCall(string Method, JsonObject Arguments, DateTimeOffset At, bool HasAuthorization)
{
    public string? Text(string name) => Arguments[name]?.ToString();
}
