using Holdfast.Storage;
using Microsoft.Extensions.Logging;

namespace Holdfast.Leases;

/// <summary>
/// Renews a run's lease while an activity of that run works, and calls its owner at each renewal. The lease is for exclusion and
/// liveness only: a renewal that succeeds proves nothing about the content, and one that fails ends nothing. The next conditional
/// append finds out.
/// <para>After disposal nothing is renewed or acquired again. Disposal waits for a renewal that is under way.</para>
/// </summary>
public sealed partial class LeaseKeeper : IAsyncDisposable
{
    private readonly IBlobContainer _blobs;
    private readonly Func<BlobPath> _path;
    private readonly LeaseId _lease;
    private readonly LeaseOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Func<CancellationToken, Task> _atRenewal;
    private readonly CancellationTokenSource _stop;
    private readonly Task _loop;

    private LeaseKeeper(
        IBlobContainer blobs, Func<BlobPath> path, LeaseId lease, LeaseOptions options, TimeProvider clock, ILogger log,
        Func<CancellationToken, Task> atRenewal, CancellationToken until)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(until);
        (_blobs, _path, _lease, _options, _clock, _log, _atRenewal) = (blobs, path, lease, options, clock, log, atRenewal);
        _loop = RenewAsync(_stop.Token);
    }

    /// <summary>Renewals that the service granted.</summary>
    public int Renewals { get; private set; }

    /// <summary>Starts renewing a lease that is held under <paramref name="lease"/>.</summary>
    /// <param name="path">The blob whose lease it is now, asked at each renewal: a roll takes the lease into another segment.</param>
    /// <param name="atRenewal">Called after each renewal, never twice at once: the owner's chance to append what waits.</param>
    /// <param name="until">
    /// Fires when the writer is shut out: from then on nothing is renewed, as the lease is its successor's, and one that died must lapse.
    /// </param>
    public static LeaseKeeper Start(
        IBlobContainer blobs, Func<BlobPath> path, LeaseId lease, LeaseOptions options, TimeProvider clock, ILogger log,
        Func<CancellationToken, Task> atRenewal, CancellationToken until) =>
        new(blobs, path, lease, options, clock, log, atRenewal, until);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    private async Task RenewAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(_options.RenewEvery, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                await RenewOnceAsync(stop);
                await _atRenewal(stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Disposed or shut out: the owner is done with the lease.
        }
    }

    private async Task RenewOnceAsync(CancellationToken stop)
    {
        var path = _path();
        try
        {
            var outcome = await _blobs.RenewLeaseAsync(path, _lease, stop);
            if (outcome == LeaseOutcome.Held)
            {
                Renewals++;
            }
            else
            {
                LogNotRenewed(_log, path.Value, outcome);
            }
        }
        catch (StorageUnavailableException fault)
        {
            LogFault(_log, fault, path.Value);
        }
    }
}
