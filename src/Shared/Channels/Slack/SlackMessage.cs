namespace Holdfast.Channels.Slack;

/// <summary>How a message concerns us.</summary>
public enum SlackMessageKind
{
    /// <summary>It names our bot.</summary>
    Mention = 1,

    /// <summary>It stands in a direct or group conversation with our bot.</summary>
    Direct = 2,

    /// <summary>It stands in a channel's thread without naming us: ours only if we are in that thread already.</summary>
    ThreadReply = 3,
}

/// <summary>A person said something that may be for us.</summary>
public sealed record SlackMessage
{
    public required SlackMessageKind Kind { get; init; }

    public required string TeamId { get; init; }

    public required string Channel { get; init; }

    /// <summary>im, mpim, channel or group; null for an app_mention, which does not tell.</summary>
    public string? ChannelType { get; init; }

    public required string User { get; init; }

    /// <summary>As the person typed it (Slack's escapes undone), without the bot's mention at its start.</summary>
    public required string Text { get; init; }

    /// <summary>The message's id in its channel, and its time.</summary>
    public required string Ts { get; init; }

    /// <summary>The thread's first message; null outside threads.</summary>
    public string? ThreadTs { get; init; }

    /// <summary><see cref="Ts"/> as a time, to the microsecond: the order in which people spoke.</summary>
    public required DateTimeOffset SentAt { get; init; }

    /// <summary>The thread to answer in: the message's own, or the one that it starts.</summary>
    public string ReplyThreadTs => ThreadTs ?? Ts;

    /// <summary>
    /// The same for every envelope that carries this text: a retry, and a mention inside a thread, which comes as app_mention and as
    /// message, with two event ids and one ts.
    /// </summary>
    public string DeliveryKey => $"{TeamId}:{Channel}:{Ts}";
}
