using System.Collections.Immutable;
using Holdfast.Transcripts;

namespace Holdfast.Audit.Checks;

/// <summary>No id twice, and each entry follows the one before it, across segments too.</summary>
internal static class ChainValidator
{
    public static IEnumerable<AuditFinding> Check(ImmutableArray<AuditedLine> lines)
    {
        var seen = new Dictionary<EntryId, AuditedLine>();
        foreach (var line in lines)
        {
            var before = line.Index == 0 ? null : lines[line.Index - 1].Entry.Id;
            if (!line.IsBehindGap && !Follows(line.Entry, before, seen))
            {
                yield return AuditFinding.At(
                    FindingKind.WrongParent, line,
                    $"the entry says that it follows {line.Entry.ParentId?.Value ?? "nothing"};"
                    + $" it stands behind {before?.Value ?? "nothing"}");
            }

            if (!seen.TryAdd(line.Entry.Id, line))
            {
                var first = seen[line.Entry.Id];
                yield return AuditFinding.At(
                    FindingKind.DoubledEntry, line,
                    FormattableString.Invariant($"{NameOf(line.Entry)} {line.Entry.Id} stands at {first.Segment}:{first.Number} already"));
            }

            if (line.Entry.Provenance is null)
            {
                var note = $"{NameOf(line.Entry)} {line.Entry.Id} names no author: another program wrote it";
                yield return AuditFinding.At(FindingKind.UnnamedAuthor, line, note) with { IsFault = false };
            }
        }
    }

    /// <summary>Other programs may branch: their entries follow any that stands.</summary>
    private static bool Follows(TranscriptEntry entry, EntryId? before, Dictionary<EntryId, AuditedLine> seen) =>
        entry.ParentId == before || (entry.Provenance is null && (entry.ParentId is null || seen.ContainsKey(entry.ParentId)));

    /// <summary>What people call an entry.</summary>
    internal static string NameOf(TranscriptEntry entry) => entry switch
    {
        TranscriptEntry.UserMessage => "message",
        TranscriptEntry.AssistantMessage { IsStub: true } => "failure",
        TranscriptEntry.AssistantMessage => "answer",
        TranscriptEntry.ToolResult => "tool result",
        TranscriptEntry.StreamedText => "streamed part",
        TranscriptEntry.Verdict => "verdict",
        TranscriptEntry.Compaction => "compaction",
        _ => "entry",
    };
}
