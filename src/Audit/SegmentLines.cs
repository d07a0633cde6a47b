using System.Collections.Immutable;
using Holdfast.Transcripts;

namespace Holdfast.Audit;

/// <summary>A segment taken apart: its header, its entries with their places, and what cannot be read.</summary>
internal sealed record SegmentLines(
    SegmentBytes Bytes, SegmentHeader? Header, ImmutableArray<AuditedLine> Lines, ImmutableArray<AuditFinding> Findings)
{
    public static ImmutableArray<SegmentLines> ReadAll(SessionSegments session)
    {
        var segments = ImmutableArray.CreateBuilder<SegmentLines>(session.Segments.Length);
        var before = 0;
        foreach (var segment in session.Segments)
        {
            segments.Add(Read(segment, before));
            before += segments[^1].Lines.Length;
        }

        return segments.MoveToImmutable();
    }

    private static SegmentLines Read(SegmentBytes segment, int index)
    {
        var lines = ImmutableArray.CreateBuilder<AuditedLine>();
        var findings = ImmutableArray.CreateBuilder<AuditFinding>();
        SegmentHeader? header = null;
        var isBehindGap = false;
        var number = 0;
        for (var position = 0; position < segment.Content.Length;)
        {
            var (line, isWhole) = LineAt(segment.Content, position);
            number++;
            var parsed = TranscriptLineParser.Parse(line);
            if (!isWhole || parsed.UnreadableLines > 0)
            {
                var sentence = isWhole ? "the line is no transcript entry" : "the last line is cut off: it has no line feed";
                findings.Add(new AuditFinding(FindingKind.UnreadableLine, segment.Number, number, position, null, sentence));
                isBehindGap = true;
            }
            else if (parsed.Entries is [var entry])
            {
                lines.Add(new AuditedLine(index + lines.Count, segment.Number, number, position, entry, isBehindGap));
                isBehindGap = false;
            }
            else if (number == 1)
            {
                header = SegmentHeader.Parse(line);
            }
            else
            {
                findings.Add(
                    new AuditFinding(
                        FindingKind.WrongHeader, segment.Number, number, position, null,
                        "a second header stands in the middle of the segment"));
            }

            position += line.Length;
        }

        return new SegmentLines(segment, header, lines.ToImmutable(), findings.ToImmutable());
    }

    private static (ReadOnlyMemory<byte> Line, bool IsWhole) LineAt(ReadOnlyMemory<byte> content, int position)
    {
        var rest = content[position..];
        var end = rest.Span.IndexOf((byte)'\n');
        return end < 0 ? (rest, false) : (rest[..(end + 1)], true);
    }
}

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
