using System.Collections.Immutable;
using Holdfast.Ownership.Leases;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Transcripts;
using Microsoft.Extensions.Logging;

namespace Holdfast.Ownership;

/// <summary>Where a <see cref="FencedTranscript"/> meets the world. One per process.</summary>
internal sealed record FencedDependencies(
    IBlobContainer Blobs, ConversationCache Cache, IdSource Ids, LeaseOptions Leases, TranscriptOptions Transcripts, TimeProvider Clock,
    ILogger Log);

/// <summary>
/// A claimed session's transcript. Every append is conditional on lease, ETag and position together, so storage itself refuses a writer
/// that lost the session (I8). A refusal is a question, not an error: one ranged read gives what stands since our position, the
/// <see cref="ConflictPolicy"/> says what it means, and only a takeover or a newer attempt ends the writing (I1, I2). A segment that is
/// full is sealed by the next append, which goes into the segment after it.
/// <para>Appends are serialised; any thread may call. A crash inside leaves a block that stands whole or not at all.</para>
/// </summary>
public sealed class FencedTranscript : IDisposable
{
    private readonly FencedDependencies _dependencies;
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private readonly WriterState _state;
    private readonly Fence _fence;

    /// <inheritdoc cref="WriterState(RunId, OwnershipMetadata, BlobETag, TranscriptView)"/>
    internal FencedTranscript(FencedDependencies dependencies, RunId run, OwnershipMetadata claim, BlobETag etag, TranscriptView view)
    {
        _dependencies = dependencies;
        Lease = dependencies.Leases.LeaseOf(run);
        _state = new WriterState(run, claim, etag, view);
        _fence = new Fence(dependencies, _state, Lease);
    }

    /// <summary>The segment that is written now; a roll changes it.</summary>
    public BlobPath Path => _state.Path;

    public WriterIdentity Identity => _state.Identity;

    /// <summary>The id under which the run holds the segment, here in this deployment.</summary>
    public LeaseId Lease { get; }

    /// <summary>The run's deadline, as its first claim set it; null for a run without one.</summary>
    public DateTimeOffset? DeadlineAt => _state.Claim.Until - _dependencies.Leases.DeadlineMargin;

    /// <summary>All that stands up to our position: what was there at the claim, what was adopted, and our own.</summary>
    public Conversation Conversation => _state.Conversation;

    /// <summary>How often each verdict was given, by <see cref="FenceVerdict.Kind"/>.</summary>
    public ImmutableSortedDictionary<string, int> Verdicts => _fence.Verdicts;

    /// <summary>The newest verdict's word; null while no write was refused.</summary>
    public string? LastVerdict => _fence.LastVerdict;

    /// <summary>How the writing ended; null while it goes on.</summary>
    public FencedOutcome? End => _fence.End;

    /// <summary>Fires once nothing of this writer can land any more: stop the stream.</summary>
    public CancellationToken Ended => _fence.Ended;

    /// <summary>
    /// Appends the entries in order, in one block as long as they fit into one: a crash may leave the first of several. Entries without a
    /// provenance get this writer's; parents are set to what they follow.
    /// </summary>
    /// <exception cref="StorageUnavailableException">
    /// Storage failed for long; the entries may or may not stand, and their ids tell.
    /// </exception>
    public Task<FencedOutcome> AppendAsync(IReadOnlyList<TranscriptEntry> entries, CancellationToken cancellationToken) =>
        InTurnAsync(() => _fence.WriteAsync(AppendOf(entries, cancellationToken), cancellationToken), cancellationToken);

    /// <summary>
    /// Appends the compaction as the first entry of a new segment, as a rule: a side writer may slip in before it, and then it counts
    /// where it stands. The segment so far is sealed; when it is still empty no new one is needed.
    /// </summary>
    /// <exception cref="StorageUnavailableException">
    /// Storage failed for long; the writing may have gone over into the new segment already.
    /// </exception>
    public Task<FencedOutcome> RollAsync(TranscriptEntry.Compaction compaction, CancellationToken cancellationToken) => InTurnAsync(
        () =>
        {
            _fence.IsRollWanted |= _state.Length > 0;
            return _fence.WriteAsync(AppendOf([compaction], cancellationToken), cancellationToken);
        },
        cancellationToken);

    /// <summary>Claims again for a new attempt of the same run: attempt and epoch grow by one, by If-Match and lease.</summary>
    public Task<FencedOutcome> NextAttemptAsync(CancellationToken cancellationToken) =>
        InTurnAsync(() => _fence.WriteAsync(NextClaim(cancellationToken), cancellationToken), cancellationToken);

    /// <summary>
    /// Looks who came, when the lease may be lost: what was written is judged as after a refused append, and the lease is taken again or
    /// the writing ends. For a writer that has nothing to append for a while; one look, and while a side writer is inside no more than
    /// that: the next renewal looks again.
    /// </summary>
    /// <exception cref="StorageUnavailableException">Storage failed; nothing is known.</exception>
    public Task CheckAsync(CancellationToken cancellationToken) => InTurnAsync(
        async () =>
        {
            await _fence.CheckAsync(cancellationToken);
            return true;
        },
        cancellationToken);

    /// <summary>
    /// Lets the lease go. Idempotent and bounded: a lease that cannot be released lapses. A superseded attempt must not call this:
    /// the lease is its successor's too, so then nothing is done.
    /// </summary>
    public Task ReleaseAsync() => End is FencedOutcome.Superseded ? Task.CompletedTask : _fence.ReleaseAsync(Path);

    /// <summary>Frees what this object holds in memory; the lease is let go by <see cref="ReleaseAsync()"/> alone.</summary>
    public void Dispose()
    {
        _oneAtATime.Dispose();
        _fence.Dispose();
    }

    private async Task<T> InTurnAsync<T>(Func<Task<T>> act, CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            return await act();
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    private FencedWrite AppendOf(IReadOnlyList<TranscriptEntry> entries, CancellationToken cancellationToken)
    {
        var remaining = entries.Where(entry => Conversation.Find(entry.Id) is null).Select(_state.Stamp).ToImmutableArray();
        return new FencedWrite(
            TryOnce: async () =>
            {
                // What stands by now, by whomever it was written, is not written again.
                remaining = remaining.RemoveAll(entry => Conversation.Find(entry.Id) is not null);
                while (!remaining.IsEmpty)
                {
                    var block = TranscriptBlock.Encode(
                        Identity.Session, Identity.Segment, Conversation, _state.Length, remaining, _dependencies.Clock.GetUtcNow());
                    var condition = new AppendCondition(_state.ETag, _state.Length, Lease);
                    var outcome = await _dependencies.Blobs.AppendAsync(Path, block.Bytes, condition, cancellationToken);
                    if (outcome is BlobWriteOutcome.Refused refused)
                    {
                        return refused.Why;
                    }

                    _state.Appended((BlobWriteOutcome.Written)outcome, block.Lines);
                    _fence.Remember();
                    remaining = remaining.RemoveRange(0, block.Lines.Entries.Length);
                }

                return null;
            },
            Pending: () => [.. remaining.Select(entry => entry.Id)]);
    }

    private FencedWrite NextClaim(CancellationToken cancellationToken)
    {
        var claim = _state.Claim with
        {
            Attempt = Identity.Attempt + 1,
            Epoch = Identity.Epoch + 1,
            Nonce = _dependencies.Ids.NewNonce(),
            ClaimedAt = _dependencies.Clock.GetUtcNow(),
        };
        return new FencedWrite(
            TryOnce: async () =>
            {
                if (Identity.Epoch == claim.Epoch)
                {
                    return null;
                }

                claim = claim with { Segment = Identity.Segment };
                var outcome = await _dependencies.Blobs.SetMetadataAsync(Path, claim.ToMetadata(), _state.ETag, Lease, cancellationToken);
                if (outcome is BlobWriteOutcome.Refused refused)
                {
                    return refused.Why;
                }

                _state.Touched(((BlobWriteOutcome.Written)outcome).ETag);
                _state.Become(claim);
                return null;
            },
            Pending: () => [],
            Recognise: found =>
            {
                // Our own claim, whose answer was lost: from here on the gap is judged as its owner.
                if (found.Claim == claim)
                {
                    _state.Become(claim);
                }
            });
    }
}

/// <summary>Who a writer is: what its claim wrote into the transcript's metadata.</summary>
/// <param name="Attempt">1-based, of this run.</param>
/// <param name="Epoch">The claim's ownership number.</param>
public sealed record WriterIdentity(RunId Run, SessionId Session, int Segment, int Attempt, long Epoch);
