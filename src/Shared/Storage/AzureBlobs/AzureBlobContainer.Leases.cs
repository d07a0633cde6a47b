using Azure;
using Azure.Storage.Blobs.Specialized;

namespace Holdfast.Storage.AzureBlobs;

public sealed partial class AzureBlobContainer
{
    public Task<LeaseOutcome> AcquireLeaseAsync(BlobPath path, LeaseId proposed, TimeSpan duration, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(proposed);
        BlobLimits.CheckLease(duration);
        return LeaseAsync(
            BlobVerb.AcquireLease,
            path,
            async () => await LeaseClient(path, proposed).AcquireAsync(duration, cancellationToken: cancellationToken),
            LeaseOutcome.Held,
            cancellationToken);
    }

    public Task<LeaseOutcome> RenewLeaseAsync(BlobPath path, LeaseId lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        return LeaseAsync(
            BlobVerb.RenewLease,
            path,
            async () => await LeaseClient(path, lease).RenewAsync(cancellationToken: cancellationToken),
            LeaseOutcome.Held,
            cancellationToken);
    }

    public Task<LeaseOutcome> ReleaseLeaseAsync(BlobPath path, LeaseId lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        return LeaseAsync(
            BlobVerb.ReleaseLease,
            path,
            async () => await LeaseClient(path, lease).ReleaseAsync(cancellationToken: cancellationToken),
            LeaseOutcome.Free,
            cancellationToken);
    }

    public Task<LeaseOutcome> BreakLeaseAsync(BlobPath path, BlobETag ifMatch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ifMatch);
        return LeaseAsync(
            BlobVerb.BreakLease,
            path,
            async () => await LeaseClient(path, lease: null).BreakAsync(TimeSpan.Zero, IfMatch(ifMatch), cancellationToken),
            LeaseOutcome.Free,
            cancellationToken);
    }

    private BlobLeaseClient LeaseClient(BlobPath path, LeaseId? lease) =>
        _container.GetBlobClient(path.Value).GetBlobLeaseClient(lease?.Value);

    private async Task<LeaseOutcome> LeaseAsync(
        BlobVerb verb, BlobPath path, Func<Task> call, LeaseOutcome success, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        StorageMeter.Count(verb, path.Value);
        try
        {
            await call();
            return success;
        }
        catch (RequestFailedException refused) when (BlobErrorCodes.TryToLease(verb, refused.ErrorCode, out var outcome))
        {
            LeaseRefused(verb, path, outcome);
            return outcome;
        }
        catch (Exception exception) when (IsFault(exception, cancellationToken))
        {
            throw ToFault(verb, path.Value, exception, cancellationToken);
        }
    }
}
