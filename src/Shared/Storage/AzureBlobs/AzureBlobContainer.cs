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
public sealed partial class AzureBlobContainer : IBlobContainer, IDisposable
{
    private readonly BlobConnection _connection;
    private readonly BlobContainerClient _container;
    private readonly ILogger _logger;
    private readonly int _listPageSize;

    public AzureBlobContainer(IOptions<StorageOptions> options, ILogger<AzureBlobContainer> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(logger);
        _logger = logger;
        _listPageSize = options.Value.ListPageSize;
        _connection = new BlobConnection(options.Value, logger);
        _container = _connection.Container;
    }

    public void Dispose() => _connection.Dispose();

    public async Task EnsureExistsAsync(CancellationToken cancellationToken)
    {
        StorageMeter.Count(BlobVerb.EnsureExists, string.Empty);
        try
        {
            await _container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        }
        catch (Exception exception) when (IsFault(exception, cancellationToken))
        {
            // The first call of a process: its fault says which account is meant, without a key that a query may hold.
            throw ToFault(BlobVerb.EnsureExists, _container.Uri.GetLeftPart(UriPartial.Path), exception, cancellationToken);
        }
    }

    public Task<BlobWriteOutcome> CreateAsync(BlobPath path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        return WriteAsync(BlobVerb.Create, path, () => PutAsync(path, content, IfAbsent(), cancellationToken), cancellationToken);
    }

    public Task<BlobWriteOutcome> ReplaceAsync(
        BlobPath path, ReadOnlyMemory<byte> content, BlobETag ifMatch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(ifMatch);
        return WriteAsync(BlobVerb.Replace, path, () => PutAsync(path, content, IfMatch(ifMatch), cancellationToken), cancellationToken);
    }

    public Task<BlobWriteOutcome> CreateAppendAsync(
        BlobPath path, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        BlobLimits.CheckMetadata(metadata);
        var options = new AppendBlobCreateOptions
        {
            Metadata = new Dictionary<string, string>(metadata),
            Conditions = new AppendBlobRequestConditions { IfNoneMatch = ETag.All },
        };
        return WriteAsync(BlobVerb.CreateAppend, path, async () =>
        {
            var written = await AppendClient(path).CreateAsync(options, cancellationToken);
            return new BlobWriteOutcome.Written(ToETag(written.Value.ETag), 0);
        }, cancellationToken);
    }

    public Task<BlobWriteOutcome> AppendAsync(
        BlobPath path, ReadOnlyMemory<byte> block, AppendCondition condition, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(condition);
        BlobLimits.CheckBlock(block);
        var options = new AppendBlobAppendBlockOptions
        {
            Conditions = new AppendBlobRequestConditions
            {
                IfMatch = ToETag(condition.ETag),
                IfAppendPositionEqual = condition.Position,
                LeaseId = condition.Lease.Value,
            },
        };
        return WriteAsync(BlobVerb.Append, path, async () =>
        {
            await using var stream = ToStream(block);
            var written = await AppendClient(path).AppendBlockAsync(stream, options, cancellationToken);
            return new BlobWriteOutcome.Written(ToETag(written.Value.ETag), condition.Position + block.Length)
            {
                Blocks = written.Value.BlobCommittedBlockCount,
            };
        }, cancellationToken);
    }

    public Task<BlobWriteOutcome> SetMetadataAsync(
        BlobPath path, IReadOnlyDictionary<string, string> metadata, BlobETag ifMatch, LeaseId lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        BlobLimits.CheckMetadata(metadata);
        var conditions = new BlobRequestConditions { IfMatch = ToETag(ifMatch), LeaseId = lease.Value };
        return WriteAsync(BlobVerb.SetMetadata, path, async () =>
        {
            var written = await AppendClient(path).SetMetadataAsync(
                new Dictionary<string, string>(metadata), conditions, cancellationToken);
            return new BlobWriteOutcome.Written(ToETag(written.Value.ETag), BlobWriteOutcome.UnknownLength);
        }, cancellationToken);
    }

    public Task<BlobWriteOutcome> SealAsync(BlobPath path, BlobETag ifMatch, LeaseId lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        var conditions = new AppendBlobRequestConditions { IfMatch = ToETag(ifMatch), LeaseId = lease.Value };
        return WriteAsync(BlobVerb.Seal, path, async () =>
        {
            var written = await AppendClient(path).SealAsync(conditions, cancellationToken);
            return new BlobWriteOutcome.Written(ToETag(written.Value.ETag), BlobWriteOutcome.UnknownLength);
        }, cancellationToken);
    }

    public Task<BlobWriteOutcome> DeleteAsync(BlobPath path, BlobETag ifMatch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(ifMatch);
        return WriteAsync(BlobVerb.Delete, path, async () =>
        {
            await _container.GetBlobClient(path.Value).DeleteAsync(DeleteSnapshotsOption.None, IfMatch(ifMatch), cancellationToken);
            return new BlobWriteOutcome.Written(ifMatch, 0);
        }, cancellationToken);
    }

    private async Task<BlobWriteOutcome.Written> PutAsync(
        BlobPath path, ReadOnlyMemory<byte> content, BlobRequestConditions conditions, CancellationToken cancellationToken)
    {
        await using var stream = ToStream(content);
        var options = new BlobUploadOptions { Conditions = conditions };
        var written = await _container.GetBlockBlobClient(path.Value).UploadAsync(stream, options, cancellationToken);
        return new BlobWriteOutcome.Written(ToETag(written.Value.ETag), content.Length);
    }

    private async Task<BlobWriteOutcome> WriteAsync(
        BlobVerb verb, BlobPath path, Func<Task<BlobWriteOutcome.Written>> write, CancellationToken cancellationToken)
    {
        StorageMeter.Count(verb, path.Value);
        try
        {
            return await write();
        }
        catch (RequestFailedException refused) when (BlobErrorCodes.TryToRefusal(verb, refused.ErrorCode, out var why))
        {
            WriteRefused(verb, path, why);
            return new BlobWriteOutcome.Refused(why);
        }
        catch (Exception exception) when (IsFault(exception, cancellationToken))
        {
            throw ToFault(verb, path.Value, exception, cancellationToken);
        }
    }

    private AppendBlobClient AppendClient(BlobPath path) => _container.GetAppendBlobClient(path.Value);

    private static BlobRequestConditions IfAbsent() => new() { IfNoneMatch = ETag.All };

    private static BlobRequestConditions IfMatch(BlobETag etag) => new() { IfMatch = ToETag(etag) };

    private static ETag ToETag(BlobETag etag) => new(etag.Value);

    /// <summary>Answers carry the ETag in quotes, listings without: one form here.</summary>
    private static BlobETag ToETag(ETag etag) => BlobETag.Parse(etag.ToString().Trim('"'));

    private static MemoryStream ToStream(ReadOnlyMemory<byte> content) =>
        MemoryMarshal.TryGetArray(content, out var segment)
            ? new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false)
            : new MemoryStream(content.ToArray(), writable: false);
}
