using System.Text.Json;
using Amazon.BedrockRuntime.Model;
using Amazon.Runtime.EventStreams;

namespace Amazon.BedrockRuntime.Wire;

/// <summary>
/// Reads the JSON of events. Members that are not known are passed over: the service pads events with a member <c>p</c>.
/// </summary>
internal static class EventPayload
{
    /// <summary>The event in this message; null, as the package has it, if the message is empty.</summary>
    /// <exception cref="JsonException">The payload is not JSON.</exception>
    public static IEventStreamEvent Read(IEventStreamMessage message, Func<JsonElement, IEventStreamEvent> read)
    {
        if (message.Payload.Length == 0)
        {
            return null;
        }

        using var json = JsonDocument.Parse(message.Payload);
        return read(json.RootElement);
    }

    public static IEventStreamEvent ContentBlockDelta(JsonElement json) => new ContentBlockDeltaEvent
    {
        ContentBlockIndex = Number(json, "contentBlockIndex"),
        Delta = Object(json, "delta", static delta => new ContentBlockDelta
        {
            Text = Text(delta, "text"),
            ReasoningContent = Object(delta, "reasoningContent", static reasoning => new ReasoningContentBlockDelta
            {
                Text = Text(reasoning, "text"),
                Signature = Text(reasoning, "signature"),
                RedactedContent = Object(reasoning, "redactedContent", static bytes => new MemoryStream(bytes.GetBytesFromBase64())),
            }),
            ToolUse = Object(delta, "toolUse", static call => new ToolUseBlockDelta { Input = Text(call, "input") }),
        }),
    };

    public static IEventStreamEvent ContentBlockStart(JsonElement json) => new ContentBlockStartEvent
    {
        ContentBlockIndex = Number(json, "contentBlockIndex"),
        Start = Object(json, "start", static start => new ContentBlockStart
        {
            ToolUse = Object(start, "toolUse", static call => new ToolUseBlockStart
            {
                Name = Text(call, "name"),
                ToolUseId = Text(call, "toolUseId"),
            }),
        }),
    };

    public static IEventStreamEvent ContentBlockStop(JsonElement json) =>
        new ContentBlockStopEvent { ContentBlockIndex = Number(json, "contentBlockIndex") };

    public static IEventStreamEvent MessageStop(JsonElement json) =>
        new MessageStopEvent { StopReason = StopReason.FindValue(Text(json, "stopReason")) };

    public static IEventStreamEvent Metadata(JsonElement json) => new ConverseStreamMetadataEvent
    {
        Usage = Object(json, "usage", static usage => new TokenUsage
        {
            InputTokens = Number(usage, "inputTokens"),
            OutputTokens = Number(usage, "outputTokens"),
            CacheReadInputTokens = Number(usage, "cacheReadInputTokens"),
            CacheWriteInputTokens = Number(usage, "cacheWriteInputTokens"),
        }),
    };

    private static T Object<T>(JsonElement json, string name, Func<JsonElement, T> read)
        where T : class
        => json.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null ? read(member) : null;

    private static string Text(JsonElement json, string name) => Object(json, name, static member => member.GetString());

    private static int? Number(JsonElement json, string name)
        => json.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null ? member.GetInt32() : null;
}
