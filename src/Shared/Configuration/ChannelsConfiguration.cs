using Holdfast.Channels.GitHub;
using Holdfast.Channels.Slack;

namespace Holdfast.Configuration;

/// <summary>Where messages come from and answers go to. A channel that is not there has no open endpoint.</summary>
public sealed record ChannelsConfiguration
{
    /// <summary>Null when this app is on no Slack.</summary>
    public SlackOptions? Slack { get; init; }

    /// <summary>Null when this app writes nothing to GitHub.</summary>
    public GitHubOptions? GitHub { get; init; }
}
