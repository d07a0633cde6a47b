using System.Globalization;
using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Holdfast.Storage.AzureBlobs;

/// <summary>Reads and listings of <see cref="AzureBlobContainer"/>.</summary>
internal sealed class BlobReads(BlobContainerClient container, BlobCalls calls, int listPageSize)
{
    /// <summary>A read that a writer overtakes starts again; this often before it counts as a fault.</summary>
    private const int MaxReadRounds = 5;

    public async Task<BlobSnapshot?> ReadAsync(BlobPath path, long offset, int? maxBytes, CancellationToken cancellationToken)
    {
        BlobLimits.CheckRange(offset, maxBytes);
        return await calls.GuardAsync(
            BlobVerb.Read,
            path.Value,
            async () =>
            {
                try
                {
                    for (var round = 0; round < MaxReadRounds; round++)
                    {
                        if (await TryReadAsync(path, offset, maxBytes, cancellationToken) is { } snapshot)
                        {
                            return snapshot;
                        }
                    }
                }
                catch (RequestFailedException missing) when (BlobErrorCodes.IsNotFound(missing.ErrorCode))
                {
                    return null;
                }

                throw new StorageUnavailableException($"Read of {path}: changed under {MaxReadRounds} reads in a row.");
            },
            cancellationToken);
    }

    public async IAsyncEnumerable<BlobListing> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pages =
            container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellationToken).AsPages(pageSizeHint: listPageSize);
        await using var enumerator = pages.GetAsyncEnumerator(cancellationToken);
        var hasMore = true;
        while (hasMore && await calls.MakeAsync(BlobVerb.List, prefix, async () => await enumerator.MoveNextAsync(), cancellationToken))
        {
            hasMore = !string.IsNullOrEmpty(enumerator.Current.ContinuationToken);
            foreach (var item in enumerator.Current.Values)
            {
                var properties = item.Properties;
                yield return new BlobListing(
                    BlobPath.Parse(item.Name), ToETag(properties.ETag.GetValueOrDefault()), properties.ContentLength.GetValueOrDefault());
            }
        }
    }

    /// <summary>Answers carry the ETag in quotes, listings without: one form here.</summary>
    public static BlobETag ToETag(ETag etag) => BlobETag.Parse(etag.ToString().Trim('"'));

    /// <summary>Null when the blob changed between two requests of this read.</summary>
    private async Task<BlobSnapshot?> TryReadAsync(BlobPath path, long offset, int? maxBytes, CancellationToken cancellationToken)
    {
        if (maxBytes == 0)
        {
            return await ReadPropertiesAsync(path, cancellationToken);
        }

        // At the end of the blob the cloud answers 416 without properties, Azurite an empty body. So the byte before is asked for too:
        // a reader at the very end, the usual case of a fence check, then gets the properties with it.
        var skip = offset > 0 ? 1 : 0;
        try
        {
            return await DownloadAsync(path, offset, skip, maxBytes, cancellationToken);
        }
        catch (RequestFailedException past) when (BlobErrorCodes.IsPastTheEnd(past.ErrorCode))
        {
            // Empty, or shorter than the reader believes: properties only, unless somebody appended in between.
            var properties = await ReadPropertiesAsync(path, cancellationToken);
            return properties.Length > offset ? null : properties;
        }
        catch (RequestFailedException moved) when (BlobErrorCodes.IsConditionNotMet(moved.ErrorCode))
        {
            // The SDK resumed a broken body under the ETag of its beginning, and a writer was faster.
            return null;
        }
    }

    private async Task<BlobSnapshot> DownloadAsync(BlobPath path, long offset, int skip, int? maxBytes, CancellationToken cancellationToken)
    {
        StorageMeter.Count(BlobVerb.Read, path.Value);
        var whole = offset == 0 && maxBytes is null;
        var range = whole ? default : new HttpRange(offset - skip, maxBytes is { } count ? (long)count + skip : null);
        using var answer = (await container.GetBlobClient(path.Value).DownloadStreamingAsync(
            new BlobDownloadOptions { Range = range }, cancellationToken)).Value;
        var details = answer.Details;
        if (details.ContentLength > Array.MaxLength)
        {
            throw new InvalidOperationException($"{path} has {details.ContentLength} bytes: read it by range.");
        }

        var bytes = new byte[details.ContentLength];
        await answer.Content.ReadExactlyAsync(bytes, cancellationToken);
        return new BlobSnapshot(
            bytes.AsMemory(Math.Min(skip, bytes.Length)), ToETag(details.ETag), TotalLength(details), ToMetadata(details.Metadata))
        {
            IsLeased = IsHeld(details.LeaseState),
            IsSealed = details.IsSealed,
            Blocks = details.BlobCommittedBlockCount,
        };
    }

    private async Task<BlobSnapshot> ReadPropertiesAsync(BlobPath path, CancellationToken cancellationToken)
    {
        StorageMeter.Count(BlobVerb.Read, path.Value);
        var properties = (await container.GetBlobClient(path.Value).GetPropertiesAsync(cancellationToken: cancellationToken)).Value;
        return new BlobSnapshot(
            ReadOnlyMemory<byte>.Empty, ToETag(properties.ETag), properties.ContentLength, ToMetadata(properties.Metadata))
        {
            IsLeased = IsHeld(properties.LeaseState),
            IsSealed = properties.IsSealed,
            Blocks = properties.BlobCommittedBlockCount,
        };
    }

    private static bool IsHeld(LeaseState state) => state is LeaseState.Leased or LeaseState.Breaking;

    /// <summary>From <c>Content-Range: bytes 5-9/1000</c>; an answer to a read without a range has none, and is the whole blob.</summary>
    private static long TotalLength(BlobDownloadDetails details) =>
        details.ContentRange is { } range && range.LastIndexOf('/') is >= 0 and var slash
            ? long.Parse(range.AsSpan(slash + 1), CultureInfo.InvariantCulture)
            : details.ContentLength;

    private static Dictionary<string, string> ToMetadata(IDictionary<string, string> metadata) =>
        new(metadata, StringComparer.OrdinalIgnoreCase);
}
