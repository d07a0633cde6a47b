using System.Text.Json;

namespace Holdfast.Channels.Slack;

/// <summary>
/// Reads the Events API's envelopes (<c>url_verification</c>, <c>event_callback</c>). Pure; call it only after the signature is
/// found valid. Never looks at X-Slack-Retry-Num: a retry is told by its key.
/// </summary>
public static class SlackEventParser
{
    private const int MaxDepth = 64;

    /// <summary>Subtypes whose text is a person's new message.</summary>
    private static readonly string[] SpokenSubtypes = ["file_share", "thread_broadcast", "me_message"];

    public static SlackInbound Parse(ReadOnlyMemory<byte> rawBody)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(rawBody, new JsonDocumentOptions { MaxDepth = MaxDepth });
        }
        catch (JsonException)
        {
            return new SlackInbound.Malformed("The body is no JSON.");
        }

        using (document)
        {
            return Envelope(document.RootElement);
        }
    }

    private static SlackInbound Envelope(JsonElement root) => Text(root, "type") switch
    {
        null => new SlackInbound.Malformed("type is missing."),
        "url_verification" when Text(root, "challenge") is { } challenge => new SlackInbound.UrlVerification(challenge),
        "url_verification" => new SlackInbound.Malformed("challenge is missing."),
        "event_callback" when Object(root, "event") is { } inner => Event(root, inner),
        "event_callback" => new SlackInbound.Malformed("event is missing."),
        _ => new SlackInbound.Ignored(SlackIgnoreReason.OtherEvent),
    };

    private static SlackInbound Event(JsonElement root, JsonElement inner)
    {
        var type = Text(inner, "type");
        if (type is not ("message" or "app_mention"))
        {
            return type is null ? new SlackInbound.Malformed("event.type is missing.") : new SlackInbound.Ignored(SlackIgnoreReason.OtherEvent);
        }

        var botUser = BotUser(root);
        if (WhyIgnored(inner, botUser) is { } reason)
        {
            return new SlackInbound.Ignored(reason);
        }

        var text = Text(inner, "text") ?? "";
        if (Kind(inner, type, text, botUser) is not { } kind)
        {
            return new SlackInbound.Ignored(SlackIgnoreReason.ChannelTalk);
        }

        var spoken = SlackText.Spoken(text, botUser, isMention: type == "app_mention");
        return spoken.Length == 0 ? new SlackInbound.Ignored(SlackIgnoreReason.NoText) : Message(root, inner, kind, spoken);
    }

    private static SlackIgnoreReason? WhyIgnored(JsonElement inner, string? botUser)
    {
        var user = Text(inner, "user");
        if (inner.TryGetProperty("bot_id", out _) || inner.TryGetProperty("bot_profile", out _) || (user is not null && user == botUser))
        {
            return SlackIgnoreReason.FromBot;
        }

        return Text(inner, "subtype") switch
        {
            null => null,
            "bot_message" => SlackIgnoreReason.FromBot,
            { } subtype when SpokenSubtypes.Contains(subtype, StringComparer.Ordinal) => null,
            _ => SlackIgnoreReason.Subtype,
        };
    }

    private static SlackMessageKind? Kind(JsonElement inner, string type, string text, string? botUser)
    {
        var isDirect = Text(inner, "channel_type") is "im" or "mpim";
        if (type == "app_mention" || (!isDirect && botUser is not null && Text(inner, "thread_ts") is not null && SlackText.Mentions(text, botUser)))
        {
            return SlackMessageKind.Mention;
        }

        return isDirect ? SlackMessageKind.Direct : Text(inner, "thread_ts") is not null ? SlackMessageKind.ThreadReply : null;
    }

    private static SlackInbound Message(JsonElement root, JsonElement inner, SlackMessageKind kind, string text)
    {
        if (Text(root, "event_id") is not { Length: > 0 } eventId || Text(root, "team_id") is not { Length: > 0 } team)
        {
            return new SlackInbound.Malformed("event_id or team_id is missing.");
        }

        if (Text(inner, "channel") is not { Length: > 0 } channel || Text(inner, "user") is not { Length: > 0 } user)
        {
            return new SlackInbound.Malformed("event.channel or event.user is missing.");
        }

        if (Text(inner, "ts") is not { } ts || SlackText.Time(ts) is not { } sentAt)
        {
            return new SlackInbound.Malformed("event.ts is missing or no timestamp.");
        }

        if (Text(inner, "thread_ts") is { } threadTs && SlackText.Time(threadTs) is null)
        {
            return new SlackInbound.Malformed("event.thread_ts is no timestamp.");
        }

        return new SlackInbound.Message
        {
            EventId = eventId,
            Kind = kind,
            TeamId = team,
            Channel = channel,
            ChannelType = Text(inner, "channel_type"),
            User = user,
            Text = text,
            Ts = ts,
            ThreadTs = Text(inner, "thread_ts"),
            SentAt = sentAt,
            EventAt = Seconds(root, "event_time") ?? sentAt,
        };
    }

    /// <summary>The bot user that the event was delivered for; null when the envelope names none.</summary>
    private static string? BotUser(JsonElement root) =>
        root.TryGetProperty("authorizations", out var list) && list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0
        && list[0].ValueKind == JsonValueKind.Object
            ? Text(list[0], "user_id")
            : null;

    private static DateTimeOffset? Seconds(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static JsonElement? Object(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;
}
