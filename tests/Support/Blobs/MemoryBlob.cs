using System.Collections.Immutable;
using Holdfast.Storage;

namespace Holdfast.Tests.Support.Blobs;

/// <summary>
/// One blob of <see cref="MemoryBlobStore"/>: bytes, version, metadata and the lease with the service's own rules of expiry.
/// </summary>
internal sealed class MemoryBlob
{
    private byte[] _buffer;
    private int _length;
    private bool _sharesBuffer;
    private LeaseId? _lease;
    private DateTimeOffset _leaseEndsAt;
    private TimeSpan _leaseDuration;
    private bool _leaseIsBroken;

    public MemoryBlob(bool isAppend, ReadOnlyMemory<byte> content, BlobETag etag, ImmutableDictionary<string, string> metadata)
    {
        IsAppend = isAppend;
        _buffer = content.ToArray();
        _length = content.Length;
        ETag = etag;
        Metadata = metadata;
    }

    public bool IsAppend { get; }

    public BlobETag ETag { get; set; }

    public ImmutableDictionary<string, string> Metadata { get; set; }

    public int Blocks { get; private set; }

    public bool IsSealed { get; set; }

    public int Length => _length;

    public MemoryBlob Clone()
    {
        _sharesBuffer = true;
        return (MemoryBlob)MemberwiseClone();
    }

    /// <summary>A view, not a copy: bytes below the length are never written again.</summary>
    public ReadOnlyMemory<byte> Read(long offset, int? maxBytes)
    {
        if (offset >= _length)
        {
            return ReadOnlyMemory<byte>.Empty;
        }

        var start = (int)offset;
        return _buffer.AsMemory(start, Math.Min(maxBytes ?? int.MaxValue, _length - start));
    }

    public void Append(ReadOnlySpan<byte> block)
    {
        var length = _length + block.Length;
        if (_sharesBuffer || length > _buffer.Length)
        {
            // A clone may write behind the same length: grow into a buffer of our own.
            var grown = new byte[_sharesBuffer ? length : Math.Max(length, _buffer.Length * 2)];
            _buffer.AsSpan(0, _length).CopyTo(grown);
            _buffer = grown;
            _sharesBuffer = false;
        }

        block.CopyTo(_buffer.AsSpan(_length));
        _length = length;
        Blocks++;
    }

    public bool IsLeased(DateTimeOffset now) => _lease is not null && !_leaseIsBroken && now < _leaseEndsAt;

    public (string Id, TimeSpan Left, bool IsBroken)? LeaseAt(DateTimeOffset now) => _lease is null
        ? null
        : (_lease.Value, now < _leaseEndsAt ? _leaseEndsAt - now : TimeSpan.Zero, _leaseIsBroken);

    /// <summary>Null when a write that names <paramref name="lease"/> (or none) may pass.</summary>
    public BlobRefusal? CheckLease(LeaseId? lease, DateTimeOffset now)
    {
        if (!IsLeased(now))
        {
            return lease is null ? null : BlobRefusal.LeaseLost;
        }

        if (lease is null)
        {
            return BlobRefusal.LeaseMissing;
        }

        return lease == _lease ? null : BlobRefusal.LeaseMismatch;
    }

    /// <summary>A write that succeeds forgets a lease that is over, so that its id can't be renewed any more.</summary>
    public void ForgetLeaseThatIsOver(DateTimeOffset now)
    {
        if (!IsLeased(now))
        {
            _lease = null;
            _leaseIsBroken = false;
        }
    }

    public LeaseOutcome Acquire(LeaseId proposed, TimeSpan duration, DateTimeOffset now)
    {
        if (IsLeased(now) && proposed != _lease)
        {
            return LeaseOutcome.Busy;
        }

        _lease = proposed;
        _leaseDuration = duration;
        _leaseEndsAt = now + duration;
        _leaseIsBroken = false;
        return LeaseOutcome.Held;
    }

    public LeaseOutcome Renew(LeaseId lease, DateTimeOffset now)
    {
        if (lease != _lease || _leaseIsBroken)
        {
            return LeaseOutcome.Lost;
        }

        _leaseEndsAt = now + _leaseDuration;
        return LeaseOutcome.Held;
    }

    public LeaseOutcome Release(LeaseId lease)
    {
        if (lease != _lease)
        {
            return LeaseOutcome.Lost;
        }

        _lease = null;
        _leaseIsBroken = false;
        return LeaseOutcome.Free;
    }

    public LeaseOutcome Break()
    {
        _leaseIsBroken = _lease is not null;
        return LeaseOutcome.Free;
    }

    /// <summary>The lease belongs to the name and outlives a replacement of the bytes.</summary>
    public void TakeLeaseOf(MemoryBlob replaced)
    {
        _lease = replaced._lease;
        _leaseEndsAt = replaced._leaseEndsAt;
        _leaseDuration = replaced._leaseDuration;
        _leaseIsBroken = replaced._leaseIsBroken;
    }
}
