using Holdfast.Ownership.Leases;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Transcripts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Holdfast.Ownership.Resets;

/// <summary>
/// Closes a key's session for good and gives the key the next one: lease → claim with the next epoch → seal → key record
/// (docs/decisions/0012). The claim shuts out a run that writes, the seal is what makes the reset stand.
/// <para>
/// A crash after the claim leaves a session that whoever claims next goes on with: the reset did not happen. A crash after the seal
/// leaves a closed session whose key still names it: whoever finds it gives the key its next one
/// (<see cref="SessionDirectory.MoveOnAsync"/>), always the same. Anybody may call, also several at once.
/// </para>
/// </summary>
public sealed partial class SessionReset(
    IBlobContainer blobs,
    SessionDirectory sessions,
    IdSource ids,
    IOptions<LeaseOptions> options,
    TimeProvider clock,
    ILogger<SessionReset> log)
{
    /// <param name="force">Breaks the lease of whoever holds the session instead of giving way to him.</param>
    public async Task<ResetOutcome> ResetAsync(SessionKey key, bool force, CancellationToken cancellationToken)
    {
        if (await sessions.FindAsync(key, cancellationToken) is not { } record)
        {
            return new ResetOutcome.Unknown();
        }

        var ended = record.SessionId;
        var work = new Work(ended, record.ActiveSegment, ids.NewLeaseId(), OwnershipMetadata.EndPrefix + ids.NewNonce());
        if (await CloseAsync(work, force, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        var next = await sessions.MoveOnAsync(key, ended, cancellationToken);
        LogDone(log, ended.Value, next.SessionId.Value);
        await ReleaseAsync(work);
        return new ResetOutcome.Done(ended, next);
    }

    /// <returns>Null once the session is closed.</returns>
    private async Task<ResetOutcome?> CloseAsync(Work work, bool force, CancellationToken cancellationToken)
    {
        var waitUntil = clock.GetUtcNow() + options.Value.ResetWait;
        while (true)
        {
            switch (await blobs.AcquireLeaseAsync(work.Path, work.Lease, BlobLimits.MinLease, cancellationToken))
            {
                case LeaseOutcome.Held:
                    var (isDecided, refusal) = await SealAsync(work, cancellationToken);
                    if (isDecided)
                    {
                        return refusal;
                    }

                    break;
                case LeaseOutcome.NotFound:
                    // Nothing was said in this session yet; it is closed like any other, so that a turn that was opened in it finds out.
                    await blobs.CreateAppendAsync(work.Path, work.Carried.ToMetadata(), cancellationToken);
                    break;
                case var _ when clock.GetUtcNow() < waitUntil:
                    await Task.Delay(options.Value.PollEvery, clock, cancellationToken);
                    break;
                default:
                    var holder = await blobs.ReadAsync(work.Path, 0, maxBytes: 0, cancellationToken);
                    var claim = holder is null ? null : OwnershipMetadata.FromMetadata(holder.Metadata);
                    if (!force)
                    {
                        return new ResetOutcome.Held(claim);
                    }

                    if (holder is not null
                        && await blobs.BreakLeaseAsync(work.Path, holder.ETag, cancellationToken) != LeaseOutcome.Changed)
                    {
                        LogBrokenIn(log, work.Path.Value, claim?.RunId);
                    }

                    // He may have written since the look, or take his lease again before we come in: the next break comes a little later.
                    waitUntil = clock.GetUtcNow() + options.Value.PollEvery;
                    break;
            }
        }
    }

    /// <summary>Claims and seals under the lease. A segment that was rolled meanwhile is followed.</summary>
    /// <returns>Undecided when somebody wrote in between: look again.</returns>
    private async Task<(bool IsDecided, ResetOutcome? Refusal)> SealAsync(Work work, CancellationToken cancellationToken)
    {
        if (await blobs.ReadAsync(work.Path, 0, maxBytes: 0, cancellationToken) is not { } snapshot)
        {
            return (false, null);
        }

        if (OwnershipMetadata.FromMetadata(snapshot.Metadata) is not { } standing || standing.SessionId != work.Session)
        {
            await ReleaseAsync(work);
            return (true, new ResetOutcome.Unreadable());
        }

        if (snapshot.IsSealed && !standing.EndsSession)
        {
            await ReleaseAsync(work);
            work.Follow(standing);
            return (false, null);
        }

        if (snapshot.IsSealed)
        {
            return (true, null);
        }

        var etag = snapshot.ETag;
        if (standing.RunId != work.Name)
        {
            var claim = new OwnershipMetadata(work.Name, 1, standing.Epoch + 1, work.Session, work.Segment, ids.NewNonce())
            {
                ClaimedAt = clock.GetUtcNow(),
            };
            if (await blobs.SetMetadataAsync(
                work.Path, claim.ToMetadata(), etag, work.Lease, cancellationToken) is not BlobWriteOutcome.Written written)
            {
                return (false, null);
            }

            etag = written.ETag;
        }

        // Refused, also when an answer was lost: what stands says whether it is sealed, and the claim whether it is ours.
        return (await blobs.SealAsync(work.Path, etag, work.Lease, cancellationToken) is BlobWriteOutcome.Written, null);
    }

    private Task ReleaseAsync(Work work) => blobs.LetGoAsync(work.Path, work.Lease, options.Value, clock, log);

    /// <summary>One reset: where it is, and under which name and lease it claims.</summary>
    private sealed class Work(SessionId session, int segment, LeaseId lease, string name)
    {
        public SessionId Session { get; } = session;

        public int Segment { get; private set; } = segment;

        /// <summary>What a segment that is not there yet begins with.</summary>
        public OwnershipMetadata Carried { get; private set; } = OwnershipMetadata.Unclaimed(session, segment);

        public LeaseId Lease { get; } = lease;

        public string Name { get; } = name;

        public BlobPath Path => TranscriptPaths.Segment(Session, Segment);

        /// <summary>A roll carries the claim over; whoever finds the next segment missing creates it so.</summary>
        public void Follow(OwnershipMetadata standing)
        {
            Segment++;
            Carried = standing with { Segment = Segment };
        }
    }
}
