using System.Collections.Immutable;
using Holdfast.Ownership.Leases;
using Holdfast.Storage;
using Holdfast.Transcripts;

namespace Holdfast.Ownership;

/// <summary>One conditional write into a claimed segment.</summary>
/// <param name="TryOnce">Null when nothing is left to do, else why storage refused.</param>
/// <param name="Pending">Ids of the entries that do not stand yet.</param>
/// <param name="Recognise">Looks at what is found before it is judged.</param>
internal sealed record FencedWrite(
    Func<Task<BlobRefusal?>> TryOnce, Func<ImmutableArray<EntryId>> Pending, Action<TailRead>? Recognise = null)
{
    public static FencedWrite None { get; } = new(() => Task.FromResult<BlobRefusal?>(null), () => []);
}

/// <summary>
/// What a refused write leads to: read, judge, adopt or end. And from one segment into the next: seal, create, lease, go on. The seal is
/// the commit; a crash after it leaves a sealed segment, and whoever comes next creates its successor from the same metadata. Its caller
/// lets one write in at a time.
/// </summary>
internal sealed partial class Fence(FencedDependencies dependencies, WriterState state, LeaseId lease) : IDisposable
{
    /// <summary>Storage faults in a row, after the SDK's own retries, before the execution gives up and is run again.</summary>
    private const int MaxFaults = 6;

    private readonly CancellationTokenSource _ended = new();
    private bool _isFull;

    /// <summary>See <see cref="FencedTranscript.Verdicts"/>.</summary>
    public ImmutableSortedDictionary<string, int> Verdicts { get; private set; } =
        ImmutableSortedDictionary.Create<string, int>(StringComparer.Ordinal);

    public string? LastVerdict { get; private set; }

    public FencedOutcome? End { get; private set; }

    public CancellationToken Ended => _ended.Token;

    /// <summary>The next write goes into a new segment, unless this one is still empty.</summary>
    public bool IsRollWanted { get; set; }

    private bool IsRollDue =>
        state.Length > 0 && (IsRollWanted || _isFull || dependencies.Transcripts.IsFull(state.Blocks, state.Length));

    /// <summary>The one loop of all conditional writes: try, and on a refusal or a fault read the gap, judge, and try again.</summary>
    /// <exception cref="StorageUnavailableException">Storage failed for long, or a side writer was inside for too long.</exception>
    public async Task<FencedOutcome> WriteAsync(FencedWrite write, CancellationToken cancellationToken)
    {
        var faults = 0;
        var waitUntil = dependencies.Clock.GetUtcNow() + dependencies.Leases.FenceWait;
        while (End is null)
        {
            try
            {
                var step = await StepAsync(write, cancellationToken);
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
                LogFault(dependencies.Log, fault, state.Identity.Session.Value, state.Identity.Run.Value, faults);
                await Task.Delay(TimeSpan.FromSeconds(0.25 * (1 << faults)), dependencies.Clock, cancellationToken);
                continue;
            }

            // Somebody holds the lease and the epoch is still ours: a side writer is inside. Decide again when he is done.
            if (dependencies.Clock.GetUtcNow() >= waitUntil)
            {
                throw new StorageUnavailableException("The transcript's lease was held by a side writer for longer than the fence waits.");
            }

            await Task.Delay(dependencies.Leases.PollEvery, dependencies.Clock, cancellationToken);
        }

        return End;
    }

    /// <summary>One look who came, as after a refused append.</summary>
    public Task CheckAsync(CancellationToken cancellationToken) => End is null && !state.IsSealed
        ? ResolveAsync(BlobRefusal.LeaseLost, FencedWrite.None, cancellationToken)
        : Task.CompletedTask;

    public Task ReleaseAsync(BlobPath path) =>
        dependencies.Blobs.LetGoAsync(path, lease, dependencies.Leases, dependencies.Clock, dependencies.Log);

    public void Dispose() => _ended.Dispose();

    /// <summary>Into the next segment when this one is sealed, else the seal when this one is full, else the write itself.</summary>
    private async Task<WriteStep> StepAsync(FencedWrite write, CancellationToken cancellationToken)
    {
        if (state.IsSealed)
        {
            return await EnterNextAsync(write, cancellationToken) ? WriteStep.GoOn : WriteStep.Wait;
        }

        var refusal = IsRollDue ? await SealAsync(cancellationToken) : await write.TryOnce();
        if (refusal is null)
        {
            return state.IsSealed ? WriteStep.GoOn : WriteStep.Done;
        }

        return await ResolveAsync(refusal.Value, write, cancellationToken) ? WriteStep.GoOn : WriteStep.Wait;
    }

    /// <summary>Ends the writing, or adopts what stands and makes sure of the lease.</summary>
    /// <returns>False when somebody else holds the lease.</returns>
    private async Task<bool> ResolveAsync(BlobRefusal refusal, FencedWrite write, CancellationToken cancellationToken)
    {
        var identity = state.Identity;
        var tail = await TailRead.ReadAsync(dependencies.Blobs, identity.Session, identity.Segment, state.Length, cancellationToken);
        if (tail is not null)
        {
            write.Recognise?.Invoke(tail);
        }

        var verdict = ConflictPolicy.Decide(state.Identity, state.Length, write.Pending(), tail);
        if (await EndsAsync(verdict))
        {
            return true;
        }

        if (tail!.IsSealed)
        {
            // Only the owner seals, and the claim is ours: our own roll, whose answer was lost, or that of another execution under it.
            verdict = new FenceVerdict.Own([]) { Explanation = "the segment was rolled under this claim" };
        }
        else if (await AcquireAsync(state.Path, cancellationToken) != LeaseOutcome.Held)
        {
            return false;
        }

        Note(verdict);
        Adopt(tail);
        _isFull = refusal == BlobRefusal.Full;
        return true;
    }

    /// <summary>
    /// On ETag and lease, and with the ETag on the length: after it nobody appends here, and no zombie can have sealed before.
    /// </summary>
    private async Task<BlobRefusal?> SealAsync(CancellationToken cancellationToken)
    {
        var outcome = await dependencies.Blobs.SealAsync(state.Path, state.ETag, lease, cancellationToken);
        if (outcome is BlobWriteOutcome.Refused refused)
        {
            return refused.Why;
        }

        state.Touched(((BlobWriteOutcome.Written)outcome).ETag);
        state.Sealed();
        return null;
    }

    /// <summary>
    /// The claim is carried over as it stands, so whoever creates the segment creates the same. What is found there is judged like any
    /// gap: a later claim ends this writer. The lease of the sealed segment is held until that of the new one is, so that nobody who
    /// waits for the session comes in between.
    /// </summary>
    /// <returns>False when somebody else holds the new segment's lease.</returns>
    private async Task<bool> EnterNextAsync(FencedWrite write, CancellationToken cancellationToken)
    {
        var next = state.Identity with { Segment = state.Identity.Segment + 1 };
        var path = TranscriptPaths.Segment(next.Session, next.Segment);
        var created =
            await dependencies.Blobs.CreateAppendAsync(path, (state.Claim with { Segment = next.Segment }).ToMetadata(), cancellationToken);
        TailRead? found = null;
        if (created is BlobWriteOutcome.Refused)
        {
            found = await TailRead.ReadAsync(dependencies.Blobs, next.Session, next.Segment, position: 0, cancellationToken);
            if (await EndsAsync(ConflictPolicy.Decide(next, 0, write.Pending(), found)))
            {
                return true;
            }
        }

        if (await AcquireAsync(path, cancellationToken) != LeaseOutcome.Held)
        {
            return false;
        }

        var left = state.Path;
        dependencies.Cache.StoreSealed(next.Session, state.Identity.Segment, state.Conversation);
        (IsRollWanted, _isFull) = (false, false);
        state.EnterNext(found?.ETag ?? ((BlobWriteOutcome.Written)created).ETag);
        if (found is not null)
        {
            Adopt(found);
        }

        LogRolled(dependencies.Log, next.Session.Value, next.Segment, next.Run.Value);
        await ReleaseAsync(left);
        return true;
    }

    private Task<LeaseOutcome> AcquireAsync(BlobPath path, CancellationToken cancellationToken) =>
        dependencies.Blobs.AcquireLeaseAsync(path, lease, dependencies.Leases.Duration, cancellationToken);

    /// <returns>True for a verdict that ends the writing.</returns>
    private async Task<bool> EndsAsync(FenceVerdict verdict)
    {
        FencedOutcome? end = verdict switch
        {
            FenceVerdict.Superseded superseded => new FencedOutcome.Superseded(superseded),
            FenceVerdict.Takeover takeover => new FencedOutcome.TakenOver(takeover),
            _ => null,
        };
        if (end is null)
        {
            return false;
        }

        Note(verdict);
        End = end;
        await _ended.CancelAsync();
        return true;
    }

    private void Adopt(TailRead tail)
    {
        state.Adopt(tail);
        if (!tail.Entries.IsEmpty)
        {
            Remember();
        }
    }

    private void Note(FenceVerdict verdict)
    {
        LastVerdict = verdict.Kind;
        Verdicts = Verdicts.SetItem(verdict.Kind, Verdicts.GetValueOrDefault(verdict.Kind) + 1);
        var identity = state.Identity;
        LogVerdict(
            dependencies.Log, verdict.Kind, identity.Session.Value, identity.Run.Value, identity.Attempt, identity.Epoch,
            verdict.Explanation);
    }

    /// <summary>So that the next reader of this process needs the tail only.</summary>
    public void Remember() =>
        dependencies.Cache.Store(state.Identity.Session, state.Identity.Segment, state.Conversation, state.Length);

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
