using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Holdfast.Peers.Slack;

/// <summary>What each method does and answers. Names, limits and error codes are those of Slack's method reference.</summary>
internal sealed class SlackMethods(SlackMessages messages)
{
    private const int MaxMarkdownCharacters = 12_000;
    private const int MaxTextCharacters = 40_000;
    private readonly HashSet<(string Channel, string Ts, string Name)> _reactions = [];

    public static JsonObject Error(string code) => new() { ["ok"] = false, ["error"] = code };

    public JsonObject Run(string method, JsonObject arguments) => method switch
    {
        "auth.test" => AuthTest(),
        "chat.postMessage" => Post(arguments),
        "chat.update" => Update(arguments),
        "conversations.replies" => Replies(arguments),
        "conversations.history" => History(arguments),
        "assistant.threads.setStatus" => SetStatus(arguments),
        "reactions.add" => React(arguments),
        _ => Error("unknown_method"),
    };

    private static JsonObject AuthTest() => new()
    {
        ["ok"] = true,
        ["url"] = "https://holdfast.slack.com/",
        ["team"] = "Holdfast",
        ["user"] = "holdfast",
        ["team_id"] = ScriptedSlack.TeamId,
        ["user_id"] = ScriptedSlack.BotUserId,
        ["bot_id"] = ScriptedSlack.BotId,
        ["is_enterprise_install"] = false,
    };

    private JsonObject Post(JsonObject arguments)
    {
        if (Text(arguments, "channel") is not { Length: > 0 } channel)
        {
            return Error("channel_not_found");
        }

        if (Content(arguments, out var text) is { } wrong)
        {
            return Error(wrong);
        }

        if (arguments["metadata"] is { } metadata && !IsMetadata(metadata))
        {
            return Error("invalid_metadata_format");
        }

        var message = messages.Post(
            channel, text, Text(arguments, "thread_ts"), arguments["metadata"]?.DeepClone() as JsonObject, fromBot: true);
        return new JsonObject
        {
            ["ok"] = true,
            ["channel"] = channel,
            ["ts"] = message.Ts,
            ["message"] = message.ToJson(withMetadata: true),
        };
    }

    private JsonObject Update(JsonObject arguments)
    {
        if (Content(arguments, out var text) is { } wrong)
        {
            return Error(wrong);
        }

        var (channel, ts) = (Text(arguments, "channel") ?? "", Text(arguments, "ts") ?? "");
        var updated = messages.Update(
            channel, ts, m => m with { Text = text, Metadata = arguments["metadata"]?.DeepClone() as JsonObject ?? m.Metadata });
        return updated is null
            ? Error("message_not_found")
            : new JsonObject
            {
                ["ok"] = true,
                ["channel"] = channel,
                ["ts"] = ts,
                ["text"] = text,
                ["message"] = updated.ToJson(withMetadata: true),
            };
    }

    private JsonObject Replies(JsonObject arguments)
    {
        var thread = messages.Thread(Text(arguments, "channel") ?? "", Text(arguments, "ts") ?? "");
        return thread.Count == 0 ? Error("thread_not_found") : Page(thread, arguments, keepFirst: true);
    }

    private JsonObject History(JsonObject arguments) =>
        Page(messages.History(Text(arguments, "channel") ?? ""), arguments, keepFirst: false);

    private static JsonObject SetStatus(JsonObject arguments) =>
        Text(arguments, "channel_id") is { Length: > 0 }
            && Text(arguments, "thread_ts") is { Length: > 0 }
            && arguments.ContainsKey("status")
            ? new JsonObject { ["ok"] = true }
            : Error("invalid_arguments");

    private JsonObject React(JsonObject arguments)
    {
        var (channel, ts, name) = (Text(arguments, "channel") ?? "", Text(arguments, "timestamp") ?? "", Text(arguments, "name") ?? "");
        if (!messages.All.Any(m => m.Channel == channel && m.Ts == ts))
        {
            return Error("message_not_found");
        }

        lock (_reactions)
        {
            return _reactions.Add((channel, ts, name)) ? new JsonObject { ["ok"] = true } : Error("already_reacted");
        }
    }

    private static JsonObject Page(IReadOnlyList<PostedMessage> all, JsonObject arguments, bool keepFirst)
    {
        var (oldest, latest) = (Number(arguments, "oldest") ?? 0, Number(arguments, "latest") ?? decimal.MaxValue);
        var inclusive = Flag(arguments, "inclusive");
        var chosen = all
            .Where((message, index) => (keepFirst && index == 0 && message.ThreadTs is null) || Within(Seconds(message.Ts)))
            .ToList();
        var (limit, start) = ((int)(Number(arguments, "limit") ?? 100), (int)(Number(arguments, "cursor") ?? 0));
        var page = chosen.Skip(start).Take(limit).ToList();
        var end = start + page.Count;
        return new JsonObject
        {
            ["ok"] = true,
            ["messages"] = new JsonArray([.. page.Select(m => m.ToJson(Flag(arguments, "include_all_metadata")))]),
            ["has_more"] = end < chosen.Count,
            ["response_metadata"] = new JsonObject
            {
                ["next_cursor"] = end < chosen.Count ? end.ToString(CultureInfo.InvariantCulture) : "",
            },
        };

        bool Within(decimal ts) => (ts > oldest && ts < latest) || (inclusive && (ts == oldest || ts == latest));
    }

    /// <returns>The error code when there is no acceptable text.</returns>
    private static string? Content(JsonObject arguments, out string text)
    {
        var (plain, markdown) = (Text(arguments, "text"), Text(arguments, "markdown_text"));
        text = markdown ?? plain ?? "";
        return (plain, markdown) switch
        {
            (not null, not null) => "markdown_text_conflict",
            _ when text.Length == 0 => "no_text",
            _ when text.Length > (markdown is null ? MaxTextCharacters : MaxMarkdownCharacters) => "msg_too_long",
            _ => null,
        };
    }

    private static bool IsMetadata(JsonNode node) =>
        node is JsonObject metadata
            && metadata["event_type"]?.GetValueKind() == JsonValueKind.String
            && metadata["event_payload"] is JsonObject;

    private static string? Text(JsonObject arguments, string name) => arguments[name]?.ToString();

    private static bool Flag(JsonObject arguments, string name) => Text(arguments, name) is "true" or "1" or "True";

    private static decimal? Number(JsonObject arguments, string name) =>
        decimal.TryParse(Text(arguments, name), NumberStyles.Number, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static decimal Seconds(string ts) => decimal.Parse(ts, CultureInfo.InvariantCulture);
}
