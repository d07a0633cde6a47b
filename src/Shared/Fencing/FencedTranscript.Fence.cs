using System.Collections.Immutable;
using Holdfast.Storage;
using Holdfast.Transcripts;

namespace Holdfast.Fencing;

// What a refused write leads to: read, judge, adopt or end.
public sealed partial class FencedTranscript
{
    /// <summary>The one loop of all conditional writes: try, and on a refusal or a fault read the gap, judge, and try again.</summary>
    /// <param name="tryOnce">The conditional write; null when nothing is left to do, else why storage refused.</param>
    /// <param name="recognise">Looks at what is found before it is judged.</param>
    private async Task<FencedOutcome> WriteAsync(
        Func<Task<BlobRefusal?>> tryOnce, Func<ImmutableArray<EntryId>> pending, Action<GapReading> recognise, CancellationToken cancellationToken)
    {
        var faults = 0;
        var waitUntil = _clock.GetUtcNow() + _options.FenceWait;
        while (End is null)
        {
            try
            {
                if (await tryOnce() is not { } refusal)
                {
                    return FencedOutcome.Appended.Instance;
                }

                if (await ResolveAsync(refusal, pending, recognise, cancellationToken))
                {
                    faults = 0;
                    continue;
                }
            }
            catch (StorageUnavailableException fault) when (++faults < MaxFaults)
            {
                LogFault(_log, fault, Identity.Session.Value, Identity.Run.Value, faults);
                await Task.Delay(TimeSpan.FromSeconds(0.25 * (1 << faults)), _clock, cancellationToken);
                continue;
            }

            // Somebody holds the lease and the epoch is still ours: a side writer is inside. Judge again when he is done.
            if (_clock.GetUtcNow() >= waitUntil)
            {
                throw new StorageUnavailableException("The transcript's lease was held by a side writer for longer than the fence waits.");
            }

            await Task.Delay(_options.PollEvery, _clock, cancellationToken);
        }

        return End;
    }

    /// <summary>Ends the writing, or adopts what stands and makes sure of the lease.</summary>
    /// <returns>False when somebody else holds the lease.</returns>
    private async Task<bool> ResolveAsync(
        BlobRefusal refusal, Func<ImmutableArray<EntryId>> pending, Action<GapReading> recognise, CancellationToken cancellationToken)
    {
        var gap = await GapReading.ReadAsync(_blobs, Path, _position.Length, cancellationToken);
        if (gap is not null)
        {
            recognise(gap);
        }

        var verdict = FenceJudge.Judge(Identity, _position, pending(), gap);
        if (verdict is FenceVerdict.Clean && refusal is BlobRefusal.Sealed or BlobRefusal.Full)
        {
            verdict = new FenceVerdict.Takeover(TakeoverReason.Closed) { Explanation = $"the segment takes no more appends ({refusal})" };
        }

        if (verdict is FenceVerdict.Superseded or FenceVerdict.Takeover)
        {
            Note(verdict);
            await EndAsync(verdict);
            return true;
        }

        if (await _blobs.AcquireLeaseAsync(Path, Lease, _options.Duration, cancellationToken) != LeaseOutcome.Held)
        {
            return false;
        }

        Note(verdict);
        Advance(gap!.ETag, gap.Length, gap.Entries);
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
        LogVerdict(_log, verdict.Kind, Identity.Session.Value, Identity.Run.Value, Identity.Attempt, Identity.Epoch, verdict.Explanation);
    }

    private BlobRefusal? Passed(BlobWriteOutcome outcome, long length, ImmutableArray<TranscriptEntry> appended)
    {
        if (outcome is BlobWriteOutcome.Refused refused)
        {
            return refused.Why;
        }

        Advance(((BlobWriteOutcome.Written)outcome).ETag, length, appended);
        return null;
    }

    private void Become(WriterIdentity next)
    {
        Identity = next;
        _position = _position with { Epoch = next.Epoch };
        _sequence = 0;
    }

    private void Advance(BlobETag etag, long length, ImmutableArray<TranscriptEntry> appended)
    {
        _position = _position with { ETag = etag, Length = length };
        if (!appended.IsEmpty)
        {
            Conversation = Conversation.Apply(appended);
            _cache.Store(Identity.Session, Identity.Segment, Conversation, length);
        }
    }
}
