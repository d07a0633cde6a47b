using System.Buffers;
using System.Collections.Immutable;
using Holdfast.Sessions;
using Holdfast.Storage;

namespace Holdfast.Transcripts;

/// <summary>
/// One append's worth of transcript: entries, each the child of the one before, and before them the segment's header when they are its
/// first. Every writer of transcripts encodes here, so that chain and header have one form, and no block is larger than storage takes.
/// </summary>
/// <param name="Bytes">Whole lines.</param>
/// <param name="Lines">The same entries, with their parents, and where they stand once the block is appended.</param>
public sealed record TranscriptBlock(ReadOnlyMemory<byte> Bytes, TranscriptLines Lines)
{
    /// <summary>A line and a segment's header, some 400 bytes, fit into one append.</summary>
    private const int MaxLineBytes = BlobLimits.MaxBlockBytes - 4096;

    /// <summary>
    /// As many of the entries as one append takes, in order and at least the first; one that alone is too long is cut and says so.
    /// </summary>
    /// <param name="conversation">What the block follows.</param>
    /// <param name="position">The segment's length before the append.</param>
    public static TranscriptBlock Encode(
        SessionId session, int segment, Conversation conversation, long position, IReadOnlyList<TranscriptEntry> entries,
        DateTimeOffset now)
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
            var begin = buffer.WrittenCount;
            var line = entry with { ParentId = parent };
            TranscriptLineWriter.Write(buffer, line);
            if (buffer.WrittenCount - begin > MaxLineBytes)
            {
                line = EntryCut.Fit(line, cut => LengthOf(cut) <= MaxLineBytes);
                buffer = Upto(buffer, begin);
                TranscriptLineWriter.Write(buffer, line);
            }

            if (buffer.WrittenCount > BlobLimits.MaxBlockBytes)
            {
                buffer = Upto(buffer, begin);
                break;
            }

            offsets.Add(begin);
            chained.Add(line);
            parent = entry.Id;
        }

        return new TranscriptBlock(
            buffer.WrittenMemory, new TranscriptLines(chained.DrainToImmutable(), offsets.DrainToImmutable(), segment, position));
    }

    private static ArrayBufferWriter<byte> Upto(ArrayBufferWriter<byte> buffer, int end)
    {
        var kept = new ArrayBufferWriter<byte>(Math.Max(end, 1024));
        kept.Write(buffer.WrittenSpan[..end]);
        return kept;
    }

    private static int LengthOf(TranscriptEntry entry)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        TranscriptLineWriter.Write(buffer, entry);
        return buffer.WrittenCount;
    }
}

/// <summary>What a segment continues, as its header names it.</summary>
/// <param name="LastId">The newest entry before it; null when there is none.</param>
public sealed record SegmentOrigin(int Segment, EntryId? LastId);

/// <summary>Where a line begins.</summary>
/// <param name="Segment">The segment that holds it.</param>
/// <param name="Position">The line's first byte, counted from the segment's beginning.</param>
public sealed record LinePlace(int Segment, long Position);

/// <summary>Entries of one stretch of a segment, and where their lines begin.</summary>
/// <param name="Offsets">From the stretch's first byte, one for each entry.</param>
/// <param name="From">Where the stretch begins in its segment.</param>
public sealed record TranscriptLines(ImmutableArray<TranscriptEntry> Entries, ImmutableArray<long> Offsets, int Segment, long From)
{
    public LinePlace PlaceOf(int index) => new(Segment, From + Offsets[index]);
}
