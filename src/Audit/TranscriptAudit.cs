using System.Collections.Immutable;
using Holdfast.Audit.Checks;

namespace Holdfast.Audit;

/// <summary>
/// Proves of a session's transcript what its lines can prove: who wrote each of them, that claims never interleave, that nothing stands
/// twice or without its other half. Pure; docs/operations.md says what each fault means, and what lines cannot prove.
/// <para>
/// A transcript that a run still writes passes: what has no end yet and nothing behind it is a note.
/// </para>
/// </summary>
public static class TranscriptAudit
{
    /// <summary>
    /// How far clocks of two endpoints may differ, and how long taking a message in may last, before the order of two messages is a fault.
    /// </summary>
    public static readonly TimeSpan OrderTolerance = TimeSpan.FromSeconds(2);

    public static AuditReport Check(SessionSegments session) => Check(session, OrderTolerance);

    /// <param name="orderTolerance">See <see cref="OrderTolerance"/>; longer where storage is known to have stalled.</param>
    public static AuditReport Check(SessionSegments session, TimeSpan orderTolerance)
    {
        ArgumentNullException.ThrowIfNull(session);
        var segments = SegmentLines.ReadAll(session);
        ImmutableArray<AuditedLine> lines = [.. segments.SelectMany(segment => segment.Lines)];
        var endings = new RunEndings(lines, session.Pending);
        IEnumerable<AuditFinding> findings =
        [
            .. segments.SelectMany(segment => segment.Findings),
            .. SegmentValidator.Check(session, segments),
            .. ChainValidator.Check(lines),
            .. OwnerValidator.Check(segments),
            .. StreamValidator.Check(lines, endings),
            .. ToolCallValidator.Check(lines, endings),
            .. MessageValidator.Check(lines, orderTolerance),
        ];
        return new AuditReport(
            (session.Session?.Value ?? segments.Select(segment => segment.Header?.Session).FirstOrDefault(id => id is not null)) ?? "",
            AuditTotals.Of(session, lines),
            [.. findings.OrderBy(finding => finding.Segment).ThenBy(finding => finding.Line)]);
    }
}
