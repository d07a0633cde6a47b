using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Holdfast.Sessions;

namespace Holdfast.Transcripts;

/// <summary>
/// Entries → lines of the open session format (version 3), UTF-8, one JSON object and one line feed each. A block that is appended
/// holds whole lines only.
/// </summary>
public static class TranscriptLineWriter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The first line of a segment.</summary>
    /// <param name="continues">What it goes on from; null for a session's first segment.</param>
    public static void WriteHeader(
        IBufferWriter<byte> output, SessionId session, int segment, DateTimeOffset createdAt, SegmentOrigin? continues = null)
    {
        using (var json = new Utf8JsonWriter(output, Options))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "session"u8);
            json.WriteNumber("version"u8, 3);
            json.WriteString("id"u8, session.Value);
            json.WriteString("timestamp"u8, Format(createdAt));
            json.WriteNumber("segment"u8, segment);
            if (continues is not null)
            {
                json.WriteStartObject("continues"u8);
                json.WriteNumber("segment"u8, continues.Segment);
                json.WriteString("lastId"u8, continues.LastId?.Value);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        EndLine(output);
    }

    public static void Write(IBufferWriter<byte> output, TranscriptEntry entry)
    {
        using (var json = new Utf8JsonWriter(output, Options))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, TypeOf(entry));
            json.WriteString("id"u8, entry.Id.Value);
            json.WriteString("parentId"u8, entry.ParentId?.Value);
            json.WriteString("timestamp"u8, Format(entry.WrittenAt));
            WriteBody(json, entry);
            if (entry.Provenance is { } provenance)
            {
                WriteProvenance(json, provenance, entry as TranscriptEntry.UserMessage);
            }

            json.WriteEndObject();
        }

        EndLine(output);
    }

    private static string TypeOf(TranscriptEntry entry) => entry switch
    {
        TranscriptEntry.UserMessage or TranscriptEntry.AssistantMessage or TranscriptEntry.ToolResult => "message",
        TranscriptEntry.StreamedText => "partial",
        TranscriptEntry.Verdict => "verdict",
        TranscriptEntry.Custom => "custom",
        TranscriptEntry.CustomMessage => "custom_message",
        TranscriptEntry.ModelChange => "model_change",
        TranscriptEntry.ThinkingLevelChange => "thinking_level_change",
        TranscriptEntry.Compaction => "compaction",
        TranscriptEntry.Other other => other.Type,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static void WriteBody(Utf8JsonWriter json, TranscriptEntry entry)
    {
        switch (entry)
        {
            case TranscriptEntry.UserMessage or TranscriptEntry.AssistantMessage or TranscriptEntry.ToolResult:
                WriteMessage(json, entry);
                break;
            case TranscriptEntry.StreamedText partial:
                json.WriteNumber("step"u8, partial.Step);
                json.WriteString("text"u8, partial.Text);
                break;
            case TranscriptEntry.Verdict verdict:
                json.WriteString("verdict"u8, verdict.Kind);
                json.WriteString("explanation"u8, verdict.Explanation);
                break;
            case TranscriptEntry.Custom custom:
                json.WriteString("customType"u8, custom.CustomType);
                json.WritePropertyName("data"u8);
                json.WriteRawValue(custom.DataJson);
                break;
            case TranscriptEntry.CustomMessage custom:
                json.WriteString("customType"u8, custom.CustomType);
                WriteContent(json, custom.Content);
                json.WriteBoolean("display"u8, true);
                break;
            case TranscriptEntry.ModelChange change:
                json.WriteString("provider"u8, change.Provider);
                json.WriteString("modelId"u8, change.ModelId);
                break;
            case TranscriptEntry.ThinkingLevelChange change:
                json.WriteString("thinkingLevel"u8, change.Level);
                break;
            case TranscriptEntry.Compaction compaction:
                json.WriteString("summary"u8, compaction.Summary);
                json.WriteString("firstKeptEntryId"u8, compaction.FirstKeptId?.Value);
                WriteKept(json, compaction);
                break;
            default:
                break;
        }
    }

    private static void WriteKept(Utf8JsonWriter json, TranscriptEntry.Compaction compaction)
    {
        if (compaction.TokensBefore is { } tokens)
        {
            json.WriteNumber("tokensBefore"u8, tokens);
        }

        if (compaction.KeptFrom is { } place)
        {
            json.WriteStartObject("keptFrom"u8);
            json.WriteNumber("segment"u8, place.Segment);
            json.WriteNumber("position"u8, place.Position);
            json.WriteEndObject();
        }
    }

    private static void WriteMessage(Utf8JsonWriter json, TranscriptEntry entry)
    {
        json.WriteStartObject("message"u8);
        switch (entry)
        {
            case TranscriptEntry.UserMessage user:
                json.WriteString("role"u8, "user"u8);
                WriteContent(json, user.Content);
                break;
            case TranscriptEntry.AssistantMessage assistant:
                json.WriteString("role"u8, "assistant"u8);
                WriteContent(json, assistant.Content);
                json.WriteString("provider"u8, assistant.Provider);
                json.WriteString("model"u8, assistant.Model);
                json.WriteString("stopReason"u8, assistant.StopReason);
                if (assistant.ErrorMessage is { } error)
                {
                    json.WriteString("errorMessage"u8, error);
                }

                WriteUsage(json, assistant.Usage);
                break;
            case TranscriptEntry.ToolResult result:
                json.WriteString("role"u8, "toolResult"u8);
                json.WriteString("toolCallId"u8, result.CallId);
                json.WriteString("toolName"u8, result.ToolName);
                WriteContent(json, result.Content);
                json.WriteBoolean("isError"u8, result.IsError);
                break;
            default:
                break;
        }

        json.WriteNumber("timestamp"u8, entry.WrittenAt.ToUnixTimeMilliseconds());
        json.WriteEndObject();
    }

    private static void WriteContent(Utf8JsonWriter json, ImmutableArray<ContentBlock> content)
    {
        json.WriteStartArray("content"u8);
        foreach (var block in content)
        {
            json.WriteStartObject();
            switch (block)
            {
                case ContentBlock.Text text:
                    json.WriteString("type"u8, "text"u8);
                    json.WriteString("text"u8, text.Value);
                    break;
                case ContentBlock.Thinking thinking:
                    json.WriteString("type"u8, "thinking"u8);
                    json.WriteString("thinking"u8, thinking.Value);
                    json.WriteString("thinkingSignature"u8, thinking.Signature);
                    break;
                case ContentBlock.ToolCall call:
                    json.WriteString("type"u8, "toolCall"u8);
                    json.WriteString("id"u8, call.Id);
                    json.WriteString("name"u8, call.Name);
                    json.WritePropertyName("arguments"u8);
                    call.Arguments.WriteTo(json);
                    break;
                case ContentBlock.Unknown unknown:
                    json.WriteString("type"u8, unknown.Type);
                    break;
                default:
                    throw new System.Diagnostics.UnreachableException();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteUsage(Utf8JsonWriter json, TokenCount usage)
    {
        json.WriteStartObject("usage"u8);
        json.WriteNumber("input"u8, usage.InputTokens);
        json.WriteNumber("output"u8, usage.OutputTokens);
        json.WriteNumber("cacheRead"u8, usage.CacheReadTokens);
        json.WriteNumber("cacheWrite"u8, usage.CacheWriteTokens);
        json.WriteEndObject();
    }

    private static void WriteProvenance(Utf8JsonWriter json, Provenance provenance, TranscriptEntry.UserMessage? message)
    {
        json.WriteStartObject("holdfast"u8);
        json.WriteString("runId"u8, provenance.RunId);
        json.WriteNumber("attempt"u8, provenance.Attempt);
        json.WriteNumber("epoch"u8, provenance.Epoch);
        json.WriteNumber("seq"u8, provenance.Seq);
        json.WriteString("source"u8, EntrySources.NameOf(provenance.Source));
        if (message?.ReceivedAt is { } receivedAt)
        {
            json.WriteString("receivedAt"u8, Format(receivedAt));
        }

        json.WriteEndObject();
    }

    private static string Format(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static void EndLine(IBufferWriter<byte> output) => output.Write("\n"u8);
}
