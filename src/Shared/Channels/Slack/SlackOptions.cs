using System.Collections.Frozen;
using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;

namespace Holdfast.Channels.Slack;

/// <summary>The Slack app that this is, and how the Web API is reached.</summary>
public sealed record SlackOptions
{
    /// <summary>A channel's id (<c>C0123ABCD</c>), not its name; also that of a direct message.</summary>
    public const string ChannelIdPattern = @"\A[CDGU][A-Z0-9]{1,31}\z";

    /// <summary>The bot's token (<c>xoxb-…</c>), with which it posts.</summary>
    public required Secret BotToken { get; set; }

    /// <summary>Keys that requests may be signed with. At least one; two while they are being exchanged.</summary>
    [MinLength(1)]
    public required ImmutableArray<Secret> SigningSecrets { get; set; }

    /// <summary>Id of the agent that answers where <see cref="Channels"/> names no other.</summary>
    public required string Agent { get; set; }

    /// <summary>By Slack channel id (<c>C0123ABCD</c>): what is different there. Default: nothing.</summary>
    [KeyPattern(ChannelIdPattern, "must be a channel's id such as C0123ABCD, not its name")]
    public IReadOnlyDictionary<string, SlackChannelOptions> Channels { get; set; } = FrozenDictionary<string, SlackChannelOptions>.Empty;

    /// <summary>Base of the Web API, with a slash at its end. https, except on loopback. Default <c>https://slack.com/api/</c>.</summary>
    public Uri ApiBaseUrl { get; set; } = new("https://slack.com/api/");

    /// <summary>How long a call may take until its outcome counts as unknown: 15 s.</summary>
    internal TimeSpan RequestTimeout { get; } = TimeSpan.FromSeconds(15);

    /// <summary>Id of the agent that answers in a channel.</summary>
    public string AgentFor(string channelId) => Channels.TryGetValue(channelId, out var channel) ? channel.Agent : Agent;
}

/// <summary>What is different in one Slack channel.</summary>
public sealed record SlackChannelOptions
{
    /// <summary>Id of the agent that answers here.</summary>
    public required string Agent { get; set; }
}
