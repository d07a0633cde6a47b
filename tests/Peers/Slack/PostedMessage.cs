using System.Text.Json.Nodes;

namespace Holdfast.Peers.Slack;

/// <summary>A message that stands in a channel.</summary>
/// <param name="Text">Exactly as sent, whether as <c>text</c> or as <c>markdown_text</c>.</param>
/// <param name="ThreadTs">The thread's first message; null outside a thread.</param>
public sealed record PostedMessage(string Channel, string Ts, string Text, string? ThreadTs, JsonObject? Metadata)
{
    /// <summary>False for messages that a person wrote.</summary>
    public bool IsFromBot { get; init; } = true;

    internal JsonObject ToJson(bool withMetadata)
    {
        var json = new JsonObject
        {
            ["type"] = "message",
            ["ts"] = Ts,
            ["text"] = Text,
            ["user"] = IsFromBot ? ScriptedSlack.BotUserId : "U0PERSON01",
        };
        if (IsFromBot)
        {
            json["bot_id"] = ScriptedSlack.BotId;
            json["app_id"] = ScriptedSlack.AppId;
        }

        if (ThreadTs is not null)
        {
            json["thread_ts"] = ThreadTs;
        }

        if (withMetadata && Metadata is not null)
        {
            json["metadata"] = Metadata.DeepClone();
        }

        return json;
    }
}
