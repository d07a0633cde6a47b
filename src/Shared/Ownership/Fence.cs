using System.Collections.Immutable;
using Holdfast.Storage;
using Holdfast.Transcripts;

namespace Holdfast.Ownership;

// What a refused write leads to: read, judge, adopt or end.
public sealed partial class FencedTranscript
{
    /// <summary>The one loop of all conditional writes: try, and on a refusal or a fault read the gap, judge, and try again.</summary>
    /// <param name="tryOnce">The conditional write; null when nothing is left to do, else why storage refused.</param>
    /// <param name="recognise">Looks at what is found before it is judged.</param>
    private async Task<FencedOutcome> WriteAsync(
        Func<Task<BlobRefusal?>> tryOnce, Func<ImmutableArray<EntryId>> pending, Action<TailRead> recognise, CancellationToken cancellationToken)
    {
        var faults = 0;
        var waitUntil = _dependencies.Clock.GetUtcNow() + _dependencies.Leases.FenceWait;
        while (End is null)
        {
            try
            {
                var step = await StepAsync(tryOnce, pending, recognise, cancellationToken);
                if (step == WriteStep.Done)
                {
                    return FencedOutcome.Appended.Instance;
                }

                if (step == WriteStep.GoOn)
                {
                    faults = 0;
                    continue;
                }
            }
            catch (StorageUnavailableException fault) when (++faults < MaxFaults)
            {
                LogFault(_dependencies.Log, fault, Identity.Session.Value, Identity.Run.Value, faults);
                await Task.Delay(TimeSpan.FromSeconds(0.25 * (1 << faults)), _dependencies.Clock, cancellationToken);
                continue;
            }

            // Somebody holds the lease and the epoch is still ours: a side writer is inside. Decide again when he is done.
            if (_dependencies.Clock.GetUtcNow() >= waitUntil)
            {
                throw new StorageUnavailableException("The transcript's lease was held by a side writer for longer than the fence waits.");
            }

            await Task.Delay(_dependencies.Leases.PollEvery, _dependencies.Clock, cancellationToken);
        }

        return End;
    }

    /// <summary>Into the next segment when this one is sealed, else the seal when this one is full, else the write itself.</summary>
    private async Task<WriteStep> StepAsync(
        Func<Task<BlobRefusal?>> tryOnce, Func<ImmutableArray<EntryId>> pending, Action<TailRead> recognise, CancellationToken cancellationToken)
    {
        if (_isSealed)
        {
            return await EnterNextAsync(pending, cancellationToken) ? WriteStep.GoOn : WriteStep.Wait;
        }

        var refusal = IsRollDue ? await SealAsync(cancellationToken) : await tryOnce();
        if (refusal is null)
        {
            return _isSealed ? WriteStep.GoOn : WriteStep.Done;
        }

        return await ResolveAsync(refusal.Value, pending, recognise, cancellationToken) ? WriteStep.GoOn : WriteStep.Wait;
    }

    /// <summary>Ends the writing, or adopts what stands and makes sure of the lease.</summary>
    /// <returns>False when somebody else holds the lease.</returns>
    private async Task<bool> ResolveAsync(
        BlobRefusal refusal, Func<ImmutableArray<EntryId>> pending, Action<TailRead> recognise, CancellationToken cancellationToken)
    {
        var gap = await TailRead.ReadAsync(_dependencies.Blobs, Identity.Session, Identity.Segment, _position.Length, cancellationToken);
        if (gap is not null)
        {
            recognise(gap);
        }

        var verdict = ConflictPolicy.Decide(Identity, _position, pending(), gap);
        if (verdict is FenceVerdict.Superseded or FenceVerdict.Takeover)
        {
            Note(verdict);
            await EndAsync(verdict);
            return true;
        }

        if (gap!.IsSealed)
        {
            // Only the owner seals, and the claim is ours: our own roll, whose answer was lost, or that of another execution under it.
            verdict = new FenceVerdict.Own([]) { Explanation = "the segment was rolled under this claim" };
        }
        else if (await _dependencies.Blobs.AcquireLeaseAsync(Path, Lease, _dependencies.Leases.Duration, cancellationToken) != LeaseOutcome.Held)
        {
            return false;
        }

        Note(verdict);
        Adopt(gap);
        _isFull = refusal == BlobRefusal.Full;
        return true;
    }

    private async Task EndAsync(FenceVerdict verdict)
    {
        End = verdict switch
        {
            FenceVerdict.Superseded superseded => new FencedOutcome.Superseded(superseded),
            FenceVerdict.Takeover takeover => new FencedOutcome.TakenOver(takeover),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        await _ended.CancelAsync();
    }

    private void Note(FenceVerdict verdict)
    {
        LastVerdict = verdict.Kind;
        Verdicts = Verdicts.SetItem(verdict.Kind, Verdicts.GetValueOrDefault(verdict.Kind) + 1);
        LogVerdict(_dependencies.Log, verdict.Kind, Identity.Session.Value, Identity.Run.Value, Identity.Attempt, Identity.Epoch, verdict.Explanation);
    }

    /// <param name="appended">Null when the write was none of lines.</param>
    private BlobRefusal? Passed(BlobWriteOutcome outcome, TranscriptLines? appended)
    {
        if (outcome is BlobWriteOutcome.Refused refused)
        {
            return refused.Why;
        }

        var written = (BlobWriteOutcome.Written)outcome;
        if (appended is null)
        {
            _position = _position with { ETag = written.ETag };
        }
        else
        {
            _blocks = written.Blocks;
            Advance(written.ETag, written.Length, appended);
        }

        return null;
    }

    private void Become(OwnershipMetadata claim)
    {
        _claim = claim;
        Identity = Identity with { Attempt = claim.Attempt, Epoch = claim.Epoch };
        _position = _position with { Epoch = claim.Epoch };
        _sequence = 0;
    }

    private void Adopt(TailRead gap)
    {
        (_blocks, _isSealed) = (gap.Blocks, gap.IsSealed);
        Advance(gap.ETag, gap.Length, gap.Lines);
    }

    private void Advance(BlobETag etag, long length, TranscriptLines appended)
    {
        _position = _position with { ETag = etag, Length = length };
        if (!appended.Entries.IsEmpty)
        {
            Conversation = Conversation.Apply(appended);
            _dependencies.Cache.Store(Identity.Session, Identity.Segment, Conversation, length);
        }
    }

    private enum WriteStep
    {
        /// <summary>The write stands.</summary>
        Done = 1,

        /// <summary>Something changed: look again at once.</summary>
        GoOn = 2,

        /// <summary>Somebody else holds the lease.</summary>
        Wait = 3,
    }
}
