using System.Runtime.CompilerServices;
using Holdfast.Storage;

namespace Holdfast.Tests.Support.Blobs;

/// <summary>
/// One actor's endpoint to a <see cref="MemoryBlobStore"/>. Without a gate each call completes synchronously; with one, the gate decides
/// when, and whether the caller hears of it.
/// </summary>
public sealed class MemoryBlobContainer(MemoryBlobStore store, IBlobGate? gate = null, int listPageSize = 5000) : IBlobContainer
{
    /// <summary>A service of its own, for a test with one actor.</summary>
    public MemoryBlobContainer(TimeProvider clock)
        : this(new MemoryBlobStore(clock))
    {
    }

    public Task EnsureExistsAsync(CancellationToken cancellationToken) =>
        CallAsync(BlobVerb.EnsureExists, string.Empty, () => true, cancellationToken);

    public Task<BlobSnapshot?> ReadAsync(BlobPath path, long offset, int? maxBytes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        BlobLimits.CheckRange(offset, maxBytes);
        return CallAsync(BlobVerb.Read, path.Value, () => store.Read(path, offset, maxBytes), cancellationToken);
    }

    public Task<BlobWriteOutcome> CreateAsync(BlobPath path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        return CallAsync(
            BlobVerb.Create, path.Value, () => store.Create(path, content, isAppend: false, metadata: null), cancellationToken);
    }

    public Task<BlobWriteOutcome> ReplaceAsync(
        BlobPath path, ReadOnlyMemory<byte> content, BlobETag ifMatch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(ifMatch);
        return CallAsync(BlobVerb.Replace, path.Value, () => store.Replace(path, content, ifMatch), cancellationToken);
    }

    public Task<BlobWriteOutcome> CreateAppendAsync(
        BlobPath path, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        BlobLimits.CheckMetadata(metadata);
        return CallAsync(
            BlobVerb.CreateAppend, path.Value, () => store.Create(path, ReadOnlyMemory<byte>.Empty, isAppend: true, metadata),
            cancellationToken);
    }

    public Task<BlobWriteOutcome> AppendAsync(
        BlobPath path, ReadOnlyMemory<byte> block, AppendCondition condition, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(condition);
        BlobLimits.CheckBlock(block);
        return CallAsync(BlobVerb.Append, path.Value, () => store.Append(path, block, condition), cancellationToken);
    }

    public Task<BlobWriteOutcome> SetMetadataAsync(
        BlobPath path, IReadOnlyDictionary<string, string> metadata, BlobETag ifMatch, LeaseId lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        BlobLimits.CheckMetadata(metadata);
        return CallAsync(BlobVerb.SetMetadata, path.Value, () => store.SetMetadata(path, metadata, ifMatch, lease), cancellationToken);
    }

    public Task<BlobWriteOutcome> SealAsync(BlobPath path, BlobETag ifMatch, LeaseId lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        return CallAsync(BlobVerb.Seal, path.Value, () => store.Seal(path, ifMatch, lease), cancellationToken);
    }

    public Task<BlobWriteOutcome> DeleteAsync(BlobPath path, BlobETag ifMatch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(ifMatch);
        return CallAsync(BlobVerb.Delete, path.Value, () => store.Delete(path, ifMatch), cancellationToken);
    }

    public async IAsyncEnumerable<BlobListing> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        var marker = string.Empty;
        var hasMore = true;
        while (hasMore)
        {
            (var rows, hasMore) = await CallAsync(BlobVerb.List, prefix, () => store.Page(prefix, marker, listPageSize), cancellationToken);
            foreach (var row in rows)
            {
                yield return row;
                marker = row.Path.Value;
            }
        }
    }

    public Task<LeaseOutcome> AcquireLeaseAsync(BlobPath path, LeaseId proposed, TimeSpan duration, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        BlobLimits.CheckLease(duration);
        return CallAsync(BlobVerb.AcquireLease, path.Value, () => store.Acquire(path, proposed, duration), cancellationToken);
    }

    public Task<LeaseOutcome> RenewLeaseAsync(BlobPath path, LeaseId lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        return CallAsync(BlobVerb.RenewLease, path.Value, () => store.Renew(path, lease), cancellationToken);
    }

    public Task<LeaseOutcome> ReleaseLeaseAsync(BlobPath path, LeaseId lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        return CallAsync(BlobVerb.ReleaseLease, path.Value, () => store.Release(path, lease), cancellationToken);
    }

    public Task<LeaseOutcome> BreakLeaseAsync(BlobPath path, BlobETag ifMatch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(ifMatch);
        return CallAsync(BlobVerb.BreakLease, path.Value, () => store.Break(path, ifMatch), cancellationToken);
    }

    private Task<T> CallAsync<T>(BlobVerb verb, string name, Func<T> effect, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        if (gate is not null)
        {
            return GatedAsync(gate, new BlobCall(verb, name, cancellationToken), effect);
        }

        try
        {
            return Task.FromResult(effect());
        }
        catch (StorageUnavailableException fault)
        {
            return Task.FromException<T>(fault);
        }
    }

    private static async Task<T> GatedAsync<T>(IBlobGate gate, BlobCall call, Func<T> effect)
    {
        await gate.BeforeAsync(call);
        call.CancellationToken.ThrowIfCancellationRequested();
        var result = effect();
        await gate.AfterAsync(call);
        return result;
    }
}
