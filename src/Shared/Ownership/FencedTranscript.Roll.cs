using System.Collections.Immutable;
using Holdfast.Storage;
using Holdfast.Transcripts;

namespace Holdfast.Ownership;

// From one segment into the next: seal, create, lease, go on. The seal is the commit; a crash after it leaves a sealed segment, and
// whoever comes next creates its successor from the same metadata.
public sealed partial class FencedTranscript
{
    private int _blocks;
    private bool _isFull;
    private bool _isSealed;
    private bool _isRollWanted;

    private bool IsRollDue => _position.Length > 0 && (_isRollWanted || _isFull || _dependencies.Transcripts.IsFull(_blocks, _position.Length));

    /// <summary>
    /// Appends the compaction as the first entry of a new segment, as a rule: a side writer may slip in before it, and then it counts
    /// where it stands. The segment so far is sealed; when it is still empty no new one is needed.
    /// </summary>
    /// <exception cref="StorageUnavailableException">Storage failed for long; the writing may have gone over into the new segment already.</exception>
    public Task<FencedOutcome> RollAsync(TranscriptEntry.Compaction compaction, CancellationToken cancellationToken) =>
        AppendAsync([compaction], rolls: true, cancellationToken);

    /// <summary>On ETag and lease, and with the ETag on the length: after it nobody appends here, and no zombie can have sealed before.</summary>
    private async Task<BlobRefusal?> SealAsync(CancellationToken cancellationToken)
    {
        var outcome = await _dependencies.Blobs.SealAsync(Path, _position.ETag, Lease, cancellationToken);
        var refusal = Passed(outcome, null);
        _isSealed = refusal is null;
        return refusal;
    }

    /// <summary>
    /// The claim is carried over as it stands, so whoever creates the segment creates the same. What is found there is judged like any
    /// gap: a later claim ends this writer. The lease of the sealed segment is held until that of the new one is, so that nobody who
    /// waits for the session comes in between.
    /// </summary>
    /// <returns>False when somebody else holds the new segment's lease.</returns>
    private async Task<bool> EnterNextAsync(Func<ImmutableArray<EntryId>> pending, CancellationToken cancellationToken)
    {
        var next = Identity with { Segment = Identity.Segment + 1 };
        var path = TranscriptPaths.Segment(next.Session, next.Segment);
        var created = await _dependencies.Blobs.CreateAppendAsync(path, (_claim with { Segment = next.Segment }).ToMetadata(), cancellationToken);
        TailRead? found = null;
        if (created is BlobWriteOutcome.Refused)
        {
            found = await TailRead.ReadAsync(_dependencies.Blobs, next.Session, next.Segment, position: 0, cancellationToken);
            var verdict = ConflictPolicy.Decide(next, _position with { Length = 0 }, pending(), found);
            if (verdict is FenceVerdict.Superseded or FenceVerdict.Takeover)
            {
                Note(verdict);
                await EndAsync(verdict);
                return true;
            }
        }

        if (await _dependencies.Blobs.AcquireLeaseAsync(path, Lease, _dependencies.Leases.Duration, cancellationToken) != LeaseOutcome.Held)
        {
            return false;
        }

        var left = Path;
        _dependencies.Cache.StoreSealed(next.Session, Identity.Segment, Conversation);
        (Identity, _claim) = (next, _claim with { Segment = next.Segment });
        (_isRollWanted, _isFull, _isSealed, _blocks) = (false, false, false, 0);
        if (found is null)
        {
            _position = _position with { ETag = ((BlobWriteOutcome.Written)created).ETag, Length = 0 };
        }
        else
        {
            Adopt(found);
        }

        LogRolled(_dependencies.Log, next.Session.Value, next.Segment, next.Run.Value);
        await ReleaseAsync(left);
        return true;
    }
}
