using Holdfast.Inbox;
using Holdfast.Sessions;

namespace Holdfast.Channels.Slack;

/// <summary>Slack's Events API → messages: proof first, on the raw bytes; then what the event says. Stores nothing.</summary>
public sealed class SlackWebhookReader
{
    private readonly SlackOptions? _configuration;
    private readonly SlackSignature _signature;
    private readonly TimeProvider _clock;

    /// <param name="configuration">Null when this app is on no Slack: then there is no such endpoint.</param>
    public SlackWebhookReader(SlackOptions? configuration, TimeProvider clock)
    {
        _configuration = configuration;
        _signature = new SlackSignature(configuration?.SigningSecrets.Select(secret => secret.Reveal()) ?? []);
        _clock = clock;
    }

    /// <summary>Slack's events are small; larger ones are not Slack's.</summary>
    public const int MaxBodyBytes = 1024 * 1024;

    public WebhookOutcome Read(ReadOnlyMemory<byte> rawBody, string? timestampHeader, string? signatureHeader)
    {
        if (_configuration is null)
        {
            return new WebhookOutcome.Refused(WebhookRefusal.UnknownEndpoint, "This app is on no Slack.");
        }

        var verdict = _signature.Verify(rawBody.Span, timestampHeader, signatureHeader, _clock.GetUtcNow());
        if (verdict != SlackSignatureVerdict.Valid)
        {
            return new WebhookOutcome.Refused(
                WebhookRefusal.Unauthorized, $"The request's signature is {verdict.ToString().ToLowerInvariant()}.");
        }

        return SlackEventParser.Parse(rawBody, message => Take(message, _configuration));
    }

    private static WebhookOutcome Take(SlackMessage message, SlackOptions configuration)
    {
        var agent = configuration.AgentFor(message.Channel);
        var isDirect = message.Kind == SlackMessageKind.Direct && message.ChannelType == "im";
        var place = isDirect ? $"direct:{message.User}" : $"channel:{message.Channel}";

        // A direct conversation outside threads is one session, answered where it is; everything else lives in a thread.
        var thread = isDirect ? message.ThreadTs : message.ReplyThreadTs;
        var key = $"agent:{agent}:slack:{place}{(thread is null ? "" : ":thread:" + thread)}";
        if (SessionKey.TryParse(key) is not { } session)
        {
            return new WebhookOutcome.Refused(WebhookRefusal.Malformed, "The event's channel, user or thread is no id of Slack's.");
        }

        return new WebhookOutcome.Accepted(
            new InboundMessage(
                DeliveryId.Parse("slack:" + message.DeliveryKey),
                session,
                message.Text,
                MessagePriority.User,
                message.SentAt,
                new ReplyTarget.Slack(message.Channel, thread)),
            NeedsSession: message.Kind == SlackMessageKind.ThreadReply);
    }
}
