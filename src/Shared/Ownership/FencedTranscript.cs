using System.Collections.Immutable;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Transcripts;

namespace Holdfast.Ownership;

/// <summary>
/// A claimed session's transcript. Every append is conditional on lease, ETag and position together, so storage itself refuses a writer
/// that lost the session (I8). A refusal is a question, not an error: one ranged read gives what stands since our position, the
/// <see cref="ConflictPolicy"/> says what it means, and only a takeover or a newer attempt ends the writing (I1, I2). A segment that is full
/// is sealed by the next append, which goes into the segment after it.
/// <para>Appends are serialised; any thread may call. A crash inside leaves a block that stands whole or not at all.</para>
/// </summary>
public sealed partial class FencedTranscript : IDisposable
{
    /// <summary>Storage faults in a row, after the SDK's own retries, before the execution gives up and is run again.</summary>
    private const int MaxFaults = 6;

    private readonly FencedDependencies _dependencies;
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private readonly CancellationTokenSource _ended = new();
    private TranscriptPosition _position;
    private OwnershipMetadata _claim;
    private long _sequence;

    /// <param name="claim">The run's claim as it stands in the segment's metadata.</param>
    /// <param name="etag">The segment's version with that claim.</param>
    /// <param name="view">What stood in the segment at that version.</param>
    internal FencedTranscript(FencedDependencies dependencies, RunId run, OwnershipMetadata claim, BlobETag etag, TranscriptView view)
    {
        (_dependencies, _claim) = (dependencies, claim);
        _position = new TranscriptPosition(etag, view.Length, claim.Epoch);
        (_blocks, _isSealed) = (view.Blocks, view.IsSealed);
        Identity = new WriterIdentity(run, claim.SessionId, claim.Segment, claim.Attempt, claim.Epoch);
        Conversation = view.Conversation;
        Lease = dependencies.Leases.LeaseOf(run);
        _sequence = LastSequence(Conversation, Identity);
    }

    /// <summary>The segment that is written now; a roll changes it.</summary>
    public BlobPath Path => TranscriptPaths.Segment(Identity.Session, Identity.Segment);

    public WriterIdentity Identity { get; private set; }

    /// <summary>The id under which the run holds the segment, here in this deployment.</summary>
    public LeaseId Lease { get; }

    /// <summary>The run's deadline, as its first claim set it; null for a run without one.</summary>
    public DateTimeOffset? DeadlineAt => _claim.Until - _dependencies.Leases.DeadlineMargin;

    /// <summary>All that stands up to our position: what was there at the claim, what was adopted, and our own.</summary>
    public Conversation Conversation { get; private set; }

    /// <summary>How often each verdict was given, by <see cref="FenceVerdict.Kind"/>.</summary>
    public ImmutableSortedDictionary<string, int> Verdicts { get; private set; } = ImmutableSortedDictionary.Create<string, int>(StringComparer.Ordinal);

    /// <summary>The newest verdict's word; null while no write was refused.</summary>
    public string? LastVerdict { get; private set; }

    /// <summary>How the writing ended; null while it goes on.</summary>
    public FencedOutcome? End { get; private set; }

    /// <summary>Fires once nothing of this writer can land any more: stop the stream.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>
    /// Appends the entries in order, in one block as long as they fit into one: a crash may leave the first of several. Entries without a
    /// provenance get this writer's; parents are set to what they follow.
    /// </summary>
    /// <exception cref="StorageUnavailableException">Storage failed for long; the entries may or may not stand, and their ids tell.</exception>
    public Task<FencedOutcome> AppendAsync(IReadOnlyList<TranscriptEntry> entries, CancellationToken cancellationToken) =>
        AppendAsync(entries, rolls: false, cancellationToken);

    private async Task<FencedOutcome> AppendAsync(IReadOnlyList<TranscriptEntry> entries, bool rolls, CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            _isRollWanted |= rolls && _position.Length > 0;
            var remaining = entries.Where(entry => Conversation.Find(entry.Id) is null).Select(Stamped).ToImmutableArray();
            return await WriteAsync(
                tryOnce: async () =>
                {
                    // What stands by now, by whomever it was written, is not written again.
                    remaining = remaining.RemoveAll(entry => Conversation.Find(entry.Id) is not null);
                    while (!remaining.IsEmpty)
                    {
                        var block = TranscriptBlock.Encode(
                            Identity.Session, Identity.Segment, Conversation, _position.Length, remaining, _dependencies.Clock.GetUtcNow());
                        if (Passed(await _dependencies.Blobs.AppendAsync(Path, block.Bytes, Condition, cancellationToken), block.Lines) is { } refusal)
                        {
                            return refusal;
                        }

                        remaining = remaining.RemoveRange(0, block.Lines.Entries.Length);
                    }

                    return null;
                },
                pending: () => [.. remaining.Select(entry => entry.Id)],
                recognise: _ => { },
                cancellationToken);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Claims again for a new attempt of the same run: attempt and epoch grow by one, by If-Match and lease.</summary>
    public async Task<FencedOutcome> NextAttemptAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            var next = Identity with { Attempt = Identity.Attempt + 1, Epoch = Identity.Epoch + 1 };
            var claim = _claim with
            {
                Attempt = next.Attempt,
                Epoch = next.Epoch,
                Nonce = _dependencies.Ids.NewNonce(),
                ClaimedAt = _dependencies.Clock.GetUtcNow(),
            };
            return await WriteAsync(
                tryOnce: async () =>
                {
                    if (Identity.Epoch == next.Epoch)
                    {
                        return null;
                    }

                    claim = claim with { Segment = Identity.Segment };
                    var outcome = await _dependencies.Blobs.SetMetadataAsync(Path, claim.ToMetadata(), _position.ETag, Lease, cancellationToken);
                    var refusal = Passed(outcome, null);
                    if (refusal is null)
                    {
                        Become(claim);
                    }

                    return refusal;
                },
                pending: () => [],
                recognise: found =>
                {
                    // Our own claim, whose answer was lost: from here on the gap is judged as its owner.
                    if (found.Claim == claim)
                    {
                        Become(claim);
                    }
                },
                cancellationToken);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>
    /// Looks who came, when the lease may be lost: what was written is judged as after a refused append, and the lease is taken again or
    /// the writing ends. For a writer that has nothing to append for a while; one look, and while a side writer is inside no more than
    /// that: the next renewal looks again.
    /// </summary>
    /// <exception cref="StorageUnavailableException">Storage failed; nothing is known.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            if (End is null && !_isSealed)
            {
                await ResolveAsync(BlobRefusal.LeaseLost, () => [], _ => { }, cancellationToken);
            }
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>
    /// Lets the lease go. Idempotent and bounded: a lease that cannot be released lapses. A superseded attempt must not call this:
    /// the lease is its successor's too, so then nothing is done.
    /// </summary>
    public async Task ReleaseAsync()
    {
        if (End is FencedOutcome.Superseded)
        {
            return;
        }

        await ReleaseAsync(Path);
    }

    /// <summary>Frees what this object holds in memory; the lease is let go by <see cref="ReleaseAsync()"/> alone.</summary>
    public void Dispose()
    {
        _oneAtATime.Dispose();
        _ended.Dispose();
    }

    private async Task ReleaseAsync(BlobPath path)
    {
        using var bound = new CancellationTokenSource(_dependencies.Leases.ReleaseWithin, _dependencies.Clock);
        try
        {
            await _dependencies.Blobs.ReleaseLeaseAsync(path, Lease, bound.Token);
        }
        catch (Exception fault) when (fault is StorageUnavailableException or OperationCanceledException)
        {
            LogNotReleased(_dependencies.Log, fault, Identity.Session.Value, Identity.Run.Value);
        }
    }

    private AppendCondition Condition => new(_position.ETag, _position.Length, Lease);

    private TranscriptEntry Stamped(TranscriptEntry entry) => entry.Provenance is not null
        ? entry
        : entry with { Provenance = new Provenance(Identity.Run.Value, Identity.Attempt, Identity.Epoch, ++_sequence, EntrySource.Turn) };

    /// <summary>Whoever goes on under a claim counts on where its writer stopped; a new claim has written nothing.</summary>
    private static long LastSequence(Conversation conversation, WriterIdentity identity)
    {
        var newest = conversation.Entries.FindLast(entry => entry.Provenance?.Source == EntrySource.Turn);
        return newest?.Provenance is { } provenance && provenance.RunId == identity.Run.Value && provenance.Epoch == identity.Epoch ? provenance.Seq : 0;
    }
}
