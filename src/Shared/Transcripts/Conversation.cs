using System.Collections.Immutable;

namespace Holdfast.Transcripts;

/// <summary>
/// A transcript folded up to one position: every entry by id and in order. Immutable, so that a cached one can be shared by a run and
/// its zombie. Entries are never taken out.
/// </summary>
public sealed record Conversation
{
    public static Conversation Empty { get; } = new();

    /// <summary>All entries in file order.</summary>
    public ImmutableList<TranscriptEntry> Entries { get; private init; } = [];

    private ImmutableDictionary<EntryId, TranscriptEntry> ById { get; init; } = ImmutableDictionary<EntryId, TranscriptEntry>.Empty;

    private ImmutableDictionary<EntryId, LinePlace> Places { get; init; } = ImmutableDictionary<EntryId, LinePlace>.Empty;

    /// <summary>Characters of text held, for bounding a cache.</summary>
    public long Characters { get; private init; }

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
        var characters = Characters;
        foreach (var entry in appended)
        {
            if (byId.TryAdd(entry.Id, entry))
            {
                added.Add(entry);
                characters += CharactersOf(entry);
            }
        }

        return this with { Entries = Entries.AddRange(added), ById = byId.ToImmutable(), Characters = characters };
    }

    private static long CharactersOf(TranscriptEntry entry) => entry switch
    {
        TranscriptEntry.UserMessage message => CharactersOf(message.Content),
        TranscriptEntry.AssistantMessage message => CharactersOf(message.Content),
        TranscriptEntry.ToolResult result => CharactersOf(result.Content),
        TranscriptEntry.StreamedText partial => partial.Text.Length,
        TranscriptEntry.Custom custom => custom.DataJson.Length,
        _ => 64,
    };

    private static long CharactersOf(ImmutableArray<ContentBlock> content) => content.Sum(block => block switch
    {
        ContentBlock.Text text => text.Value.Length,
        ContentBlock.Thinking thinking => thinking.Value.Length,
        _ => 64L,
    });
}
