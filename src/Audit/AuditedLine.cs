using Holdfast.Transcripts;

namespace Holdfast.Audit;

/// <summary>An entry and where it stands.</summary>
/// <param name="Index">Counts the session's entries, over all segments, from 0.</param>
/// <param name="Number">1-based within the segment, the header included.</param>
/// <param name="Position">Its first byte within the segment.</param>
/// <param name="IsBehindGap">The line before it cannot be read.</param>
internal sealed record AuditedLine(int Index, int Segment, int Number, long Position, TranscriptEntry Entry, bool IsBehindGap)
{
    /// <summary>True for what a run wrote as part of its turn, under its claim.</summary>
    public bool IsOfTurn => Entry.Provenance is { Source: EntrySource.Turn };
}
