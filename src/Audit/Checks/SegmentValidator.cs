using System.Collections.Immutable;
using Holdfast.Sessions;
using Holdfast.Transcripts;
using static System.FormattableString;

namespace Holdfast.Audit.Checks;

/// <summary>Headers, and that the segments are one file: no hole, each continues the one before it, all of one session.</summary>
internal static class SegmentValidator
{
    public static IEnumerable<AuditFinding> Check(SessionSegments session, ImmutableArray<SegmentLines> segments)
    {
        var owner = session.Session?.Value ?? segments.Select(segment => segment.Header?.Session).FirstOrDefault(id => id is not null);
        string? lastId = null;
        for (var index = 0; index < segments.Length; index++)
        {
            var segment = segments[index];
            foreach (var finding in Header(segment, owner, isLast: index == segments.Length - 1)
                .Concat(Link(segment, index == 0 ? null : segments[index - 1], lastId))
                .Concat(Compactions(segment, segments)))
            {
                yield return finding;
            }

            lastId = segment.Lines.IsEmpty ? lastId : segment.Lines[^1].Entry.Id.Value;
        }
    }

    private static IEnumerable<AuditFinding> Header(SegmentLines segment, string? owner, bool isLast)
    {
        var number = segment.Bytes.Number;
        if (segment.Bytes.Content.IsEmpty)
        {
            if (!isLast)
            {
                yield return AuditFinding.OfSegment(FindingKind.WrongHeader, number, "the segment is empty, and another one follows it");
            }
        }
        else if (segment.Header is not { } header)
        {
            yield return AuditFinding.OfHeader(FindingKind.WrongHeader, number, "the segment does not begin with a header line");
        }
        else
        {
            if (header.Version != 3)
            {
                yield return AuditFinding.OfHeader(
                    FindingKind.WrongHeader, number, Invariant($"the header is of version {header.Version}, not 3"));
            }

            if (SessionId.TryParse(header.Session)?.Value != owner)
            {
                yield return AuditFinding.OfHeader(
                    FindingKind.ForeignSession, number,
                    Invariant($"the header names session {header.Session}; the segment belongs to {owner}"));
            }

            if (header.Segment != number && !(header.Segment is null && number == 0))
            {
                yield return AuditFinding.OfHeader(
                    FindingKind.BrokenSegments, number, Invariant($"the header calls itself segment {header.Segment}"));
            }
        }

        if (segment.Bytes.Stored is { IsSealed: false } && !isLast)
        {
            yield return AuditFinding.OfSegment(
                FindingKind.BrokenSegments, number, "the segment is not sealed, though another one follows it");
        }

        if (segment.Bytes.Stored is { } stored && (stored.Claim?.SessionId.Value != owner || stored.Claim?.Segment != number))
        {
            yield return AuditFinding.OfSegment(
                FindingKind.ForeignSession,
                number,
                stored.Claim is { } claim
                    ? Invariant($"the metadata names session {claim.SessionId}, segment {claim.Segment}; the blob belongs to {owner}")
                    : "the metadata names no session");
        }
    }

    private static IEnumerable<AuditFinding> Link(SegmentLines segment, SegmentLines? before, string? lastId)
    {
        var number = segment.Bytes.Number;
        var expected = before is null ? 0 : before.Bytes.Number + 1;
        if (number != expected)
        {
            yield return AuditFinding.OfSegment(
                FindingKind.BrokenSegments, number, number == expected + 1
                ? Invariant($"segment {expected} is missing")
                : Invariant($"segments {expected} to {number - 1} are missing"));
        }
        else if (before is null && segment.Header?.Continues is not null)
        {
            yield return AuditFinding.OfHeader(FindingKind.BrokenSegments, number, "the first segment says that it continues another one");
        }
        else if (before is not null && segment.Header is { } header
            && (header.Continues?.Segment != before.Bytes.Number || header.Continues?.LastId != lastId))
        {
            yield return AuditFinding.OfHeader(FindingKind.BrokenSegments, number, header.Continues is { } link
                    ? Invariant($"the header continues segment {link.Segment} behind entry {link.LastId ?? "none"};")
                        + Invariant($" segment {before.Bytes.Number} ends with {lastId ?? "none"}")
                    : Invariant($"the header does not say that it continues segment {before.Bytes.Number}"));
        }
    }

    /// <summary>What a compaction kept stands where it says.</summary>
    private static IEnumerable<AuditFinding> Compactions(SegmentLines segment, ImmutableArray<SegmentLines> segments)
    {
        foreach (var line in segment.Lines)
        {
            if (line.Entry is TranscriptEntry.Compaction { FirstKeptId: { } kept, KeptFrom: { } from }
                && !segments.Any(
                    one => one.Bytes.Number == from.Segment && one.Lines.Any(at => at.Position == from.Position && at.Entry.Id == kept)))
            {
                yield return AuditFinding.At(
                    FindingKind.BrokenSegments, line,
                    Invariant($"the compaction keeps from entry {kept}, which is not at byte {from.Position} of segment {from.Segment}"));
            }
        }
    }
}
