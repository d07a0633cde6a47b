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

/// <summary>Why an event is none of ours.</summary>
public enum SlackIgnoreReason
{
    /// <summary>Written by a bot, ourselves or another: answering would make a loop.</summary>
    FromBot = 1,

    /// <summary>An edit, a deletion, a join or another message that is no new text of a person.</summary>
    Subtype = 2,

    /// <summary>Talk in a channel, outside threads, that does not name us; a mention in it comes as its own event.</summary>
    ChannelTalk = 3,

    /// <summary>No text, for example a file alone.</summary>
    NoText = 4,

    /// <summary>A kind of event or envelope that we do not handle.</summary>
    OtherEvent = 5,
}

/// <summary>What an accepted request of the Events API says.</summary>
public abstract record SlackInbound
{
    private SlackInbound()
    {
    }

    /// <summary>Slack asks whether the address is ours: answer with the challenge.</summary>
    public sealed record UrlVerification(string Challenge) : SlackInbound;

    /// <summary>A person said something that may be for us.</summary>
    public sealed record Message : SlackInbound
    {
        /// <summary>The envelope's id; the same in every retry. One text may come in two envelopes, see <see cref="DeliveryKey"/>.</summary>
        public required string EventId { get; init; }

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

        /// <summary>When Slack made the event, in whole seconds.</summary>
        public required DateTimeOffset EventAt { get; init; }

        /// <summary>The thread to answer in: the message's own, or the one that it starts.</summary>
        public string ReplyThreadTs => ThreadTs ?? Ts;

        /// <summary>
        /// The same for every envelope that carries this text: a mention inside a thread comes as app_mention and as message, with
        /// two event ids and one ts.
        /// </summary>
        public string DeliveryKey => $"{TeamId}:{Channel}:{Ts}";
    }

    /// <summary>Well formed, and nothing to do: answer 200 so that Slack does not send it again.</summary>
    public sealed record Ignored(SlackIgnoreReason Reason) : SlackInbound;

    /// <summary>Not what Slack sends: answer 400.</summary>
    /// <param name="Reason">Names the place, never the content.</param>
    public sealed record Malformed(string Reason) : SlackInbound;
}
