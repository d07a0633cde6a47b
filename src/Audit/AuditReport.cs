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
public sealed record AuditTotals
{
    public required int Segments { get; init; }

    public required long Bytes { get; init; }

    public required int Entries { get; init; }

    public required int Messages { get; init; }

    public required int Answers { get; init; }

    public required int Failures { get; init; }

    public required int StreamedParts { get; init; }

    public required int ToolCalls { get; init; }

    public required int Verdicts { get; init; }

    /// <summary>Runs that wrote.</summary>
    public required int Runs { get; init; }

    /// <summary>Claims that wrote.</summary>
    public required int Epochs { get; init; }

    /// <summary>Entries that belong to no turn: mirrors, side entries, control actions, imports.</summary>
    public required int Beside { get; init; }

    /// <summary>Entries without an author.</summary>
    public required int Unnamed { get; init; }

    internal static AuditTotals Of(SessionSegments session, IReadOnlyList<AuditedLine> lines)
    {
        var entries = lines.Select(line => line.Entry).ToList();
        var ofTurns = lines.Where(line => line.IsOfTurn).Select(line => line.Entry.Provenance!).ToList();
        var answers = entries.OfType<TranscriptEntry.AssistantMessage>().ToList();
        return new AuditTotals
        {
            Segments = session.Segments.Length,
            Bytes = session.Segments.Sum(segment => (long)segment.Content.Length),
            Entries = entries.Count,
            Messages = entries.Count(entry => entry is TranscriptEntry.UserMessage),
            Answers = answers.Count(answer => !answer.IsStub),
            Failures = answers.Count(answer => answer.IsStub),
            StreamedParts = entries.Count(entry => entry is TranscriptEntry.StreamedText),
            ToolCalls = answers.Sum(answer => answer.Content.Count(block => block is ContentBlock.ToolCall)),
            Verdicts = entries.Count(entry => entry is TranscriptEntry.Verdict),
            Runs = ofTurns.Select(provenance => provenance.RunId).Distinct().Count(),
            Epochs = ofTurns.Select(provenance => provenance.Epoch).Distinct().Count(),
            Beside = entries.Count(entry => entry.Provenance is not null) - ofTurns.Count,
            Unnamed = entries.Count(entry => entry.Provenance is null),
        };
    }
}
