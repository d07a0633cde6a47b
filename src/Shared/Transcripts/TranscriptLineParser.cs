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
            return root.Text("type") switch
            {
                null => new ParsedLine.Unreadable(),
                "session" => new ParsedLine.Header(),
                var type when IdOf(root, "id") is { } id && ParseEntry(root, type, id) is { } entry => new ParsedLine.Entry(entry),
                _ => new ParsedLine.Unreadable(),
            };
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // The latter for texts that are no Unicode: half a surrogate pair, bytes that are no UTF-8.
            return new ParsedLine.Unreadable();
        }
    }

    private static TranscriptEntry? ParseEntry(JsonElement root, string type, EntryId id) => ParseBody(root, type, id) is { } body
        ? body with
        {
            ParentId = IdOf(root, "parentId"),
            WrittenAt = TimeOf(root, "timestamp") ?? DateTimeOffset.UnixEpoch,
            Provenance = ParseProvenance(root),
        }
        : null;

    private static TranscriptEntry? ParseBody(JsonElement root, string type, EntryId id) => type switch
    {
        "message" => root.Inner("message") is { } message ? ParseMessage(root, message, id) : null,
        "partial" => new TranscriptEntry.StreamedText(root.Number("step") ?? 0, root.Text("text") ?? "") { Id = id, WrittenAt = default },
        "verdict" =>
            new TranscriptEntry.Verdict(root.Text("verdict") ?? "", root.Text("explanation") ?? "") { Id = id, WrittenAt = default },
        "custom" => new TranscriptEntry.Custom(
            root.Text("customType") ?? "", root.TryGetProperty("data", out var data) ? data.GetRawText() : "null")
        { Id = id, WrittenAt = default },
        "custom_message" =>
            new TranscriptEntry.CustomMessage(root.Text("customType") ?? "", ParseContent(root)) { Id = id, WrittenAt = default },
        "model_change" =>
            new TranscriptEntry.ModelChange(root.Text("provider") ?? "", root.Text("modelId") ?? "") { Id = id, WrittenAt = default },
        "thinking_level_change" =>
            new TranscriptEntry.ThinkingLevelChange(root.Text("thinkingLevel") ?? "") { Id = id, WrittenAt = default },
        "compaction" => new TranscriptEntry.Compaction(root.Text("summary") ?? "", IdOf(root, "firstKeptEntryId"))
        {
            Id = id,
            WrittenAt = default,
            TokensBefore = root.LargeNumber("tokensBefore"),
            KeptFrom = root.Inner("keptFrom") is { } place
            ? new LinePlace(place.Number("segment") ?? 0, place.LargeNumber("position") ?? 0)
            : null,
        },
        _ => new TranscriptEntry.Other(type) { Id = id, WrittenAt = default },
    };

    private static TranscriptEntry ParseMessage(JsonElement root, JsonElement message, EntryId id) => message.Text("role") switch
    {
        "user" => new TranscriptEntry.UserMessage(ParseContent(message))
        {
            Id = id,
            WrittenAt = default,
            ReceivedAt = root.Inner("holdfast") is { } provenance ? TimeOf(provenance, "receivedAt") : null,
        },
        "assistant" => new TranscriptEntry.AssistantMessage(ParseContent(message))
        {
            Id = id,
            WrittenAt = default,
            Provider = message.Text("provider") ?? "",
            Model = message.Text("model") ?? "",
            StopReason = message.Text("stopReason") ?? "stop",
            ErrorMessage = message.Text("errorMessage"),
            Usage = message.Inner("usage") is { } usage
                ? new TokenCount(
                    usage.Number("input") ?? 0, usage.Number("output") ?? 0, usage.Number("cacheRead") ?? 0, usage.Number("cacheWrite")
                    ?? 0)
                : TokenCount.None,
        },
        "toolResult" => new TranscriptEntry.ToolResult(
            message.Text("toolCallId") ?? "",
            message.Text("toolName") ?? "",
            ParseContent(message),
            message.TryGetProperty("isError", out var isError) && isError.ValueKind == JsonValueKind.True)
        { Id = id, WrittenAt = default },
        var other => new TranscriptEntry.Other("message/" + other) { Id = id, WrittenAt = default },
    };

    /// <summary>Content is a list of blocks, or (for user messages of other writers) one text.</summary>
    private static ImmutableArray<ContentBlock> ParseContent(JsonElement owner) => owner.TryGetProperty("content", out var content)
        ? content.ValueKind switch
        {
            JsonValueKind.String => [new ContentBlock.Text(content.GetString()!)],
            JsonValueKind.Array => [.. content.EnumerateArray().Where(block => block.ValueKind == JsonValueKind.Object).Select(ParseBlock)],
            _ => [],
        }
        : [];

    private static ContentBlock ParseBlock(JsonElement block) => block.Text("type") switch
    {
        "text" => new ContentBlock.Text(block.Text("text") ?? ""),
        "thinking" => new ContentBlock.Thinking(block.Text("thinking") ?? "", block.Text("thinkingSignature")),
        "toolCall" => new ContentBlock.ToolCall(
            block.Text("id") ?? "",
            block.Text("name") ?? "",
            block.TryGetProperty("arguments", out var arguments) ? arguments.Clone() : EmptyObject),
        var other => new ContentBlock.Unknown(other ?? ""),
    };

    private static Provenance? ParseProvenance(JsonElement root) =>
        root.Inner("holdfast") is { } provenance && provenance.Text("runId") is { } run
            && EntrySources.Parse(provenance.Text("source")) is { } source
            ? new Provenance(
                run, provenance.Number("attempt") ?? 0, provenance.LargeNumber("epoch") ?? 0, provenance.LargeNumber("seq") ?? 0, source)
            : null;

    private static EntryId? IdOf(JsonElement owner, string name) => owner.Text(name) is { Length: > 0 } id ? EntryId.Parse(id) : null;

    private static DateTimeOffset? TimeOf(JsonElement owner, string name) =>
        DateTimeOffset.TryParse(owner.Text(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;

    private static readonly JsonElement EmptyObject = JsonElement.Parse("{}"u8);

    private abstract record ParsedLine
    {
        public sealed record Entry(TranscriptEntry Value) : ParsedLine;

        public sealed record Header : ParsedLine;

        public sealed record Unreadable : ParsedLine;
    }
}
