using System.Text.Json;
using Holdfast.Inbox;
using Holdfast.Transcripts;

namespace Holdfast.Channels.Slack;

/// <summary>
/// Reads the Events API's envelopes (<c>url_verification</c>, <c>event_callback</c>). Pure; call it only after the signature is
/// found valid. Never looks at X-Slack-Retry-Num: a retry is told by its key. What it refuses it names by its place, never by its content.
/// </summary>
public static class SlackEventParser
{
    private const int MaxDepth = 64;

    /// <summary>Subtypes whose text is a person's new message.</summary>
    private static readonly string[] SpokenSubtypes = ["file_share", "thread_broadcast", "me_message"];

    /// <param name="take">What a message comes to that may be for us.</param>
    public static WebhookOutcome Parse(ReadOnlyMemory<byte> rawBody, Func<SlackMessage, WebhookOutcome> take)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(rawBody, new JsonDocumentOptions { MaxDepth = MaxDepth });
        }
        catch (JsonException)
        {
            return Malformed("The body is no JSON.");
        }

        using (document)
        {
            var root = document.RootElement;
            return root.Text("type") switch
            {
                null => Malformed("type is missing."),
                "url_verification" =>
                    root.Text("challenge") is { } challenge ? new WebhookOutcome.Echo(challenge) : Malformed("challenge is missing."),
                "event_callback" => root.Inner("event") is { } inner ? Event(root, inner, take) : Malformed("event is missing."),
                _ => new WebhookOutcome.Ignored("OtherEvent"),
            };
        }
    }

    private static WebhookOutcome Event(JsonElement root, JsonElement inner, Func<SlackMessage, WebhookOutcome> take)
    {
        var type = inner.Text("type");
        if (type is not ("message" or "app_mention"))
        {
            return type is null ? Malformed("event.type is missing.") : new WebhookOutcome.Ignored("OtherEvent");
        }

        var botUser = BotUser(root);
        if (WhyIgnored(inner, botUser) is { } reason)
        {
            return new WebhookOutcome.Ignored(reason);
        }

        var text = inner.Text("text") ?? "";
        if (Kind(inner, type, text, botUser) is not { } kind)
        {
            // Outside threads and without naming us; a mention in it comes as its own event.
            return new WebhookOutcome.Ignored("ChannelTalk");
        }

        // A file alone, for example.
        var spoken = SlackText.Spoken(text, botUser, isMention: type == "app_mention");
        return spoken.Length == 0 ? new WebhookOutcome.Ignored("NoText") : Message(root, inner, kind, spoken, take);
    }

    /// <summary>
    /// Answering a bot, ourselves or another, would make a loop; an edit, a deletion or a join is no new text of a person.
    /// </summary>
    private static string? WhyIgnored(JsonElement inner, string? botUser)
    {
        var user = inner.Text("user");
        if (inner.TryGetProperty("bot_id", out _) || inner.TryGetProperty("bot_profile", out _) || (user is not null && user == botUser))
        {
            return "FromBot";
        }

        return inner.Text("subtype") switch
        {
            null => null,
            "bot_message" => "FromBot",
            { } subtype => SpokenSubtypes.Contains(subtype, StringComparer.Ordinal) ? null : "Subtype",
        };
    }

    private static SlackMessageKind? Kind(JsonElement inner, string type, string text, string? botUser)
    {
        var isDirect = inner.Text("channel_type") is "im" or "mpim";
        var isInThread = inner.Text("thread_ts") is not null;
        if (type == "app_mention" || (!isDirect && botUser is not null && isInThread && SlackText.Mentions(text, botUser)))
        {
            return SlackMessageKind.Mention;
        }

        return isDirect ? SlackMessageKind.Direct : isInThread ? SlackMessageKind.ThreadReply : null;
    }

    private static WebhookOutcome Message(
        JsonElement root, JsonElement inner, SlackMessageKind kind, string text, Func<SlackMessage, WebhookOutcome> take)
    {
        if (root.Text("team_id") is not { Length: > 0 } team)
        {
            return Malformed("team_id is missing.");
        }

        if (inner.Text("channel") is not { Length: > 0 } channel || inner.Text("user") is not { Length: > 0 } user)
        {
            return Malformed("event.channel or event.user is missing.");
        }

        if (inner.Text("ts") is not { } ts || SlackText.Time(ts) is not { } sentAt)
        {
            return Malformed("event.ts is missing or no timestamp.");
        }

        var threadTs = inner.Text("thread_ts");
        if (threadTs is not null && SlackText.Time(threadTs) is null)
        {
            return Malformed("event.thread_ts is no timestamp.");
        }

        return take(new SlackMessage
        {
            Kind = kind,
            TeamId = team,
            Channel = channel,
            ChannelType = inner.Text("channel_type"),
            User = user,
            Text = text,
            Ts = ts,
            ThreadTs = threadTs,
            SentAt = sentAt,
        });
    }

    /// <summary>The bot user that the event was delivered for; null when the envelope names none.</summary>
    private static string? BotUser(JsonElement root) =>
        root.TryGetProperty("authorizations", out var list) && list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0
            ? list[0].Text("user_id")
            : null;

    private static WebhookOutcome.Refused Malformed(string detail) => new(WebhookRefusal.Malformed, detail);
}
