using Holdfast.Outbox;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Transcripts;
using Microsoft.Extensions.Logging;

namespace Holdfast.Leases;

/// <summary>
/// One writer's place in line for a lease that somebody else holds: between two tries it waits, or breaks the lease where
/// <see cref="LeaseBreakJudge"/> allows it. It remembers since when it has seen the same holder, so each wait takes a new one.
/// </summary>
/// <param name="run">The run or reset that waits.</param>
/// <param name="endedOrchestration">See <see cref="LeaseBreakJudge.Judge"/>.</param>
internal sealed partial class LeaseLine(
    IBlobContainer blobs, ReceiptStore receipts, LeaseOptions options, TimeProvider clock, ILogger log, string run, string? endedOrchestration, TimeSpan wait)
{
    /// <summary>The lease is asked for more often than its holder is looked at: claims change seldom.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    private readonly DateTimeOffset _waitUntil = clock.GetUtcNow() + wait;
    private DateTimeOffset _lookAt;
    private LeaseHolder? _holder;
    private BlobETag? _seen;

    /// <summary>The claim under which the lease was last found held.</summary>
    public ClaimStamp? Standing => _holder?.Standing;

    /// <summary>Ends the lease of the holder who was looked at last, unless he wrote, or another one claimed, since.</summary>
    /// <returns>False when one of them did.</returns>
    public async Task<bool> BreakAsync(BlobPath path, CancellationToken cancellationToken) =>
        _seen is not null && await blobs.BreakLeaseAsync(path, _seen, cancellationToken) != LeaseOutcome.Changed;

    /// <summary>Called after each refusal of the lease on <paramref name="path"/>.</summary>
    /// <returns>True when it is worth another try; false when the wait is over.</returns>
    public async Task<bool> StandAsync(BlobPath path, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (now >= _lookAt || now >= _waitUntil)
        {
            _lookAt = now + LookEvery;
            await LookAsync(path, now, cancellationToken);
            if (LeaseBreakJudge.Judge(endedOrchestration, _holder!, options, now) is LeaseBreakVerdict.MayBreak broken)
            {
                if (await BreakAsync(path, cancellationToken))
                {
                    LogBroken(log, path.Value, _holder!.Standing!.RunId, broken.Reason, run);
                    _holder = null;
                    return true;
                }
            }
        }

        if (now >= _waitUntil)
        {
            return false;
        }

        await Task.Delay(options.PollEvery, clock, cancellationToken);
        return true;
    }

    private async Task LookAsync(BlobPath path, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var snapshot = await blobs.ReadAsync(path, 0, maxBytes: 0, cancellationToken);
        var standing = snapshot is null ? null : ClaimStamp.FromMetadata(snapshot.Metadata);
        var since = _holder is { } before && before.Standing == standing ? before.SeenSince : now;
        var hasReceipt = now - since >= options.BreakAfter
            && standing is not null && RunId.TryParse(standing.RunId) is { } holder
            && await receipts.FindAsync(holder.Turn, cancellationToken) is not null;
        (_holder, _seen) = (new LeaseHolder(standing, since, hasReceipt), snapshot?.ETag);
    }

    [LoggerMessage(EventId = 1220, Level = LogLevel.Warning, Message = "The lease on {Path} is broken: run {Holder} has no claim to it any more ({Reason}); {Run} waits for it")]
    private static partial void LogBroken(ILogger logger, string path, string holder, LeaseBreakReason reason, string run);
}
