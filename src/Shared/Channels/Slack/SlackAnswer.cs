using System.Text.Json.Nodes;

namespace Holdfast.Channels.Slack;

/// <summary>What one call of the Web API came to.</summary>
internal abstract record SlackAnswer
{
    private SlackAnswer()
    {
    }

    /// <summary><c>ok: true</c>.</summary>
    public sealed record Ok(JsonObject Body) : SlackAnswer;

    /// <summary>Not done; wait first.</summary>
    public sealed record RateLimited(TimeSpan RetryAfter) : SlackAnswer;

    /// <summary>Not done.</summary>
    public sealed record Refused(string ErrorCode) : SlackAnswer;

    /// <summary>Done or not done.</summary>
    public sealed record Unknown : SlackAnswer;
}
