using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Holdfast.Peers.Bedrock;

/// <summary>The frames of an answer, with the payloads as the service documents them.</summary>
internal static class BedrockFrames
{
    public static byte[] MessageStart { get; } = Event("messageStart", """{"role":"assistant"}""");

    public static byte[] TextDelta(int block, string text) => Delta(block, $$"""{"text":{{Quote(text)}}}""");

    public static byte[] ReasoningDelta(int block, string text) => Delta(block, $$$"""{"reasoningContent":{"text":{{{Quote(text)}}}}}""");

    public static byte[] SignatureDelta(int block, string signature)
        => Delta(block, $$$"""{"reasoningContent":{"signature":{{{Quote(signature)}}}}}""");

    public static byte[] RedactedDelta(int block, ReadOnlySpan<byte> content)
        => Delta(block, $$$"""{"reasoningContent":{"redactedContent":"{{{Convert.ToBase64String(content)}}}"}}""");

    public static byte[] ToolInputDelta(int block, string input) => Delta(block, $$$"""{"toolUse":{"input":{{{Quote(input)}}}}}""");

    public static byte[] ToolStart(int block, string name, string id) => Event(
        "contentBlockStart",
        $$$$"""{"contentBlockIndex":{{{{Number(block)}}}},"start":{"toolUse":{"name":{{{{Quote(name)}}}},"toolUseId":{{{{Quote(id)}}}}}}}""");

    public static byte[] BlockStop(int block) => Event("contentBlockStop", $$"""{"contentBlockIndex":{{Number(block)}}}""");

    public static byte[] MessageStop(BedrockStep.MessageStop step) => Event(
        "messageStop",
        step.AdditionalFieldsJson is { } fields
            ? $$"""{"additionalModelResponseFields":{{fields}},"stopReason":{{Quote(step.Reason)}}}"""
            : $$"""{"stopReason":{{Quote(step.Reason)}}}""");

    public static byte[] Metadata(BedrockStep.Metadata step)
    {
        var usage = new Dictionary<string, int?>
        {
            ["inputTokens"] = step.InputTokens,
            ["outputTokens"] = step.OutputTokens,
            ["totalTokens"] = step.InputTokens + step.OutputTokens,
            ["cacheReadInputTokens"] = step.CacheReadInputTokens,
            ["cacheWriteInputTokens"] = step.CacheWriteInputTokens,
        };
        var present = usage.Where(pair => pair.Value is not null).ToDictionary();
        return Event("metadata", JsonSerializer.Serialize(new { usage = present, metrics = new { latencyMs = step.LatencyMs } }));
    }

    public static byte[] Exception(BedrockStep.Exceptional step)
    {
        var payload = step.OriginalStatusCode is { } status
            ? $$"""{"message":{{Quote(step.Message)}},"originalMessage":{{Quote(step.Message)}},"originalStatusCode":{{Number(status)}}}"""
            : $$"""{"message":{{Quote(step.Message)}}}""";
        return EventFrame.Exception(step.Kind, Encoding.UTF8.GetBytes(payload));
    }

    public static byte[] Event(string eventType, string json) => EventFrame.Event(eventType, Encoding.UTF8.GetBytes(json));

    /// <summary>With one bit of the text, or of the length, turned over.</summary>
    public static byte[] Damaged(int block, BedrockStep.DamagedText step)
    {
        var frame = TextDelta(block, step.Delta);
        frame[step.InPrelude ? 3 : ^8] ^= 1;
        return frame;
    }

    /// <summary>The service pads deltas with a member of this name; clients must skip it.</summary>
    private static byte[] Delta(int block, string delta)
        => Event("contentBlockDelta", $$"""{"contentBlockIndex":{{Number(block)}},"delta":{{delta}},"p":"abcdefghijk"}""");

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
