using System.Collections.Immutable;
using Holdfast.Storage;

namespace Holdfast.Tests.Support.Blobs;

/// <summary>
/// A blob service in memory with the vendor's semantics, which the contract tests hold against Azurite: every call is atomic, checks the
/// ETag before the lease, then the seal, the block count and the append position, and takes its ETags from a counter. Several actors
/// open it through a <see cref="MemoryBlobContainer"/> each. Thread safe.
/// </summary>
public sealed class MemoryBlobStore(TimeProvider clock)
{
    private static readonly ImmutableDictionary<string, string> NoMetadata =
        ImmutableDictionary.Create<string, string>(StringComparer.OrdinalIgnoreCase);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, MemoryBlob> _blobs = new(StringComparer.Ordinal);
    private long _writes;

    /// <summary>Blocks that an append blob takes; smaller in tests that fill one.</summary>
    public int MaxBlocks { get; init; } = BlobLimits.MaxBlocks;

    /// <summary>A copy that goes its own way from here; cheap, as bytes are shared until written.</summary>
    public MemoryBlobStore Clone(TimeProvider otherClock)
    {
        lock (_gate)
        {
            var clone = new MemoryBlobStore(otherClock) { MaxBlocks = MaxBlocks, _writes = _writes };
            foreach (var (name, blob) in _blobs)
            {
                clone._blobs.Add(name, blob.Clone());
            }

            return clone;
        }
    }

    /// <summary>
    /// Who holds, or last held, a blob's lease and for how much longer (zero once it lapsed, and null when nobody may renew it): for a
    /// harness that has to tell two states of the service apart.
    /// </summary>
    public (string Id, TimeSpan Left, bool IsBroken)? LeaseOf(BlobPath path)
    {
        lock (_gate)
        {
            return _blobs.TryGetValue(path.Value, out var blob) ? blob.LeaseAt(clock.GetUtcNow()) : null;
        }
    }

    internal BlobSnapshot? Read(BlobPath path, long offset, int? maxBytes)
    {
        lock (_gate)
        {
            if (!_blobs.TryGetValue(path.Value, out var blob))
            {
                return null;
            }

            return new BlobSnapshot(blob.Read(offset, maxBytes), blob.ETag, blob.Length, blob.Metadata)
            {
                IsLeased = blob.IsLeased(clock.GetUtcNow()),
                IsSealed = blob.IsSealed,
                Blocks = blob.Blocks,
            };
        }
    }

    internal BlobWriteOutcome Create(
        BlobPath path, ReadOnlyMemory<byte> content, bool isAppend, IReadOnlyDictionary<string, string>? metadata)
    {
        lock (_gate)
        {
            if (_blobs.ContainsKey(path.Value))
            {
                return new BlobWriteOutcome.Refused(BlobRefusal.AlreadyExists);
            }

            var blob = new MemoryBlob(isAppend, content, NextETag(), metadata is null ? NoMetadata : NoMetadata.AddRange(metadata));
            _blobs.Add(path.Value, blob);
            return new BlobWriteOutcome.Written(blob.ETag, blob.Length);
        }
    }

    internal BlobWriteOutcome Replace(BlobPath path, ReadOnlyMemory<byte> content, BlobETag ifMatch) =>
        // No version of a missing blob matches, and a put says just that.
        Write(path, ifMatch, lease: null, BlobRefusal.ConditionNotMet, blob =>
        {
            var replacement = new MemoryBlob(isAppend: false, content, NextETag(), NoMetadata);
            replacement.TakeLeaseOf(blob);
            _blobs[path.Value] = replacement;
            return new BlobWriteOutcome.Written(replacement.ETag, replacement.Length);
        });

    internal BlobWriteOutcome Append(BlobPath path, ReadOnlyMemory<byte> block, AppendCondition condition) =>
        Write(path, condition.ETag, condition.Lease, BlobRefusal.NotFound, blob =>
        {
            if (WhyNotAppend(path, blob, condition.Position) is { } why)
            {
                return new BlobWriteOutcome.Refused(why);
            }

            blob.Append(block.Span);
            blob.ETag = NextETag();
            return new BlobWriteOutcome.Written(blob.ETag, blob.Length) { Blocks = blob.Blocks };
        });

    internal BlobWriteOutcome SetMetadata(BlobPath path, IReadOnlyDictionary<string, string> metadata, BlobETag ifMatch, LeaseId lease) =>
        Write(path, ifMatch, lease, BlobRefusal.NotFound, blob =>
        {
            blob.Metadata = NoMetadata.AddRange(metadata);
            blob.ETag = NextETag();
            return new BlobWriteOutcome.Written(blob.ETag, BlobWriteOutcome.UnknownLength);
        });

    internal BlobWriteOutcome Seal(BlobPath path, BlobETag ifMatch, LeaseId lease) =>
        Write(path, ifMatch, lease, BlobRefusal.NotFound, blob =>
        {
            RequireAppend(path, blob);
            blob.IsSealed = true;
            blob.ETag = NextETag();
            return new BlobWriteOutcome.Written(blob.ETag, BlobWriteOutcome.UnknownLength);
        });

    internal BlobWriteOutcome Delete(BlobPath path, BlobETag ifMatch) =>
        Write(path, ifMatch, lease: null, BlobRefusal.NotFound, _ =>
        {
            _blobs.Remove(path.Value);
            return new BlobWriteOutcome.Written(ifMatch, 0);
        });

    internal LeaseOutcome Acquire(BlobPath path, LeaseId proposed, TimeSpan duration) =>
        Lease(path, blob => blob.Acquire(proposed, duration, clock.GetUtcNow()));

    internal LeaseOutcome Renew(BlobPath path, LeaseId lease) => Lease(path, blob => blob.Renew(lease, clock.GetUtcNow()));

    internal LeaseOutcome Release(BlobPath path, LeaseId lease) => Lease(path, blob => blob.Release(lease));

    internal LeaseOutcome Break(BlobPath path, BlobETag ifMatch) =>
        Lease(path, blob => blob.ETag == ifMatch ? blob.Break() : LeaseOutcome.Changed, whenMissing: LeaseOutcome.Changed);

    /// <summary>The next rows after <paramref name="marker"/>, and whether more follow.</summary>
    internal (IReadOnlyList<BlobListing> Rows, bool HasMore) Page(string prefix, string marker, int size)
    {
        lock (_gate)
        {
            var names = _blobs.Keys
                .Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(name, marker) > 0)
                .Order(StringComparer.Ordinal)
                .Take(size + 1)
                .ToList();
            var rows = names.Take(size).Select(name => new BlobListing(BlobPath.Parse(name), _blobs[name].ETag, _blobs[name].Length));
            return ([.. rows], names.Count > size);
        }
    }

    private BlobWriteOutcome Write(
        BlobPath path, BlobETag ifMatch, LeaseId? lease, BlobRefusal whenMissing, Func<MemoryBlob, BlobWriteOutcome> write)
    {
        lock (_gate)
        {
            if (!_blobs.TryGetValue(path.Value, out var blob))
            {
                return new BlobWriteOutcome.Refused(whenMissing);
            }

            if (blob.ETag != ifMatch)
            {
                return new BlobWriteOutcome.Refused(BlobRefusal.ConditionNotMet);
            }

            var now = clock.GetUtcNow();
            if (blob.CheckLease(lease, now) is { } why)
            {
                return new BlobWriteOutcome.Refused(why);
            }

            blob.ForgetLeaseThatIsOver(now);
            return write(blob);
        }
    }

    private LeaseOutcome Lease(BlobPath path, Func<MemoryBlob, LeaseOutcome> call, LeaseOutcome whenMissing = LeaseOutcome.NotFound)
    {
        lock (_gate)
        {
            return _blobs.TryGetValue(path.Value, out var blob) ? call(blob) : whenMissing;
        }
    }

    private BlobRefusal? WhyNotAppend(BlobPath path, MemoryBlob blob, long position)
    {
        RequireAppend(path, blob);
        if (blob.IsSealed)
        {
            return BlobRefusal.Sealed;
        }

        if (blob.Blocks >= MaxBlocks)
        {
            return BlobRefusal.Full;
        }

        return blob.Length == position ? null : BlobRefusal.AppendPositionNotMet;
    }

    private static void RequireAppend(BlobPath path, MemoryBlob blob)
    {
        if (!blob.IsAppend)
        {
            throw new StorageUnavailableException($"{path} is no append blob: InvalidBlobType.");
        }
    }

    private BlobETag NextETag() => BlobETag.Parse($"0x{++_writes:X}");
}
