using System.Text;
using System.Text.Json;

namespace Holdfast.Peers.Bedrock;

/// <summary>What scripts look at in a conversation.</summary>
internal static class BedrockConversation
{
    /// <summary>The last text of a user, and how many tool results came after it.</summary>
    public static (string LastUserText, int ToolResults) Summarize(JsonElement body)
    {
        var toolResults = 0;
        if (body.ValueKind != JsonValueKind.Object || !body.TryGetProperty("messages", out var messages))
        {
            return (string.Empty, toolResults);
        }

        for (var index = messages.GetArrayLength() - 1; index >= 0; index--)
        {
            var message = messages[index];
            if (message.GetProperty("role").GetString() != "user" || !message.TryGetProperty("content", out var content))
            {
                continue;
            }

            var text = new StringBuilder();
            foreach (var block in content.EnumerateArray())
            {
                toolResults += block.TryGetProperty("toolResult", out _) ? 1 : 0;
                text.Append(block.TryGetProperty("text", out var part) ? part.GetString() : null);
            }

            if (text.Length > 0)
            {
                return (text.ToString(), toolResults);
            }
        }

        return (string.Empty, toolResults);
    }
}
