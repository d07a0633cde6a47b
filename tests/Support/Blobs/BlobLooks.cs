using Holdfast.Storage;

namespace Holdfast.Tests.Support.Blobs;

/// <summary>What a test does to a blob as it stands, whoever wrote it last.</summary>
public static class BlobLooks
{
    public static async Task<LeaseOutcome> BreakLeaseAsync(this IBlobContainer blobs, BlobPath path, CancellationToken cancellationToken) =>
        await blobs.ReadAsync(path, 0, 0, cancellationToken) is { } snapshot
            ? await blobs.BreakLeaseAsync(path, snapshot.ETag, cancellationToken)
            : LeaseOutcome.NotFound;
}
