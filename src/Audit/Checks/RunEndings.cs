using System.Collections.Immutable;
using Holdfast.Inbox;
using Holdfast.Sessions;
using Holdfast.Transcripts;
using Holdfast.Turns;

namespace Holdfast.Audit.Checks;

/// <summary>
/// Decides of work that has no end in the lines (streamed text without an answer, a call without a result) whether that is a fault. The
/// tail of a transcript is never one: its run may be at work, or be dead and come back.
/// </summary>
internal sealed class RunEndings(ImmutableArray<AuditedLine> lines, ImmutableHashSet<string>? pending)
{
    private readonly Dictionary<EntryId, AuditedLine> _byId =
        lines.GroupBy(line => line.Entry.Id).ToDictionary(same => same.Key, same => same.First());

    private readonly ILookup<string, AuditedLine> _ofTurns =
        lines.Where(line => line.IsOfTurn).ToLookup(line => line.Entry.Provenance!.RunId);

    /// <summary>The entry of this id, where it first stands.</summary>
    public AuditedLine? Find(EntryId id) => _byId.GetValueOrDefault(id);

    /// <summary>What a run detached under this epoch.</summary>
    public TranscriptEntry.Custom? Detached(RunId run, long epoch) => lines
        .Where(line => line.Entry.Provenance?.RunId == run.Value && line.Entry.Provenance.Epoch == epoch)
        .Select(line => line.Entry).OfType<TranscriptEntry.Custom>().FirstOrDefault(custom => custom.CustomType == DetachedAnswerType);

    /// <summary>True when the run recorded that it gave up.</summary>
    public bool HasFailed(RunId run, AuditedLine after) => Enumerable.Range(0, _ofTurns[run.Value].Count())
        .Any(step => Find(EntryId.OfStep(run, step, TurnHistory.FailurePart)) is { } stub && stub.Index > after.Index);

    /// <param name="line">The work's last line.</param>
    /// <param name="what">Begins the sentence.</param>
    /// <returns>Null when the run is known to have been taken over: then its work ends where it stands.</returns>
    public AuditFinding? Check(FindingKind kind, AuditedLine line, RunId run, string what)
    {
        if (WasTakenOver(run, line))
        {
            return null;
        }

        if (_ofTurns[run.Value].FirstOrDefault(own => own.Index > line.Index) is { } progress)
        {
            return AuditFinding.At(
                kind, line, FormattableString.Invariant($"{what}, though its run went on at {progress.Segment}:{progress.Number}"));
        }

        if (lines.Skip(line.Index + 1).FirstOrDefault(other => other.IsOfTurn) is not { } next)
        {
            return AuditFinding.At(kind, line, $"{what} yet; nothing of a turn stands behind it") with { IsFault = false };
        }

        var byWhom = FormattableString.Invariant($"run {next.Entry.Provenance!.RunId} stands behind it at {next.Segment}:{next.Number}");
        return pending?.Contains(run.Turn.Value) == true
            ? AuditFinding.At(kind, line, $"{what} yet: {byWhom}, and its own message still waits in the inbox") with { IsFault = false }
            : AuditFinding.At(kind, line, $"{what}, though {byWhom}");
    }

    /// <summary>The run's own record of a takeover stands behind its work, or waits beside the transcript.</summary>
    private bool WasTakenOver(RunId run, AuditedLine line) =>
        lines.Skip(line.Index + 1).Any(behind => behind.Entry.Provenance?.RunId == run.Value
            && behind.Entry is TranscriptEntry.Verdict or TranscriptEntry.Custom { CustomType: DetachedAnswerType })
        || (pending is not null && (pending.Contains(HashOf("verdict:", run)) || pending.Contains(HashOf("parked:", run))));

    private static string HashOf(string kind, RunId run) => DeliveryId.Parse(kind + run.Value).Hash;

    private const string DetachedAnswerType = "holdfast/parked";
}
