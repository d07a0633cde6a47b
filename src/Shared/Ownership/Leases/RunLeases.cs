using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Transcripts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Holdfast.Ownership.Leases;

/// <summary>The leases that runs hold in this deployment: renewed while an activity works, let go where nobody else would.</summary>
public sealed class RunLeases(IBlobContainer blobs, IOptions<LeaseOptions> options, TimeProvider clock, ILogger<RunLeases> log)
{
    /// <summary>The id under which a run holds whatever it works on.</summary>
    public LeaseId Of(RunId run) => options.Value.LeaseOf(run);

    /// <inheritdoc cref="LeaseRenewer.Start"/>
    public LeaseRenewer Renew(HeldLease lease, CancellationToken until) =>
        LeaseRenewer.Start(blobs, lease, options.Value, clock, log, until);

    /// <summary>Lets the lease of a run go that has ended; one that it holds no more is no fault.</summary>
    public Task ReleaseAsync(SessionId session, int segment, RunId run, CancellationToken cancellationToken) =>
        blobs.ReleaseLeaseAsync(TranscriptPaths.Segment(session, segment), Of(run), cancellationToken);
}
