namespace Holdfast.Configuration.Channels;

/// <summary>Where messages come from and answers go to. A channel that is not there has no open door.</summary>
public sealed record ChannelsConfiguration
{
    /// <summary>Null when this app is on no Slack.</summary>
    public SlackConfiguration? Slack { get; init; }

    /// <summary>Null when this app writes nothing to GitHub.</summary>
    public GitHubConfiguration? GitHub { get; init; }
}
