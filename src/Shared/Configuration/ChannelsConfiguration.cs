using System.Text.Json.Serialization;
using Holdfast.Channels.GitHub;
using Holdfast.Channels.Slack;

namespace Holdfast.Configuration;

/// <summary>Where messages come from and answers go to. A channel that is not there has no open endpoint.</summary>
public sealed record ChannelsConfiguration
{
    /// <summary>Null when this app is on no Slack.</summary>
    public SlackOptions? Slack { get; set; }

    /// <summary>Null when this app writes nothing to GitHub.</summary>
    [JsonPropertyName("github")]
    public GitHubOptions? GitHub { get; set; }
}
