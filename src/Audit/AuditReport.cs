using System.Collections.Immutable;
using Holdfast.Transcripts;

namespace Holdfast.Audit;

/// <summary>What an audit says of one session.</summary>
/// <param name="Session">The session's id; empty when no segment names one.</param>
/// <param name="Findings">Faults and notes, in the order of the file.</param>
public sealed record AuditReport(string Session, AuditTotals Totals, ImmutableArray<AuditFinding> Findings)
{
    public IEnumerable<AuditFinding> Faults => Findings.Where(finding => finding.IsFault);

    public IEnumerable<AuditFinding> Notes => Findings.Where(finding => !finding.IsFault);

    /// <summary>True when there is no fault; notes do not count.</summary>
    public bool IsClean => !Faults.Any();
}

/// <summary>What was read.</summary>
/// <param name="Runs">Runs that wrote.</param>
/// <param name="Epochs">Claims that wrote.</param>
/// <param name="Beside">Entries that belong to no turn: mirrors, side entries, control actions, imports.</param>
/// <param name="Unnamed">Entries without an author.</param>
public sealed record AuditTotals(
    int Segments, long Bytes, int Entries, int Messages, int Answers, int Failures, int StreamedParts, int ToolCalls, int Verdicts, int Runs, int Epochs, int Beside, int Unnamed)
{
    internal static AuditTotals Of(SessionSegments session, IReadOnlyList<AuditedLine> lines)
    {
        var entries = lines.Select(line => line.Entry).ToList();
        var ofTurns = lines.Where(line => line.IsOfTurn).Select(line => line.Entry.Provenance!).ToList();
        return new AuditTotals(
            session.Segments.Length,
            session.Segments.Sum(segment => (long)segment.Content.Length),
            entries.Count,
            entries.Count(entry => entry is TranscriptEntry.UserMessage),
            entries.Count(entry => entry is TranscriptEntry.AssistantMessage { IsStub: false }),
            entries.Count(entry => entry is TranscriptEntry.AssistantMessage { IsStub: true }),
            entries.Count(entry => entry is TranscriptEntry.StreamedText),
            entries.OfType<TranscriptEntry.AssistantMessage>().Sum(answer => answer.Content.Count(block => block is ContentBlock.ToolCall)),
            entries.Count(entry => entry is TranscriptEntry.Verdict),
            ofTurns.Select(provenance => provenance.RunId).Distinct().Count(),
            ofTurns.Select(provenance => provenance.Epoch).Distinct().Count(),
            entries.Count(entry => entry.Provenance is not null) - ofTurns.Count,
            entries.Count(entry => entry.Provenance is null));
    }
}
