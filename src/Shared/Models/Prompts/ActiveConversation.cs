using System.Collections.Immutable;
using Holdfast.Transcripts;

namespace Holdfast.Models.Prompts;

/// <summary>
/// A conversation as its newest compaction leaves it: the summary, and all entries that stand beside it, in the order of the file.
/// </summary>
/// <param name="Compaction">Null when there is none.</param>
/// <param name="Entries">From the first kept entry on, without the compaction itself.</param>
internal sealed record ActiveConversation(TranscriptEntry.Compaction? Compaction, ImmutableArray<TranscriptEntry> Entries)
{
    public static ActiveConversation Of(Conversation conversation)
    {
        var at = conversation.Entries.FindLastIndex(entry => entry is TranscriptEntry.Compaction);
        if (at < 0)
        {
            return new ActiveConversation(null, [.. conversation.Entries]);
        }

        var compaction = (TranscriptEntry.Compaction)conversation.Entries[at];
        var first = compaction.FirstKeptId is { } kept ? conversation.Entries.FindIndex(0, at, entry => entry.Id == kept) : -1;
        return new ActiveConversation(
            compaction, [.. conversation.Entries.Skip(first < 0 ? at : first).Where(entry => entry is not TranscriptEntry.Compaction)]);
    }
}
