namespace Holdfast.Channels.Slack;

/// <summary>What is different in one Slack channel.</summary>
public sealed record SlackChannelOptions
{
    /// <summary>Id of the agent that answers here.</summary>
    public required string Agent { get; init; }
}
