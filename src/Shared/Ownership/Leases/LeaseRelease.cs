using Holdfast.Storage;
using Microsoft.Extensions.Logging;

namespace Holdfast.Ownership.Leases;

/// <summary>How a lease is let go by whoever has no more use for it.</summary>
internal static partial class LeaseRelease
{
    /// <summary>Bounded by <see cref="LeaseOptions.ReleaseWithin"/>: a lease that cannot be released lapses.</summary>
    public static async Task LetGoAsync(
        this IBlobContainer blobs, BlobPath path, LeaseId lease, LeaseOptions options, TimeProvider clock, ILogger log)
    {
        using var bound = new CancellationTokenSource(options.ReleaseWithin, clock);
        try
        {
            await blobs.ReleaseLeaseAsync(path, lease, bound.Token);
        }
        catch (Exception fault) when (fault is StorageUnavailableException or OperationCanceledException)
        {
            LogNotReleased(log, fault, path.Value);
        }
    }

    [LoggerMessage(EventId = 1205, Level = LogLevel.Warning, Message = "The lease on {Path} was not released; it lapses")]
    private static partial void LogNotReleased(ILogger logger, Exception fault, string path);
}
