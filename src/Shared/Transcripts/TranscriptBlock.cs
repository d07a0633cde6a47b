using System.Buffers;
using System.Collections.Immutable;
using Holdfast.Sessions;

namespace Holdfast.Transcripts;

/// <summary>
/// One append's worth of transcript: entries, each the child of the one before, and before them the segment's header when they are its
/// first. Every writer of transcripts encodes here, so that chain and header have one form.
/// </summary>
/// <param name="Bytes">Whole lines.</param>
/// <param name="Lines">The same entries, with their parents, and where they stand once the block is appended.</param>
public sealed record TranscriptBlock(ReadOnlyMemory<byte> Bytes, TranscriptLines Lines)
{
    /// <param name="conversation">What the block follows.</param>
    /// <param name="position">The segment's length before the append.</param>
    public static TranscriptBlock Encode(
        SessionId session, int segment, Conversation conversation, long position, IReadOnlyList<TranscriptEntry> entries, DateTimeOffset now)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        var parent = conversation.LastId;
        if (position == 0)
        {
            TranscriptLineWriter.WriteHeader(buffer, session, segment, now, segment == 0 ? null : new SegmentOrigin(segment - 1, parent));
        }

        var chained = ImmutableArray.CreateBuilder<TranscriptEntry>(entries.Count);
        var offsets = ImmutableArray.CreateBuilder<long>(entries.Count);
        foreach (var entry in entries)
        {
            offsets.Add(buffer.WrittenCount);
            chained.Add(entry with { ParentId = parent });
            TranscriptLineWriter.Write(buffer, chained[^1]);
            parent = entry.Id;
        }

        return new TranscriptBlock(buffer.WrittenMemory, new TranscriptLines(chained.MoveToImmutable(), offsets.MoveToImmutable(), segment, position));
    }
}

/// <summary>What a segment continues, as its header names it.</summary>
/// <param name="LastId">The newest entry before it; null when there is none.</param>
public sealed record SegmentOrigin(int Segment, EntryId? LastId);

/// <summary>Entries of one stretch of a segment, and where their lines begin.</summary>
/// <param name="Offsets">From the stretch's first byte, one for each entry.</param>
/// <param name="From">Where the stretch begins in its segment.</param>
public sealed record TranscriptLines(ImmutableArray<TranscriptEntry> Entries, ImmutableArray<long> Offsets, int Segment, long From)
{
    public LinePlace PlaceOf(int index) => new(Segment, From + Offsets[index]);
}
