using System.Collections.Immutable;
using System.Text.Json;
using Holdfast.Sessions;
using Holdfast.Transcripts;
using Holdfast.Turns;

namespace Holdfast.Audit.Checks;

/// <summary>
/// Streamed text came to an end: an answer of the same claim that begins with it, or that was cut within it, a failure or a mark that says
/// it was interrupted, an answer that is detached, or a takeover.
/// </summary>
internal static class StreamValidator
{
    public static IEnumerable<AuditFinding> Check(ImmutableArray<AuditedLine> lines, RunEndings endings)
    {
        foreach (var part in lines.Where(line => line.Entry is TranscriptEntry.StreamedText && !line.IsOfTurn))
        {
            yield return AuditFinding.At(FindingKind.OrphanedText, part, "streamed text bears no run");
        }

        var streams = lines.Where(line => line.Entry is TranscriptEntry.StreamedText && line.IsOfTurn)
            .GroupBy(line => (line.Entry.Provenance!.RunId, line.Entry.Provenance.Epoch, ((TranscriptEntry.StreamedText)line.Entry).Step));
        foreach (var stream in streams)
        {
            // A run id that is none is a finding about the line's author.
            if (RunId.TryParse(stream.Key.RunId) is { } run
                && Stream(run, stream.Key.Epoch, stream.Key.Step, [.. stream], endings) is { } finding)
            {
                yield return finding;
            }
        }
    }

    private static AuditFinding? Stream(RunId run, long epoch, int step, ImmutableArray<AuditedLine> parts, RunEndings endings)
    {
        var text = string.Concat(parts.Select(part => ((TranscriptEntry.StreamedText)part.Entry).Text));
        var answer = endings.Find(EntryId.OfStep(run, step, TurnHistory.AnswerPart));
        var end = answer?.Entry.Provenance?.Epoch == epoch ? answer : Mark(run, epoch, step, endings);
        if ((answer ?? end) is { } closed && parts[^1].Index > closed.Index)
        {
            return AuditFinding.At(
                FindingKind.AlteredText, parts[^1],
                FormattableString.Invariant(
                    $"streamed text of run {run}, epoch {epoch}, stands behind the end of its stream at {closed.Segment}:{closed.Number}"));
        }

        var what = FormattableString.Invariant($"the text streamed by run {run}, epoch {epoch}, step {step}");
        var whole = end == answer && answer?.Entry is TranscriptEntry.AssistantMessage message
            ? message.Content.PlainText()
            : endings.Detached(run, epoch) is { } detached ? DetachedText(detached) : null;
        if (whole is not null)
        {
            return whole.StartsWith(text, StringComparison.Ordinal)
                || (EntryCut.Shown(whole) is { } shown && text.StartsWith(shown, StringComparison.Ordinal))
                ? null
                : AuditFinding.At(FindingKind.AlteredText, parts[^1], $"{what}, is not the beginning of its answer");
        }

        return end is not null ? null : endings.Check(FindingKind.OrphanedText, parts[^1], run, what + ", has no end");
    }

    /// <summary>The entry that says that the attempt, or the whole step, ended without an answer.</summary>
    private static AuditedLine? Mark(RunId run, long epoch, int step, RunEndings endings) =>
        endings.Find(TurnHistory.StubId(run, epoch))
        ?? endings.Find(TurnHistory.InterruptedId(run, epoch))
        ?? (endings.Find(EntryId.OfStep(run, step, TurnHistory.FailurePart)) is { } failure && failure.Entry.Provenance?.Epoch == epoch
        ? failure
        : null);

    private static string? DetachedText(TranscriptEntry.Custom detached)
    {
        using var json = JsonDocument.Parse(detached.DataJson);
        return json.RootElement.Text("text");
    }
}
