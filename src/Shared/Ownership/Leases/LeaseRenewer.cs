using Holdfast.Storage;
using Microsoft.Extensions.Logging;

namespace Holdfast.Ownership.Leases;

/// <summary>A lease that is held, and what its renewer needs to know of its owner.</summary>
/// <param name="Path">The blob it lies on; asked at each renewal, as an owner may move on to another segment.</param>
/// <param name="Id">The id it is held under.</param>
/// <param name="DeadlineAt">The turn's deadline: <see cref="LeaseOptions.DeadlineMargin"/> after it nothing is renewed any more.</param>
/// <param name="AtRenewal">
/// Called after each renewal, never twice at once: while a call is still at work the news waits for the next renewal. True says that the
/// lease may be lost: it was refused, or its time is over without an answer. Then the owner looks at once who came
/// (<c>FencedTranscript.CheckAsync</c>); its next append may be minutes away.
/// </param>
public sealed record HeldLease(Func<BlobPath> Path, LeaseId Id, DateTimeOffset DeadlineAt, Func<bool, CancellationToken, Task> AtRenewal);

/// <summary>
/// Renews a run's lease while an activity of that run works, and calls its owner at each renewal. The lease is for exclusion and
/// liveness only: a renewal that succeeds proves nothing about the content, and one that fails ends nothing. The owner's look and its
/// next conditional append find out.
/// <para>
/// The lease's own time runs from before each request that was granted; a renewal call takes no longer than what is left of it. Renewals
/// keep their own time whatever the owner does, and whatever goes wrong with one of them or with the owner ends none after it. After
/// disposal nothing is renewed or acquired again. Disposal waits for a renewal and for an owner's look that are under way, no longer than
/// <see cref="LeaseOptions.ReleaseWithin"/>.
/// </para>
/// </summary>
public sealed partial class LeaseRenewer : IAsyncDisposable
{
    private readonly IBlobContainer _blobs;
    private readonly HeldLease _lease;
    private readonly LeaseOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop;
    private readonly Task _loop;
    private DateTimeOffset _heldUntil;
    private Task<bool> _telling = Task.FromResult(false);
    private bool _isLost;

    private LeaseRenewer(
        IBlobContainer blobs, HeldLease lease, LeaseOptions options, TimeProvider clock, ILogger log, CancellationToken until)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(until);
        (_blobs, _lease, _options, _clock, _log) = (blobs, lease, options, clock, log);
        _heldUntil = clock.GetUtcNow() + options.Duration;
        _loop = RenewAsync(_stop.Token);
    }

    /// <summary>Renewals that the service granted.</summary>
    public int Renewals { get; private set; }

    /// <summary>Starts renewing a lease that was acquired just now.</summary>
    /// <param name="until">
    /// Fires when the writer is shut out: from then on nothing is renewed, as the lease is its successor's, and one that died must lapse.
    /// </param>
    public static LeaseRenewer Start(
        IBlobContainer blobs, HeldLease lease, LeaseOptions options, TimeProvider clock, ILogger log, CancellationToken until) =>
        new(blobs, lease, options, clock, log, until);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await _loop.WaitAsync(_options.ReleaseWithin, _clock);
            _stop.Dispose();
        }
        catch (TimeoutException)
        {
            var path = _lease.Path().Value;
            LogStillAtWork(_log, path);
        }
    }

    private async Task RenewAsync(CancellationToken stop)
    {
        var renewUntil = _lease.DeadlineAt + _options.DeadlineMargin;
        using var timer = new PeriodicTimer(_options.RenewEvery, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stop) && _clock.GetUtcNow() < renewUntil)
            {
                var outcome = await RenewOnceAsync(stop);
                Tell(outcome is LeaseOutcome.Lost or LeaseOutcome.NotFound || _clock.GetUtcNow() >= _heldUntil, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Disposed or shut out: the owner is done with the lease.
        }

        await _telling;
    }

    /// <summary>A loss is told until the owner has looked, also when he was at work meanwhile, or the lease is held again by now.</summary>
    private void Tell(bool isLost, CancellationToken stop)
    {
        _isLost |= isLost;
        if (_telling is { IsCompleted: true, Result: var isUnheard })
        {
            _telling = TellAsync(_isLost || isUnheard, stop);
            _isLost = false;
        }
    }

    /// <returns>True when the owner has not looked at a loss that it was told.</returns>
    private async Task<bool> TellAsync(bool isLost, CancellationToken stop)
    {
        await Task.Yield(); // However long the owner takes until its first await, the renewals do not wait.
        try
        {
            await _lease.AtRenewal(isLost, stop);
            return false;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return isLost;
        }
        catch (Exception fault)
        {
            // Whatever it is: a run whose lease lapses unseen is worse.
            var (level, path) = (fault is StorageUnavailableException ? LogLevel.Warning : LogLevel.Error, _lease.Path().Value);
            LogNotTold(_log, level, fault, path);
            return isLost;
        }
    }

    /// <returns>Null when no answer came.</returns>
    private async Task<LeaseOutcome?> RenewOnceAsync(CancellationToken stop)
    {
        var (path, sentAt) = (_lease.Path(), _clock.GetUtcNow());
        var left = _heldUntil - sentAt;
        using var cap = new CancellationTokenSource(left > TimeSpan.Zero ? left : _options.RenewEvery, _clock);
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(stop, cap.Token);
        try
        {
            var outcome = await _blobs.RenewLeaseAsync(path, _lease.Id, bounded.Token);
            if (outcome == LeaseOutcome.Held)
            {
                Renewals++;
                _heldUntil = sentAt + _options.Duration;
            }
            else
            {
                LogNotRenewed(_log, path.Value, outcome);
            }

            return outcome;
        }
        catch (Exception fault) when (fault is StorageUnavailableException
            || (fault is OperationCanceledException && !stop.IsCancellationRequested))
        {
            LogFault(_log, fault, path.Value);
            return null;
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            LogUnexpected(_log, fault, path.Value);
            return null;
        }
    }
}
