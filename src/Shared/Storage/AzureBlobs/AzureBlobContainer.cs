using System.Runtime.InteropServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Holdfast.Storage.AzureBlobs;

/// <summary>
/// <see cref="IBlobContainer"/> on Azure Storage (or Azurite). Each call is one request, and carries its conditions with it; the SDK
/// sends it again after a fault (<see cref="StorageOptions.MaxRetries"/>), which is why a refusal may be that of our own success.
/// Thread safe; one per process.
/// </summary>
public sealed class AzureBlobContainer : IBlobContainer, IDisposable
{
    private readonly BlobConnection _connection;
    private readonly BlobContainerClient _container;
    private readonly BlobCalls _calls;
    private readonly BlobReads _reads;

    public AzureBlobContainer(IOptions<StorageOptions> options, ILogger<AzureBlobContainer> logger)
    {
        _connection = new BlobConnection(options.Value, logger);
        _container = _connection.Container;
        _calls = new BlobCalls(logger);
        _reads = new BlobReads(_container, _calls, options.Value.ListPageSize);
    }

    public void Dispose() => _connection.Dispose();

    /// <remarks>The first call of a process: its fault says which account is meant, without a key that a query may hold.</remarks>
    public Task EnsureExistsAsync(CancellationToken cancellationToken) => _calls.MakeAsync(
        BlobVerb.EnsureExists,
        _container.Uri.GetLeftPart(UriPartial.Path),
        () => _container.CreateIfNotExistsAsync(cancellationToken: cancellationToken),
        cancellationToken);

    public Task<BlobSnapshot?> ReadAsync(BlobPath path, long offset, int? maxBytes, CancellationToken cancellationToken) =>
        _reads.ReadAsync(path, offset, maxBytes, cancellationToken);

    public IAsyncEnumerable<BlobListing> ListAsync(string prefix, CancellationToken cancellationToken) =>
        _reads.ListAsync(prefix, cancellationToken);

    public Task<BlobWriteOutcome> CreateAsync(BlobPath path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        PutAsync(BlobVerb.Create, path, content, new BlobRequestConditions { IfNoneMatch = ETag.All }, cancellationToken);

    public Task<BlobWriteOutcome> ReplaceAsync(
        BlobPath path, ReadOnlyMemory<byte> content, BlobETag ifMatch, CancellationToken cancellationToken) =>
        PutAsync(BlobVerb.Replace, path, content, IfMatch(ifMatch), cancellationToken);

    public Task<BlobWriteOutcome> CreateAppendAsync(
        BlobPath path, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        BlobLimits.CheckMetadata(metadata);
        var options = new AppendBlobCreateOptions
        {
            Metadata = new Dictionary<string, string>(metadata),
            Conditions = new AppendBlobRequestConditions { IfNoneMatch = ETag.All },
        };
        return _calls.WriteAsync(
            BlobVerb.CreateAppend, path, async () =>
                Written(await AppendClient(path).CreateAsync(options, cancellationToken), 0), cancellationToken);
    }

    public Task<BlobWriteOutcome> AppendAsync(
        BlobPath path, ReadOnlyMemory<byte> block, AppendCondition condition, CancellationToken cancellationToken)
    {
        BlobLimits.CheckBlock(block);
        var conditions = new AppendBlobRequestConditions
        {
            IfMatch = new ETag(condition.ETag.Value),
            IfAppendPositionEqual = condition.Position,
            LeaseId = condition.Lease.Value,
        };
        return _calls.WriteAsync(
            BlobVerb.Append,
            path,
            async () =>
            {
                await using var stream = ToStream(block);
                var options = new AppendBlobAppendBlockOptions { Conditions = conditions };
                var written = await AppendClient(path).AppendBlockAsync(stream, options, cancellationToken);
                return new BlobWriteOutcome.Written(BlobReads.ToETag(written.Value.ETag), condition.Position + block.Length)
                {
                    Blocks = written.Value.BlobCommittedBlockCount,
                };
            },
            cancellationToken);
    }

    public Task<BlobWriteOutcome> SetMetadataAsync(
        BlobPath path, IReadOnlyDictionary<string, string> metadata, BlobETag ifMatch, LeaseId lease, CancellationToken cancellationToken)
    {
        BlobLimits.CheckMetadata(metadata);
        return _calls.WriteAsync(
            BlobVerb.SetMetadata,
            path,
            async () =>
            {
                var written =
                    await AppendClient(path)
                    .SetMetadataAsync(new Dictionary<string, string>(metadata), IfMatch(ifMatch, lease), cancellationToken);
                return new BlobWriteOutcome.Written(BlobReads.ToETag(written.Value.ETag), BlobWriteOutcome.UnknownLength);
            },
            cancellationToken);
    }

    public Task<BlobWriteOutcome> SealAsync(BlobPath path, BlobETag ifMatch, LeaseId lease, CancellationToken cancellationToken)
    {
        var conditions = new AppendBlobRequestConditions { IfMatch = new ETag(ifMatch.Value), LeaseId = lease.Value };
        return _calls.WriteAsync(
            BlobVerb.Seal,
            path,
            async () =>
            {
                var written = await AppendClient(path).SealAsync(conditions, cancellationToken);
                return new BlobWriteOutcome.Written(BlobReads.ToETag(written.Value.ETag), BlobWriteOutcome.UnknownLength);
            },
            cancellationToken);
    }

    public Task<BlobWriteOutcome> DeleteAsync(BlobPath path, BlobETag ifMatch, CancellationToken cancellationToken) => _calls.WriteAsync(
        BlobVerb.Delete,
        path,
        async () =>
        {
            await _container.GetBlobClient(path.Value).DeleteAsync(DeleteSnapshotsOption.None, IfMatch(ifMatch), cancellationToken);
            return new BlobWriteOutcome.Written(ifMatch, 0);
        },
        cancellationToken);

    public Task<LeaseOutcome> AcquireLeaseAsync(BlobPath path, LeaseId proposed, TimeSpan duration, CancellationToken cancellationToken)
    {
        BlobLimits.CheckLease(duration);
        return _calls.LeaseAsync(
            BlobVerb.AcquireLease,
            path,
            () => LeaseClient(path, proposed).AcquireAsync(duration, cancellationToken: cancellationToken),
            LeaseOutcome.Held,
            cancellationToken);
    }

    public Task<LeaseOutcome> RenewLeaseAsync(BlobPath path, LeaseId lease, CancellationToken cancellationToken) => _calls.LeaseAsync(
        BlobVerb.RenewLease,
        path,
        () => LeaseClient(path, lease).RenewAsync(cancellationToken: cancellationToken),
        LeaseOutcome.Held,
        cancellationToken);

    public Task<LeaseOutcome> ReleaseLeaseAsync(BlobPath path, LeaseId lease, CancellationToken cancellationToken) => _calls.LeaseAsync(
        BlobVerb.ReleaseLease,
        path,
        () => LeaseClient(path, lease).ReleaseAsync(cancellationToken: cancellationToken),
        LeaseOutcome.Free,
        cancellationToken);

    public Task<LeaseOutcome> BreakLeaseAsync(BlobPath path, BlobETag ifMatch, CancellationToken cancellationToken) => _calls.LeaseAsync(
        BlobVerb.BreakLease,
        path,
        () => LeaseClient(path, lease: null).BreakAsync(TimeSpan.Zero, IfMatch(ifMatch), cancellationToken),
        LeaseOutcome.Free,
        cancellationToken);

    private Task<BlobWriteOutcome> PutAsync(
        BlobVerb verb, BlobPath path, ReadOnlyMemory<byte> content, BlobRequestConditions conditions,
        CancellationToken cancellationToken) =>
        _calls.WriteAsync(
            verb,
            path,
            async () =>
            {
                await using var stream = ToStream(content);
                var options = new BlobUploadOptions { Conditions = conditions };
                return Written(
                    await _container.GetBlockBlobClient(path.Value).UploadAsync(stream, options, cancellationToken), content.Length);
            },
            cancellationToken);

    private AppendBlobClient AppendClient(BlobPath path) => _container.GetAppendBlobClient(path.Value);

    private BlobLeaseClient LeaseClient(BlobPath path, LeaseId? lease) =>
        _container.GetBlobClient(path.Value).GetBlobLeaseClient(lease?.Value);

    private static BlobRequestConditions IfMatch(BlobETag etag, LeaseId? lease = null) =>
        new() { IfMatch = new ETag(etag.Value), LeaseId = lease?.Value };

    private static BlobWriteOutcome.Written Written(Response<BlobContentInfo> answer, long length) =>
        new(BlobReads.ToETag(answer.Value.ETag), length);

    private static MemoryStream ToStream(ReadOnlyMemory<byte> content) =>
        MemoryMarshal.TryGetArray(content, out var segment)
            ? new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false)
            : new MemoryStream(content.ToArray(), writable: false);
}
