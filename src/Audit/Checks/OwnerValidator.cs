using System.Collections.Immutable;
using Holdfast.Sessions;
using Holdfast.Transcripts;
using static System.FormattableString;

namespace Holdfast.Audit.Checks;

/// <summary>
/// Who had the claim. Each line of a turn names run, attempt and epoch; attempt n of a run under epoch e says that the epochs e-n+1 … e
/// were claimed by this run one after the other. The lines together, and a segment's metadata as its last claim, must tell one story:
/// epochs never go back, and no epoch has two writers.
/// <para>
/// Not provable from lines: that an author who wrote nothing wrong held the lease, and when a claim was made that wrote nothing.
/// </para>
/// </summary>
internal sealed class OwnerValidator
{
    private readonly List<Provenance> _owners = [];
    private long _epochBeforeForeign;
    private AuditedLine? _foreign;

    private OwnerValidator()
    {
    }

    public static IEnumerable<AuditFinding> Check(ImmutableArray<SegmentLines> segments)
    {
        var judge = new OwnerValidator();
        OwnershipMetadata? before = null;
        foreach (var segment in segments)
        {
            foreach (var line in segment.Lines)
            {
                if (judge.Line(line) is { } finding)
                {
                    yield return finding;
                }
            }

            if (segment.Bytes.Stored?.Claim is { } claim)
            {
                if (judge.Claim(segment.Bytes.Number, claim, before) is { } finding)
                {
                    yield return finding;
                }

                before = claim;
            }
        }
    }

    /// <returns>The first thing wrong with a line; null when nothing is.</returns>
    private AuditFinding? Line(AuditedLine line)
    {
        if (!line.IsOfTurn)
        {
            if (line.Entry.Provenance is null or { Source: EntrySource.Import } && ChangesPrompt(line.Entry))
            {
                (_foreign, _epochBeforeForeign) = (line, Newest?.Epoch ?? 0);
            }

            return null;
        }

        var provenance = line.Entry.Provenance!;
        var newest = Newest;
        if (RunId.TryParse(provenance.RunId) is null || provenance.Attempt < 1 || provenance.Epoch < provenance.Attempt)
        {
            return AuditFinding.At(
                FindingKind.NotTheOwner, line,
                Invariant($"run {provenance.RunId} cannot have claimed {provenance.Attempt} times by epoch {provenance.Epoch}"));
        }

        if (newest is not null && provenance.Epoch < newest.Epoch)
        {
            return AuditFinding.At(
                FindingKind.EpochWentBack, line,
                Invariant($"epoch {provenance.Epoch} of run {provenance.RunId} writes behind epoch {newest.Epoch} of run {newest.RunId}"));
        }

        if (newest?.Epoch == provenance.Epoch && (newest.RunId != provenance.RunId || newest.Attempt != provenance.Attempt))
        {
            return AuditFinding.At(
                FindingKind.SharedEpoch, line,
                Invariant($"epoch {provenance.Epoch} has two writers: run {newest.RunId}, attempt {newest.Attempt},")
                + Invariant($" and run {provenance.RunId}, attempt {provenance.Attempt}"));
        }

        if (Contradicted(provenance) is { } other)
        {
            return AuditFinding.At(FindingKind.NotTheOwner, line, Contradiction(provenance, other));
        }

        return AfterForeign(line, provenance) ?? Sequence(line, provenance, newest);
    }

    /// <summary>Whoever goes on behind another program's question has claimed again, except to note a delivery.</summary>
    private AuditFinding? AfterForeign(AuditedLine line, Provenance provenance)
    {
        if (_foreign is not { } foreign || provenance.Epoch > _epochBeforeForeign || line.Entry is TranscriptEntry.Custom)
        {
            return null;
        }

        _foreign = null; // Said once, not for every line behind it.
        return AuditFinding.At(
            FindingKind.WroteAfterForeign, line,
            Invariant($"run {provenance.RunId} goes on under epoch {provenance.Epoch},")
            + Invariant($" though another program wrote at {foreign.Segment}:{foreign.Number}"));
    }

    private AuditFinding? Sequence(AuditedLine line, Provenance provenance, Provenance? newest)
    {
        if (newest?.Epoch != provenance.Epoch)
        {
            _owners.Add(provenance);
            return provenance.Seq >= 1
                ? null
                : AuditFinding.At(FindingKind.SequenceWentBack, line, Invariant($"sequence numbers begin with 1, not {provenance.Seq}"));
        }

        _owners[^1] = provenance;
        return provenance.Seq > newest.Seq
            ? null
            : AuditFinding.At(
                FindingKind.SequenceWentBack, line,
                Invariant($"sequence number {provenance.Seq} of epoch {provenance.Epoch} comes after {newest.Seq}"));
    }

    private AuditFinding? Claim(int segment, OwnershipMetadata claim, OwnershipMetadata? before)
    {
        var standing = new Provenance(claim.RunId, claim.Attempt, claim.Epoch, 0, EntrySource.Turn);
        var sentence = Newest is { } newest && claim.Epoch < newest.Epoch
            ? Invariant($"epoch {newest.Epoch} wrote, but the metadata names epoch {claim.Epoch} as the last claim")
            : before is not null && claim.Epoch < before.Epoch
                ? Invariant($"the metadata names epoch {claim.Epoch}; the segment before was claimed with epoch {before.Epoch}")
                : claim.RunId.Length > 0 && Contradicted(standing) is { } other ? Contradiction(standing, other) : null;
        return sentence is null ? null : AuditFinding.OfSegment(FindingKind.NotTheOwner, segment, sentence);
    }

    /// <summary>
    /// What a model is asked is made of these. Not the fence's own word for it: an audit that asked the fence would miss what the fence
    /// misses.
    /// </summary>
    private static bool ChangesPrompt(TranscriptEntry entry) => entry
        is TranscriptEntry.UserMessage
        or TranscriptEntry.AssistantMessage { IsStub: false }
        or TranscriptEntry.ToolResult
        or TranscriptEntry.CustomMessage
        or TranscriptEntry.Compaction;

    private Provenance? Newest => _owners.Count == 0 ? null : _owners[^1];

    /// <returns>The writer of an epoch that, by the given provenance, was another's.</returns>
    private Provenance? Contradicted(Provenance provenance)
    {
        for (var index = _owners.Count - 1; index >= 0 && _owners[index].Epoch > provenance.Epoch - provenance.Attempt; index--)
        {
            var owner = _owners[index];
            if (owner.RunId != provenance.RunId || provenance.Epoch - owner.Epoch != provenance.Attempt - owner.Attempt)
            {
                return owner;
            }
        }

        return null;
    }

    private static string Contradiction(Provenance provenance, Provenance other) =>
        Invariant($"attempt {provenance.Attempt} of run {provenance.RunId} under epoch {provenance.Epoch} cannot be:")
        + Invariant($" epoch {other.Epoch} was attempt {other.Attempt} of run {other.RunId}");
}
