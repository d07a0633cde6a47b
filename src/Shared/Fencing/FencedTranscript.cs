using System.Buffers;
using System.Collections.Immutable;
using Holdfast.Leases;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Transcripts;
using Microsoft.Extensions.Logging;

namespace Holdfast.Fencing;

/// <summary>
/// A claimed session's transcript. Every append is conditional on lease, ETag and position together, so storage itself refuses a writer
/// that lost the session (I8). A refusal is a question, not an error: one ranged read gives what stands since our position, the
/// <see cref="FenceJudge"/> says what it means, and only a takeover or a newer attempt ends the writing (I1, I2).
/// <para>Appends are serialised; any thread may call. A crash inside leaves an append that stands whole or not at all.</para>
/// </summary>
public sealed partial class FencedTranscript : IDisposable
{
    /// <summary>Storage faults in a row, after the SDK's own retries, before the execution gives up and is run again.</summary>
    private const int MaxFaults = 6;

    private readonly IBlobContainer _blobs;
    private readonly ConversationCache _cache;
    private readonly IdSource _ids;
    private readonly LeaseOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private readonly CancellationTokenSource _ended = new();
    private TranscriptPosition _position;
    private long _sequence;

    internal FencedTranscript(
        IBlobContainer blobs,
        ConversationCache cache,
        IdSource ids,
        LeaseOptions options,
        TimeProvider clock,
        ILogger log,
        WriterIdentity identity,
        TranscriptPosition position,
        Conversation conversation)
    {
        (_blobs, _cache, _ids, _options, _clock, _log, _position) = (blobs, cache, ids, options, clock, log, position);
        (Identity, Conversation) = (identity, conversation);
        Path = TranscriptPaths.Segment(identity.Session, identity.Segment);
    }

    public BlobPath Path { get; }

    public WriterIdentity Identity { get; private set; }

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
    /// Appends the entries in one block, in order. Entries without a stamp get this writer's; parents are set to what they follow.
    /// </summary>
    /// <exception cref="StorageUnavailableException">Storage failed for long; the entries may or may not stand, and their ids tell.</exception>
    public async Task<FencedOutcome> AppendAsync(IReadOnlyList<TranscriptEntry> entries, CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            var remaining = entries.Where(entry => Conversation.Find(entry.Id) is null).Select(Stamped).ToImmutableArray();
            return await WriteAsync(
                tryOnce: async () =>
                {
                    var chained = Chained(remaining);
                    if (chained.IsEmpty)
                    {
                        return true;
                    }

                    var written = await _blobs.AppendAsync(Path, Encode(chained), Condition, cancellationToken) as BlobWriteOutcome.Written;
                    return written is not null && Advance(written.ETag, written.Length, chained);
                },
                pending: () => [.. remaining.Select(entry => entry.Id)],
                adopt: standing => remaining = remaining.RemoveAll(entry => standing.Contains(entry.Id)),
                isOwnClaim: _ => false,
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
            var claim = new ClaimStamp(next.Run.Value, next.Attempt, next.Epoch, next.Session, next.Segment, _ids.NewNonce());
            var outcome = await WriteAsync(
                tryOnce: async () => await _blobs.SetMetadataAsync(Path, claim.ToMetadata(), _position.ETag, next.Run.Lease, cancellationToken)
                    is BlobWriteOutcome.Written written && Advance(written.ETag, _position.Length, []),
                pending: () => [],
                adopt: _ => { },
                isOwnClaim: found => found == claim,
                cancellationToken);
            if (outcome is FencedOutcome.Appended)
            {
                Identity = next;
                _position = _position with { Epoch = next.Epoch };
                _sequence = 0;
            }

            return outcome;
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

        using var bound = new CancellationTokenSource(_options.ReleaseWithin, _clock);
        try
        {
            await _blobs.ReleaseLeaseAsync(Path, Identity.Run.Lease, bound.Token);
        }
        catch (Exception fault) when (fault is StorageUnavailableException or OperationCanceledException)
        {
            LogNotReleased(_log, fault, Identity.Session.Value, Identity.Run.Value);
        }
    }

    /// <summary>Frees what this object holds in memory; the lease is let go by <see cref="ReleaseAsync"/> alone.</summary>
    public void Dispose()
    {
        _oneAtATime.Dispose();
        _ended.Dispose();
    }

    private AppendCondition Condition => new(_position.ETag, _position.Length, Identity.Run.Lease);

    /// <summary>The one loop of all conditional writes: try, and on a refusal or a fault read the gap, judge, and try again.</summary>
    private async Task<FencedOutcome> WriteAsync(
        Func<Task<bool>> tryOnce,
        Func<ImmutableArray<EntryId>> pending,
        Action<ImmutableHashSet<EntryId>> adopt,
        Func<ClaimStamp?, bool> isOwnClaim,
        CancellationToken cancellationToken)
    {
        var faults = 0;
        var waitUntil = _clock.GetUtcNow() + _options.FenceWait;
        while (End is null)
        {
            try
            {
                if (await tryOnce())
                {
                    return FencedOutcome.Appended.Instance;
                }

                var gap = await GapReading.ReadAsync(_blobs, Path, _position.Length, cancellationToken);
                if (gap is not null && isOwnClaim(gap.Claim) && gap.Length == _position.Length)
                {
                    Advance(gap.ETag, gap.Length, []);
                    return FencedOutcome.Appended.Instance;
                }

                await ResolveAsync(FenceJudge.Judge(Identity, _position, pending(), gap), gap, adopt, waitUntil, cancellationToken);
            }
            catch (StorageUnavailableException fault) when (++faults < MaxFaults)
            {
                LogFault(_log, fault, Identity.Session.Value, Identity.Run.Value, faults);
                await Task.Delay(TimeSpan.FromSeconds(0.25 * (1 << faults)), _clock, cancellationToken);
            }
        }

        return End;
    }

    /// <summary>Ends the writing, or adopts what stands and makes sure of the lease. A side writer inside is waited for.</summary>
    private async Task ResolveAsync(
        FenceVerdict verdict, GapReading? gap, Action<ImmutableHashSet<EntryId>> adopt, DateTimeOffset waitUntil, CancellationToken cancellationToken)
    {
        if (verdict is FenceVerdict.Superseded or FenceVerdict.Takeover)
        {
            Note(verdict);
            await EndAsync(verdict);
            return;
        }

        if (await _blobs.AcquireLeaseAsync(Path, Identity.Run.Lease, _options.Duration, cancellationToken) == LeaseOutcome.Held)
        {
            Note(verdict);
            Advance(gap!.ETag, gap.Length, gap.Entries);
            adopt(verdict is FenceVerdict.Own own ? own.Standing : []);
            return;
        }

        // Somebody holds the lease and the epoch is still ours: a side writer is inside. Judge again when he is done.
        if (_clock.GetUtcNow() >= waitUntil)
        {
            throw new StorageUnavailableException("The transcript's lease was held by a side writer for longer than the fence waits.");
        }

        await Task.Delay(_options.PollEvery, _clock, cancellationToken);
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

    private bool Advance(BlobETag etag, long length, ImmutableArray<TranscriptEntry> appended)
    {
        _position = _position with { ETag = etag, Length = length };
        if (!appended.IsEmpty)
        {
            Conversation = Conversation.Apply(appended);
            _cache.Store(Identity.Session, Identity.Segment, Conversation, length);
        }

        return true;
    }

    private TranscriptEntry Stamped(TranscriptEntry entry) => entry.Stamp is not null
        ? entry
        : entry with { Stamp = new EntryStamp(Identity.Run.Value, Identity.Attempt, Identity.Epoch, ++_sequence, EntrySource.Turn) };

    private ImmutableArray<TranscriptEntry> Chained(ImmutableArray<TranscriptEntry> entries)
    {
        var parent = Conversation.LastId;
        var chained = ImmutableArray.CreateBuilder<TranscriptEntry>(entries.Length);
        foreach (var entry in entries)
        {
            chained.Add(entry with { ParentId = parent });
            parent = entry.Id;
        }

        return chained.MoveToImmutable();
    }

    private ReadOnlyMemory<byte> Encode(ImmutableArray<TranscriptEntry> entries)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        if (_position.Length == 0)
        {
            TranscriptLineWriter.WriteHeader(buffer, Identity.Session, Identity.Segment, _clock.GetUtcNow());
        }

        foreach (var entry in entries)
        {
            TranscriptLineWriter.Write(buffer, entry);
        }

        return buffer.WrittenMemory;
    }
}
