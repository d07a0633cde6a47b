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
        (Identity, Conversation, Lease) = (identity, conversation, options.LeaseOf(identity.Run));
        Path = TranscriptPaths.Segment(identity.Session, identity.Segment);
        _sequence = LastSequence(conversation, identity);
    }

    public BlobPath Path { get; }

    public WriterIdentity Identity { get; private set; }

    /// <summary>The id under which the run holds the segment, here in this deployment.</summary>
    public LeaseId Lease { get; }

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
                    // What stands by now, by whomever it was written, is not written again.
                    remaining = remaining.RemoveAll(entry => Conversation.Find(entry.Id) is not null);
                    var chained = Chained(remaining);
                    if (chained.IsEmpty)
                    {
                        return null;
                    }

                    var outcome = await _blobs.AppendAsync(Path, Encode(chained), Condition, cancellationToken);
                    return Passed(outcome, outcome is BlobWriteOutcome.Written written ? written.Length : 0, chained);
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
            var claim = new ClaimStamp(next.Run.Value, next.Attempt, next.Epoch, next.Session, next.Segment, _ids.NewNonce());
            return await WriteAsync(
                tryOnce: async () =>
                {
                    if (Identity == next)
                    {
                        return null;
                    }

                    var outcome = await _blobs.SetMetadataAsync(Path, claim.ToMetadata(), _position.ETag, Lease, cancellationToken);
                    var refusal = Passed(outcome, _position.Length, []);
                    if (refusal is null)
                    {
                        Become(next);
                    }

                    return refusal;
                },
                pending: () => [],
                recognise: found =>
                {
                    // Our own claim, whose answer was lost: from here on the gap is judged as its owner.
                    if (found.Claim == claim)
                    {
                        Become(next);
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
            await _blobs.ReleaseLeaseAsync(Path, Lease, bound.Token);
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

    private AppendCondition Condition => new(_position.ETag, _position.Length, Lease);

    private TranscriptEntry Stamped(TranscriptEntry entry) => entry.Stamp is not null
        ? entry
        : entry with { Stamp = new EntryStamp(Identity.Run.Value, Identity.Attempt, Identity.Epoch, ++_sequence, EntrySource.Turn) };

    /// <summary>Whoever goes on under a claim counts on where its writer stopped; a new claim has written nothing.</summary>
    private static long LastSequence(Conversation conversation, WriterIdentity identity)
    {
        var newest = conversation.Entries.FindLast(entry => entry.Stamp?.Source == EntrySource.Turn);
        return newest?.Stamp is { } stamp && stamp.RunId == identity.Run.Value && stamp.Epoch == identity.Epoch ? stamp.Seq : 0;
    }

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
