using System.Collections.Immutable;
using Holdfast.Sessions;
using Holdfast.Transcripts;

namespace Holdfast.Audit.Judges;

/// <summary>
/// Who had the claim. Each line of a turn names run, attempt and epoch; attempt n of a run under epoch e says that the epochs e-n+1 … e were
/// claimed by this run one after the other. The lines together, and a segment's metadata as its last claim, must tell one story: epochs
/// never go back, and no epoch has two writers.
/// <para>
/// Not provable from lines: that an author who wrote nothing wrong held the lease, and when a claim was made that wrote nothing.
/// </para>
/// </summary>
internal sealed class OwnerJudge
{
    private readonly List<EntryStamp> _owners = [];
    private long _epochBeforeForeign;
    private AuditedLine? _foreign;

    private OwnerJudge()
    {
    }

    public static IEnumerable<AuditFinding> Judge(ImmutableArray<SegmentLines> segments)
    {
        var judge = new OwnerJudge();
        ClaimStamp? before = null;
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
            if (line.Entry.Stamp is null or { Source: EntrySource.Import } && ChangesPrompt(line.Entry))
            {
                (_foreign, _epochBeforeForeign) = (line, Newest?.Epoch ?? 0);
            }

            return null;
        }

        var stamp = line.Entry.Stamp!;
        var newest = Newest;
        if (RunId.TryParse(stamp.RunId) is null || stamp.Attempt < 1 || stamp.Epoch < stamp.Attempt)
        {
            return Fault(FindingKind.NotTheOwner, line, Text($"run {stamp.RunId} cannot have claimed {stamp.Attempt} times by epoch {stamp.Epoch}"));
        }

        if (newest is not null && stamp.Epoch < newest.Epoch)
        {
            return Fault(FindingKind.EpochWentBack, line, Text($"epoch {stamp.Epoch} of run {stamp.RunId} writes behind epoch {newest.Epoch} of run {newest.RunId}"));
        }

        if (newest?.Epoch == stamp.Epoch && (newest.RunId != stamp.RunId || newest.Attempt != stamp.Attempt))
        {
            return Fault(
                FindingKind.SharedEpoch, line,
                Text($"epoch {stamp.Epoch} has two writers: run {newest.RunId}, attempt {newest.Attempt}, and run {stamp.RunId}, attempt {stamp.Attempt}"));
        }

        if (Contradicted(stamp) is { } other)
        {
            return Fault(FindingKind.NotTheOwner, line, Contradiction(stamp, other));
        }

        return AfterForeign(line, stamp) ?? Sequence(line, stamp, newest);
    }

    /// <summary>Whoever goes on behind another program's question has claimed again, except to note a delivery.</summary>
    private AuditFinding? AfterForeign(AuditedLine line, EntryStamp stamp)
    {
        if (_foreign is not { } foreign || stamp.Epoch > _epochBeforeForeign || line.Entry is TranscriptEntry.Custom)
        {
            return null;
        }

        _foreign = null; // Said once, not for every line behind it.
        return Fault(
            FindingKind.WroteAfterForeign, line,
            Text($"run {stamp.RunId} goes on under epoch {stamp.Epoch}, though another program wrote at {foreign.Segment}:{foreign.Number}"));
    }

    private AuditFinding? Sequence(AuditedLine line, EntryStamp stamp, EntryStamp? newest)
    {
        if (newest?.Epoch != stamp.Epoch)
        {
            _owners.Add(stamp);
            return stamp.Seq >= 1 ? null : Fault(FindingKind.SequenceWentBack, line, Text($"sequence numbers begin with 1, not {stamp.Seq}"));
        }

        _owners[^1] = stamp;
        return stamp.Seq > newest.Seq
            ? null
            : Fault(FindingKind.SequenceWentBack, line, Text($"sequence number {stamp.Seq} of epoch {stamp.Epoch} comes after {newest.Seq}"));
    }

    private AuditFinding? Claim(int segment, ClaimStamp claim, ClaimStamp? before)
    {
        var standing = new EntryStamp(claim.RunId, claim.Attempt, claim.Epoch, 0, EntrySource.Turn);
        var sentence = Newest is { } newest && claim.Epoch < newest.Epoch
            ? Text($"epoch {newest.Epoch} wrote, but the metadata names epoch {claim.Epoch} as the last claim")
            : before is not null && claim.Epoch < before.Epoch
                ? Text($"the metadata names epoch {claim.Epoch}; the segment before was claimed with epoch {before.Epoch}")
                : claim.RunId.Length > 0 && Contradicted(standing) is { } other ? Contradiction(standing, other) : null;
        return sentence is null ? null : AuditFinding.OfSegment(FindingKind.NotTheOwner, segment, sentence);
    }

    /// <summary>What a model is asked is made of these. Not the fence's own word for it: an audit that asked the fence would miss what the fence misses.</summary>
    private static bool ChangesPrompt(TranscriptEntry entry) => entry
        is TranscriptEntry.UserMessage
        or TranscriptEntry.AssistantMessage { IsStub: false }
        or TranscriptEntry.ToolResult
        or TranscriptEntry.CustomMessage
        or TranscriptEntry.Compaction;

    private EntryStamp? Newest => _owners.Count == 0 ? null : _owners[^1];

    /// <returns>The writer of an epoch that, by the given stamp, was another's.</returns>
    private EntryStamp? Contradicted(EntryStamp stamp)
    {
        for (var index = _owners.Count - 1; index >= 0 && _owners[index].Epoch > stamp.Epoch - stamp.Attempt; index--)
        {
            var owner = _owners[index];
            if (owner.RunId != stamp.RunId || stamp.Epoch - owner.Epoch != stamp.Attempt - owner.Attempt)
            {
                return owner;
            }
        }

        return null;
    }

    private static string Contradiction(EntryStamp stamp, EntryStamp other) => Text(
        $"attempt {stamp.Attempt} of run {stamp.RunId} under epoch {stamp.Epoch} cannot be: epoch {other.Epoch} was attempt {other.Attempt} of run {other.RunId}");

    private static AuditFinding Fault(FindingKind kind, AuditedLine line, string sentence) => AuditFinding.At(kind, line, sentence);

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
