using System.Collections.Immutable;
using Holdfast.Sessions;
using Holdfast.Transcripts;

namespace Holdfast.Audit.Checks;

/// <summary>Messages stand in the order of the inbox and before what answers them; failures and verdicts say why.</summary>
internal static class MessageValidator
{
    public static IEnumerable<AuditFinding> Check(ImmutableArray<AuditedLine> lines, TimeSpan orderTolerance) =>
        Missing(lines).Concat(Order(lines, orderTolerance)).Concat(Reasons(lines));

    /// <summary>A run's work stands behind the message of its turn. One finding for each run.</summary>
    private static IEnumerable<AuditFinding> Missing(ImmutableArray<AuditedLine> lines)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        var standing = new HashSet<EntryId>();
        foreach (var line in lines)
        {
            standing.Add(line.Entry.Id);
            if (
                line.IsOfTurn
                    && line.Entry is TranscriptEntry.AssistantMessage or TranscriptEntry.ToolResult or TranscriptEntry.StreamedText
                && known.Add(line.Entry.Provenance!.RunId) && RunId.TryParse(line.Entry.Provenance.RunId) is { } run
                && !standing.Contains(EntryId.OfMessage(run.Turn)))
            {
                yield return AuditFinding.At(
                    FindingKind.MissingMessage, line, $"the message that run {run} answers does not stand before its work");
            }
        }
    }

    /// <summary>
    /// A fault only if a message stands behind one that was both accepted and received after it: a repeated event keeps its own time and
    /// may come late. Lines that do not say when they were received are passed over.
    /// </summary>
    private static IEnumerable<AuditFinding> Order(ImmutableArray<AuditedLine> lines, TimeSpan tolerance)
    {
        var latest = new List<Arrival>();
        foreach (var line in lines)
        {
            if (line.Entry is not TranscriptEntry.UserMessage { ReceivedAt: { } receivedAt } message)
            {
                continue;
            }

            var arrival = new Arrival(message.WrittenAt, receivedAt, line);
            if (latest.Find(
                earlier => arrival.AcceptedAt < earlier.AcceptedAt && arrival.ReceivedAt + tolerance < earlier.ReceivedAt) is { } overtaken)
            {
                yield return AuditFinding.At(
                    FindingKind.MessageOutOfOrder, line,
                    $"message {message.Id} was accepted and received before message {overtaken.Line.Entry.Id}, and stands behind it"
                    + FormattableString.Invariant($" ({overtaken.Line.Segment}:{overtaken.Line.Number})"));
            }

            // What came earlier by both times can be overtaken by nobody whom this one is not overtaken by.
            latest.RemoveAll(earlier => earlier.AcceptedAt <= arrival.AcceptedAt && earlier.ReceivedAt <= arrival.ReceivedAt);
            latest.Add(arrival);
        }
    }

    private static IEnumerable<AuditFinding> Reasons(ImmutableArray<AuditedLine> lines)
    {
        foreach (var line in lines.Where(line => line.Entry.Provenance is not null))
        {
            var isSilent = line.Entry switch
            {
                TranscriptEntry.AssistantMessage { IsStub: true } stub => string.IsNullOrWhiteSpace(stub.ErrorMessage),
                TranscriptEntry.Verdict verdict =>
                    string.IsNullOrWhiteSpace(verdict.Kind) || string.IsNullOrWhiteSpace(verdict.Explanation),
                _ => false,
            };
            if (isSilent)
            {
                yield return AuditFinding.At(
                    FindingKind.NoReason, line, $"{ChainValidator.NameOf(line.Entry)} {line.Entry.Id} gives no reason");
            }
        }
    }

    private sealed record Arrival(DateTimeOffset AcceptedAt, DateTimeOffset ReceivedAt, AuditedLine Line);
}
