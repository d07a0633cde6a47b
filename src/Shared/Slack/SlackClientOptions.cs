namespace Holdfast.Slack;

/// <summary>How Slack's Web API is reached.</summary>
public sealed class SlackClientOptions
{
    /// <summary>A bot token (<c>xoxb-…</c>). Never logged.</summary>
    public required string BotToken { get; init; }

    /// <summary>Where the methods lie. Ends with a slash.</summary>
    public Uri BaseAddress { get; init; } = new("https://slack.com/api/");

    /// <summary>How long a call may take until its outcome counts as unknown. More than zero.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(15);
}
