using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Holdfast.Transcripts;

/// <summary>
/// A transcript folded up to one position: every entry by id and in order. Immutable, so that a cached one can be shared by a run and
/// its zombie. Entries are never taken out.
/// </summary>
public sealed record Conversation
{
    private const int EntryBytes = 640;
    private const int BlockBytes = 128;

    public static Conversation Empty { get; } = new();

    /// <summary>All entries in file order.</summary>
    public ImmutableList<TranscriptEntry> Entries { get; private init; } = [];

    private ImmutableDictionary<EntryId, TranscriptEntry> ById { get; init; } = ImmutableDictionary<EntryId, TranscriptEntry>.Empty;

    private ImmutableDictionary<EntryId, LinePlace> Places { get; init; } = ImmutableDictionary<EntryId, LinePlace>.Empty;

    /// <summary>What it takes of memory, rather too much than too little, for bounding a cache.</summary>
    public long HeldBytes { get; private init; }

    /// <summary>The newest entry's id: the parent of the next one.</summary>
    public EntryId? LastId => Entries.IsEmpty ? null : Entries[^1].Id;

    public TranscriptEntry? Find(EntryId id) => ById.GetValueOrDefault(id);

    /// <summary>Where a user message's line begins, as a turn may be kept from there on; null for other entries.</summary>
    public LinePlace? PlaceOf(EntryId id) => Places.GetValueOrDefault(id);

    /// <inheritdoc cref="Apply(IReadOnlyCollection{TranscriptEntry})"/>
    public Conversation Apply(TranscriptLines appended)
    {
        var places = Places;
        for (var index = 0; index < appended.Entries.Length; index++)
        {
            if (appended.Entries[index] is TranscriptEntry.UserMessage message && !ById.ContainsKey(message.Id))
            {
                places = places.SetItem(message.Id, appended.PlaceOf(index));
            }
        }

        return Apply(appended.Entries) with { Places = places };
    }

    /// <summary>Adds what was appended. An entry whose id stands already (a repeated import) stays as it first was.</summary>
    public Conversation Apply(IReadOnlyCollection<TranscriptEntry> appended)
    {
        if (appended.Count == 0)
        {
            return this;
        }

        var byId = ById.ToBuilder();
        var added = new List<TranscriptEntry>(appended.Count);
        var bytes = HeldBytes;
        foreach (var entry in appended)
        {
            if (byId.TryAdd(entry.Id, entry))
            {
                added.Add(entry);
                bytes += BytesOf(entry);
            }
        }

        return this with { Entries = Entries.AddRange(added), ById = byId.ToImmutable(), HeldBytes = bytes };
    }

    /// <summary>An entry's objects and its places in the list and the dictionaries, as measured, and its texts.</summary>
    private static long BytesOf(TranscriptEntry entry) =>
        EntryBytes + BytesOf(entry.Id.Value) + BytesOf(entry.ParentId?.Value) + BytesOf(entry.Provenance?.RunId) + entry switch
        {
            TranscriptEntry.UserMessage message => BytesOf(message.Content),
            TranscriptEntry.AssistantMessage message =>
                BytesOf(message.Content) + BytesOf(message.Provider) + BytesOf(message.Model) + BytesOf(message.StopReason) + BytesOf(
                    message.ErrorMessage),
            TranscriptEntry.ToolResult result => BytesOf(result.Content) + BytesOf(result.CallId) + BytesOf(result.ToolName),
            TranscriptEntry.StreamedText partial => BytesOf(partial.Text),
            TranscriptEntry.Verdict verdict => BytesOf(verdict.Kind) + BytesOf(verdict.Explanation),
            TranscriptEntry.Custom custom => BytesOf(custom.CustomType) + BytesOf(custom.DataJson),
            TranscriptEntry.CustomMessage message => BytesOf(message.Content) + BytesOf(message.CustomType),
            TranscriptEntry.ModelChange change => BytesOf(change.Provider) + BytesOf(change.ModelId),
            TranscriptEntry.ThinkingLevelChange change => BytesOf(change.Level),
            TranscriptEntry.Compaction compaction => BytesOf(compaction.Summary) + BytesOf(compaction.FirstKeptId?.Value),
            TranscriptEntry.Other other => BytesOf(other.Type),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private static long BytesOf(ImmutableArray<ContentBlock> content) => content.Sum(block => BlockBytes + block switch
    {
        ContentBlock.Text text => BytesOf(text.Value),
        ContentBlock.Thinking thinking => BytesOf(thinking.Value) + BytesOf(thinking.Signature),

        // Its bytes, and 12 for each of its tokens, of which two bytes may make one.
        ContentBlock.ToolCall call => BytesOf(call.Id) + BytesOf(call.Name) + BlockBytes + (7L * LengthOf(call.Arguments)),
        ContentBlock.Unknown unknown => BytesOf(unknown.Type),
        _ => throw new System.Diagnostics.UnreachableException(),
    });

    private static long BytesOf(string? text) => text is null ? 0 : 32 + (2L * text.Length);

    private static int LengthOf(JsonElement json) =>
        json.ValueKind == JsonValueKind.Undefined ? 0 : JsonMarshal.GetRawUtf8Value(json).Length;
}
