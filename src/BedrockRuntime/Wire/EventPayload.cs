using System.Text;
using System.Text.Json;
using Amazon.BedrockRuntime.Model;
using Amazon.Runtime.EventStreams;

namespace Amazon.BedrockRuntime.Wire;

/// <summary>
/// Reads the JSON of events. Members that are not known are skipped: the service pads events with a member <c>p</c>.
/// </summary>
internal static partial class EventPayload
{
    private delegate void MemberReader<in T>(ref Utf8JsonReader json, T target);

    /// <summary>The event of this type, or null if the type is not one of this API. Names are compared without case.</summary>
    /// <exception cref="JsonException">The payload is not the JSON that it should be.</exception>
    public static IEventStreamEvent Read(ReadOnlySpan<byte> eventType, ReadOnlySpan<byte> payload)
    {
        if (Is(eventType, "contentBlockDelta"u8))
        {
            return Object<ContentBlockDeltaEvent>(payload, ReadDeltaEvent);
        }

        if (Is(eventType, "contentBlockStart"u8))
        {
            return Object<ContentBlockStartEvent>(payload, ReadStartEvent);
        }

        if (Is(eventType, "contentBlockStop"u8))
        {
            return Object<ContentBlockStopEvent>(payload, ReadStopEvent);
        }

        if (Is(eventType, "messageStart"u8))
        {
            return Object<MessageStartEvent>(payload, ReadMessageStart);
        }

        if (Is(eventType, "messageStop"u8))
        {
            return Object<MessageStopEvent>(payload, ReadMessageStop);
        }

        return Is(eventType, "metadata"u8) ? Object<ConverseStreamMetadataEvent>(payload, ReadMetadata) : null;
    }

    private static bool Is(ReadOnlySpan<byte> eventType, ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(eventType, name);

    private static T Object<T>(ReadOnlySpan<byte> payload, MemberReader<T> member)
        where T : class, new()
    {
        var json = new Utf8JsonReader(payload);
        json.Read();
        return Object(ref json, member);
    }

    /// <summary>Reads the object at the reader; a JSON null gives null. The reader stands on each member's name for the callback.</summary>
    private static T Object<T>(ref Utf8JsonReader json, MemberReader<T> member)
        where T : class, new()
    {
        if (json.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        var target = new T();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            member(ref json, target);
        }

        return target;
    }

    private static T Value<T>(ref Utf8JsonReader json, MemberReader<T> member)
        where T : class, new()
    {
        json.Read();
        return Object(ref json, member);
    }

    private static string Text(ref Utf8JsonReader json)
    {
        json.Read();
        return json.GetString();
    }

    private static int? Int(ref Utf8JsonReader json)
    {
        json.Read();
        return json.TokenType == JsonTokenType.Null ? null : json.GetInt32();
    }

    private static void ReadDeltaEvent(ref Utf8JsonReader json, ContentBlockDeltaEvent target)
    {
        if (json.ValueTextEquals("contentBlockIndex"u8))
        {
            target.ContentBlockIndex = Int(ref json);
        }
        else if (json.ValueTextEquals("delta"u8))
        {
            target.Delta = Value<ContentBlockDelta>(ref json, ReadDelta);
        }
        else
        {
            json.Skip();
        }
    }

    private static void ReadDelta(ref Utf8JsonReader json, ContentBlockDelta target)
    {
        if (json.ValueTextEquals("text"u8))
        {
            target.Text = Text(ref json);
        }
        else if (json.ValueTextEquals("reasoningContent"u8))
        {
            target.ReasoningContent = Value<ReasoningContentBlockDelta>(ref json, ReadReasoning);
        }
        else if (json.ValueTextEquals("toolUse"u8))
        {
            target.ToolUse = Value<ToolUseBlockDelta>(ref json, ReadToolInput);
        }
        else
        {
            json.Skip();
        }
    }

    private static void ReadReasoning(ref Utf8JsonReader json, ReasoningContentBlockDelta target)
    {
        if (json.ValueTextEquals("text"u8))
        {
            target.Text = Text(ref json);
        }
        else if (json.ValueTextEquals("signature"u8))
        {
            target.Signature = Text(ref json);
        }
        else if (json.ValueTextEquals("redactedContent"u8))
        {
            json.Read();
            target.RedactedContent = json.TokenType == JsonTokenType.Null ? null : new MemoryStream(json.GetBytesFromBase64());
        }
        else
        {
            json.Skip();
        }
    }

    private static void ReadToolInput(ref Utf8JsonReader json, ToolUseBlockDelta target)
    {
        if (json.ValueTextEquals("input"u8))
        {
            target.Input = Text(ref json);
        }
        else
        {
            json.Skip();
        }
    }

    private static void ReadStartEvent(ref Utf8JsonReader json, ContentBlockStartEvent target)
    {
        if (json.ValueTextEquals("contentBlockIndex"u8))
        {
            target.ContentBlockIndex = Int(ref json);
        }
        else if (json.ValueTextEquals("start"u8))
        {
            target.Start = Value<ContentBlockStart>(ref json, ReadStart);
        }
        else
        {
            json.Skip();
        }
    }

    private static void ReadStart(ref Utf8JsonReader json, ContentBlockStart target)
    {
        if (json.ValueTextEquals("toolUse"u8))
        {
            target.ToolUse = Value<ToolUseBlockStart>(ref json, ReadToolStart);
        }
        else
        {
            json.Skip();
        }
    }

    private static void ReadToolStart(ref Utf8JsonReader json, ToolUseBlockStart target)
    {
        if (json.ValueTextEquals("name"u8))
        {
            target.Name = Text(ref json);
        }
        else if (json.ValueTextEquals("toolUseId"u8))
        {
            target.ToolUseId = Text(ref json);
        }
        else
        {
            json.Skip();
        }
    }

    private static void ReadStopEvent(ref Utf8JsonReader json, ContentBlockStopEvent target)
    {
        if (json.ValueTextEquals("contentBlockIndex"u8))
        {
            target.ContentBlockIndex = Int(ref json);
        }
        else
        {
            json.Skip();
        }
    }
}
