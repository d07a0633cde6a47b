using Holdfast.Storage;
using Holdfast.Transcripts;

namespace Holdfast.Tests.Explorer.Breakages;

/// <summary>
/// Stands before the service and takes away what the real code asks of it: what the code would do if it did not ask. Each
/// call is still one atomic step.
/// </summary>
internal sealed class BrokenService(IBlobContainer service, ServiceBreakage breakage) : IBlobContainer
{
    private readonly Dictionary<string, (BlobSnapshot Before, BlobETag Now)> _torn = [];

    public Task EnsureExistsAsync(CancellationToken cancellationToken) => service.EnsureExistsAsync(cancellationToken);

    public async Task<BlobSnapshot?> ReadAsync(BlobPath path, long offset, int? maxBytes, CancellationToken cancellationToken)
    {
        var read = await service.ReadAsync(path, offset, maxBytes, cancellationToken);
        if (breakage is ServiceBreakage.TornReadsWithoutPosition && read is not null
            && _torn.Remove(path.Value, out var torn) && torn.Before.Length >= offset)
        {
            // As Azurite may: bytes and length of before, ETag and metadata of now.
            return read with { Content = torn.Before.Content[(int)offset..], Length = torn.Before.Length };
        }

        return read;
    }

    public async Task<BlobWriteOutcome> CreateAsync(BlobPath path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var drops = breakage == ServiceBreakage.OutboxCreatedTwice && path.Value.StartsWith("outbox/", StringComparison.Ordinal);
        return drops && await ETagOf(path) is { } etag
            ? await service.ReplaceAsync(path, content, etag, cancellationToken)
            : await service.CreateAsync(path, content, cancellationToken);
    }

    public Task<BlobWriteOutcome> ReplaceAsync(
        BlobPath path, ReadOnlyMemory<byte> content, BlobETag ifMatch, CancellationToken cancellationToken) =>
        service.ReplaceAsync(path, content, ifMatch, cancellationToken);

    public async Task<BlobWriteOutcome> CreateAppendAsync(
        BlobPath path, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        if (breakage == ServiceBreakage.SegmentCreatedTwice && await ETagOf(path) is { } etag)
        {
            await service.DeleteAsync(path, etag, cancellationToken);
        }

        var isBegunAnew = breakage == ServiceBreakage.EpochBegunAnew && OwnershipMetadata.FromMetadata(metadata) is { Segment: > 0 };
        var written = isBegunAnew ? (OwnershipMetadata.FromMetadata(metadata)! with { Epoch = 0 }).ToMetadata() : metadata;
        return await service.CreateAppendAsync(path, written, cancellationToken);
    }

    public async Task<BlobWriteOutcome> AppendAsync(
        BlobPath path, ReadOnlyMemory<byte> block, AppendCondition condition, CancellationToken cancellationToken)
    {
        var now = await service.ReadAsync(path, 0, null, CancellationToken.None);
        if (now is null)
        {
            return await service.AppendAsync(path, block, condition, cancellationToken);
        }

        condition = breakage switch
        {
            ServiceBreakage.AppendWithoutETag => condition with { ETag = now.ETag },
            ServiceBreakage.AppendAnywhere => condition with { ETag = now.ETag, Position = now.Length },
            ServiceBreakage.TornReadsWithoutPosition => condition with { Position = now.Length },
            _ => condition,
        };
        var outcome = await service.AppendAsync(path, block, condition, cancellationToken);
        if (outcome is BlobWriteOutcome.Written written)
        {
            _torn[path.Value] = (now, written.ETag);
            if (breakage == ServiceBreakage.AppendSentTwice)
            {
                var again = new AppendCondition(written.ETag, written.Length, condition.Lease);
                return await service.AppendAsync(path, block, again, cancellationToken);
            }
        }

        return outcome;
    }

    public async Task<BlobWriteOutcome> SetMetadataAsync(
        BlobPath path, IReadOnlyDictionary<string, string> metadata, BlobETag ifMatch, LeaseId lease, CancellationToken cancellationToken)
    {
        if (breakage == ServiceBreakage.ResetWithoutClaim && OwnershipMetadata.FromMetadata(metadata) is { EndsSession: true })
        {
            return await UndoneAsync(path, ifMatch);
        }

        var condition = breakage == ServiceBreakage.MetadataWithoutETag ? await ETagOf(path) ?? ifMatch : ifMatch;
        return await service.SetMetadataAsync(path, metadata, condition, lease, cancellationToken);
    }

    public Task<BlobWriteOutcome> SealAsync(BlobPath path, BlobETag ifMatch, LeaseId lease, CancellationToken cancellationToken) =>
        breakage == ServiceBreakage.NoSeal ? UndoneAsync(path, ifMatch) : service.SealAsync(path, ifMatch, lease, cancellationToken);

    public Task<BlobWriteOutcome> DeleteAsync(BlobPath path, BlobETag ifMatch, CancellationToken cancellationToken) =>
        service.DeleteAsync(path, ifMatch, cancellationToken);

    public IAsyncEnumerable<BlobListing> ListAsync(string prefix, CancellationToken cancellationToken) =>
        service.ListAsync(prefix, cancellationToken);

    public async Task<LeaseOutcome> AcquireLeaseAsync(
        BlobPath path, LeaseId proposed, TimeSpan duration, CancellationToken cancellationToken)
    {
        var outcome = await service.AcquireLeaseAsync(path, proposed, duration, cancellationToken);
        if (outcome != LeaseOutcome.Busy || breakage != ServiceBreakage.LeaseBrokenWithoutRight)
        {
            return outcome;
        }

        await service.BreakLeaseAsync(path, (await ETagOf(path))!, cancellationToken);
        return await service.AcquireLeaseAsync(path, proposed, duration, cancellationToken);
    }

    public Task<LeaseOutcome> RenewLeaseAsync(BlobPath path, LeaseId lease, CancellationToken cancellationToken) =>
        service.RenewLeaseAsync(path, lease, cancellationToken);

    public Task<LeaseOutcome> ReleaseLeaseAsync(BlobPath path, LeaseId lease, CancellationToken cancellationToken) =>
        service.ReleaseLeaseAsync(path, lease, cancellationToken);

    public async Task<LeaseOutcome> BreakLeaseAsync(BlobPath path, BlobETag ifMatch, CancellationToken cancellationToken) =>
        await service.BreakLeaseAsync(
            path, breakage == ServiceBreakage.BreakWithoutETag ? await ETagOf(path) ?? ifMatch : ifMatch, cancellationToken);

    /// <summary>As if the code had not asked for it: nothing happens, and it goes on with what it knew.</summary>
    private async Task<BlobWriteOutcome> UndoneAsync(BlobPath path, BlobETag ifMatch) =>
        new BlobWriteOutcome.Written(ifMatch, (await service.ReadAsync(path, 0, 0, CancellationToken.None))?.Length ?? 0);

    private async Task<BlobETag?> ETagOf(BlobPath path) => (await service.ReadAsync(path, 0, 0, CancellationToken.None))?.ETag;
}

/// <summary>A condition that is taken away from the calls of the real code, or a call that does nothing.</summary>
internal enum ServiceBreakage
{
    None = 0,
    AppendWithoutETag = 1,
    AppendAnywhere = 2,
    TornReadsWithoutPosition = 3,
    AppendSentTwice = 4,
    MetadataWithoutETag = 5,
    LeaseBrokenWithoutRight = 6,
    OutboxCreatedTwice = 7,
    SegmentCreatedTwice = 8,
    BreakWithoutETag = 9,
    NoSeal = 10,
    ResetWithoutClaim = 11,
    EpochBegunAnew = 12,
}
