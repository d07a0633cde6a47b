using System.Text.Json;
using System.Text.Json.Serialization;

namespace Holdfast.Functions.Endpoints;

/// <summary>The body of <c>POST /api/sessions/{key}/messages</c>.</summary>
/// <param name="Text">What the agent is asked; not blank.</param>
public sealed record PostedMessage(string Text)
{
    /// <returns>Null with a reason when the bytes are not such a body.</returns>
    internal static PostedMessage? Read(ReadOnlySpan<byte> body, out string reason)
    {
        try
        {
            reason = "The body needs a \"text\" that is not blank.";
            var message = JsonSerializer.Deserialize(body, PostedMessageJson.Default.PostedMessage);
            return string.IsNullOrWhiteSpace(message?.Text) ? null : message;
        }
        catch (JsonException fault)
        {
            // The path names keys of ours; an unknown key is a mistake that would otherwise pass unseen.
            reason =
                $"The body is no JSON object {{ \"text\": \"…\" }} (line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}).";
            return null;
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(PostedMessage))]
internal sealed partial class PostedMessageJson : JsonSerializerContext;
