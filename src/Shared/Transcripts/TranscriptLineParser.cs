using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Holdfast.Transcripts;

/// <summary>What a stretch of transcript bytes holds.</summary>
/// <param name="Entries">Entries in order; the header line is not one.</param>
/// <param name="UnreadableLines">Lines that are no JSON objects with an id, and a rest without line feed.</param>
/// <param name="Offsets">Where each entry's line begins, from the first byte of the stretch.</param>
public sealed record ParsedLines(ImmutableArray<TranscriptEntry> Entries, int UnreadableLines, ImmutableArray<long> Offsets)
{
    /// <summary>The same as lines of a segment.</summary>
    /// <param name="from">Where the stretch begins in it.</param>
    public TranscriptLines In(int segment, long from) => new(Entries, Offsets, segment, from);
}

/// <summary>Lines → entries. Unknown fields are passed over and unknown types kept as <see cref="TranscriptEntry.Other"/>.</summary>
public static class TranscriptLineParser
{
    public static ParsedLines Parse(ReadOnlyMemory<byte> bytes)
    {
        var entries = ImmutableArray.CreateBuilder<TranscriptEntry>();
        var offsets = ImmutableArray.CreateBuilder<long>();
        var unreadable = 0;
        var rest = bytes;
        while (!rest.IsEmpty)
        {
            var end = rest.Span.IndexOf((byte)'\n');
            if (end < 0)
            {
                unreadable++;
                break;
            }

            switch (ParseLine(rest[..end]))
            {
                case ParsedLine.Entry entry:
                    entries.Add(entry.Value);
                    offsets.Add(bytes.Length - rest.Length);
                    break;
                case ParsedLine.Unreadable:
                    unreadable++;
                    break;
            }

            rest = rest[(end + 1)..];
        }

        return new ParsedLines(entries.ToImmutable(), unreadable, offsets.ToImmutable());
    }

    private static ParsedLine ParseLine(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || Text(root, "type") is not { } type)
            {
                return new ParsedLine.Unreadable();
            }

            if (type == "session")
            {
                return new ParsedLine.Header();
            }

            return Text(root, "id") is { Length: > 0 } id && ParseEntry(root, type, id) is { } entry
                ? new ParsedLine.Entry(entry)
                : new ParsedLine.Unreadable();
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // The latter for texts that are no Unicode: half a surrogate pair, bytes that are no UTF-8.
            return new ParsedLine.Unreadable();
        }
    }

    private static TranscriptEntry? ParseEntry(JsonElement root, string type, string id)
    {
        var body = ParseBody(root, type, id);
        return body is null
            ? null
            : body with
            {
                ParentId = Text(root, "parentId") is { Length: > 0 } parent ? EntryId.Parse(parent) : null,
                WrittenAt = DateTimeOffset.TryParse(
                    Text(root, "timestamp"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : DateTimeOffset.UnixEpoch,
                Provenance = ParseProvenance(root),
            };
    }

    private static TranscriptEntry? ParseBody(JsonElement root, string type, string idText)
    {
        var id = EntryId.Parse(idText);
        var at = DateTimeOffset.UnixEpoch;
        return type switch
        {
            "message" => ParseMessage(root, id, at),
            "partial" => new TranscriptEntry.StreamedText(Number(root, "step"), Text(root, "text") ?? "") { Id = id, WrittenAt = at },
            "verdict" => new TranscriptEntry.Verdict(Text(root, "verdict") ?? "", Text(root, "explanation") ?? "") { Id = id, WrittenAt = at },
            "custom" => new TranscriptEntry.Custom(
                Text(root, "customType") ?? "", root.TryGetProperty("data", out var data) ? data.GetRawText() : "null")
            { Id = id, WrittenAt = at },
            "custom_message" => new TranscriptEntry.CustomMessage(Text(root, "customType") ?? "", ParseContent(root)) { Id = id, WrittenAt = at },
            "model_change" => new TranscriptEntry.ModelChange(Text(root, "provider") ?? "", Text(root, "modelId") ?? "") { Id = id, WrittenAt = at },
            "thinking_level_change" => new TranscriptEntry.ThinkingLevelChange(Text(root, "thinkingLevel") ?? "") { Id = id, WrittenAt = at },
            "compaction" => new TranscriptEntry.Compaction(
                Text(root, "summary") ?? "",
                Text(root, "firstKeptEntryId") is { Length: > 0 } kept ? EntryId.Parse(kept) : null)
            {
                Id = id,
                WrittenAt = at,
                TokensBefore = root.TryGetProperty("tokensBefore", out var tokens) && tokens.ValueKind == JsonValueKind.Number && tokens.TryGetInt64(out var count) ? count : null,
                KeptFrom = ParsePlace(root),
            },
            _ => new TranscriptEntry.Other(type) { Id = id, WrittenAt = at },
        };
    }

    private static LinePlace? ParsePlace(JsonElement root) =>
        root.TryGetProperty("keptFrom", out var place) && place.ValueKind == JsonValueKind.Object
            ? new LinePlace(Number(place, "segment"), Long(place, "position"))
            : null;

    private static TranscriptEntry? ParseMessage(JsonElement root, EntryId id, DateTimeOffset at)
    {
        if (!root.TryGetProperty("message", out var message) || message.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        return Text(message, "role") switch
        {
            "user" => new TranscriptEntry.UserMessage(ParseContent(message)) { Id = id, WrittenAt = at, ReceivedAt = ReceivedAt(root) },
            "assistant" => new TranscriptEntry.AssistantMessage(ParseContent(message))
            {
                Id = id,
                WrittenAt = at,
                Provider = Text(message, "provider") ?? "",
                Model = Text(message, "model") ?? "",
                StopReason = Text(message, "stopReason") ?? "stop",
                ErrorMessage = Text(message, "errorMessage"),
                Usage = ParseUsage(message),
            },
            "toolResult" => new TranscriptEntry.ToolResult(
                Text(message, "toolCallId") ?? "",
                Text(message, "toolName") ?? "",
                ParseContent(message),
                message.TryGetProperty("isError", out var isError) && isError.ValueKind == JsonValueKind.True)
            { Id = id, WrittenAt = at },
            var other => new TranscriptEntry.Other("message/" + other) { Id = id, WrittenAt = at },
        };
    }

    /// <summary>Content is a list of blocks, or (for user messages of other writers) one text.</summary>
    private static ImmutableArray<ContentBlock> ParseContent(JsonElement owner)
    {
        if (!owner.TryGetProperty("content", out var content))
        {
            return [];
        }

        return content.ValueKind switch
        {
            JsonValueKind.String => [new ContentBlock.Text(content.GetString()!)],
            JsonValueKind.Array => [.. content.EnumerateArray().Where(block => block.ValueKind == JsonValueKind.Object).Select(ParseBlock)],
            _ => [],
        };
    }

    private static ContentBlock ParseBlock(JsonElement block) => Text(block, "type") switch
    {
        "text" => new ContentBlock.Text(Text(block, "text") ?? ""),
        "thinking" => new ContentBlock.Thinking(Text(block, "thinking") ?? "", Text(block, "thinkingSignature")),
        "toolCall" => new ContentBlock.ToolCall(
            Text(block, "id") ?? "",
            Text(block, "name") ?? "",
            block.TryGetProperty("arguments", out var arguments) ? arguments.Clone() : EmptyObject),
        var other => new ContentBlock.Unknown(other ?? ""),
    };

    private static TokenCount ParseUsage(JsonElement message) =>
        message.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object
            ? new TokenCount(Number(usage, "input"), Number(usage, "output"), Number(usage, "cacheRead"), Number(usage, "cacheWrite"))
            : TokenCount.None;

    private static Provenance? ParseProvenance(JsonElement root) =>
        root.TryGetProperty("holdfast", out var provenance) && provenance.ValueKind == JsonValueKind.Object
        && Text(provenance, "runId") is { } run && EntrySources.Parse(Text(provenance, "source")) is { } source
            ? new Provenance(run, Number(provenance, "attempt"), Long(provenance, "epoch"), Long(provenance, "seq"), source)
            : null;

    private static DateTimeOffset? ReceivedAt(JsonElement root) =>
        root.TryGetProperty("holdfast", out var provenance) && provenance.ValueKind == JsonValueKind.Object
        && DateTimeOffset.TryParse(Text(provenance, "receivedAt"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? at
            : null;

    private static string? Text(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static int Number(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : 0;

    private static long Long(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : 0;

    private static readonly JsonElement EmptyObject = JsonElement.Parse("{}"u8);

    private abstract record ParsedLine
    {
        public sealed record Entry(TranscriptEntry Value) : ParsedLine;

        public sealed record Header : ParsedLine;

        public sealed record Unreadable : ParsedLine;
    }
}
