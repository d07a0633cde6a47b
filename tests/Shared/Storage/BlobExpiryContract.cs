using System.Runtime.CompilerServices;
using Holdfast.Storage;
using Holdfast.Tests.Support;
using Holdfast.Tests.Support.Blobs;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Storage;

/// <summary>
/// Blobs whose leases have all run out. On a real service that takes the shortest lease, 15 s, so one wait serves all tests of the
/// suite: each takes blobs of its own.
/// </summary>
public abstract class ExpiredLeases(IBlobBackend backend) : IAsyncLifetime
{
    private const int Count = 12;
    private readonly Dictionary<string, int> _taken = [];
    private readonly Dictionary<int, BlobETag> _etags = [];

    public static LeaseId Lapsed { get; } = LeaseId.Parse("00000000-0000-0000-0000-00000000000c");

    public IBlobContainer Blobs { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Blobs = await backend.OpenAsync(listPageSize: 1000);
        for (var n = 0; n < Count; n++)
        {
            var created = await Blobs.CreateAppendAsync(PathOf(n), new Dictionary<string, string>(), CancellationToken.None);
            _etags[n] = created.ShouldBeOfType<BlobWriteOutcome.Written>().ETag;
            (await Blobs.AcquireLeaseAsync(PathOf(n), Lapsed, BlobLimits.MinLease, CancellationToken.None)).ShouldBe(LeaseOutcome.Held);
        }

        await backend.PassAsync(BlobLimits.MinLease + TimeSpan.FromMilliseconds(500));
    }

    /// <summary>A blob of the calling test's own: empty, and leased until a moment ago.</summary>
    public (BlobPath Path, BlobETag ETag) Take([CallerMemberName] string test = "")
    {
        _taken.TryAdd(test, _taken.Count);
        var n = _taken[test];
        return (PathOf(n), _etags[n]);
    }

    public ValueTask DisposeAsync()
    {
        (Blobs as IDisposable)?.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    private static BlobPath PathOf(int n) => BlobPath.Parse($"sessions/expired-{n}/transcript-000001.jsonl");
}

public sealed class MemoryExpiredLeases() : ExpiredLeases(new MemoryBackend());

public sealed class AzuriteExpiredLeases(SharedAzurite azurite) : ExpiredLeases(new AzuriteBackend(azurite));

/// <summary>
/// After its time a lease excludes nobody and covers no write, but its id stays renewable until the blob is written or leased.
/// </summary>
public abstract class BlobExpiryContract<T>(T expired)
    where T : ExpiredLeases
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly LeaseId Theirs = LeaseId.Parse("00000000-0000-0000-0000-00000000000b");

    [Fact]
    public async Task ReadAsync_WhenTheLeaseRanOut_SaysSo()
    {
        var (path, _) = expired.Take();

        (await expired.Blobs.ReadAsync(path, 0, null, None))!.IsLeased.ShouldBeFalse();
    }

    [Fact]
    public async Task AppendAsync_WhenTheLeaseRanOut_IsRefused()
    {
        var (path, etag) = expired.Take();

        (await AppendAsync(path, etag)).ShouldBe(new BlobWriteOutcome.Refused(BlobRefusal.LeaseLost));
    }

    [Fact]
    public async Task SetMetadataAsync_WhenTheLeaseRanOut_IsRefused()
    {
        var (path, etag) = expired.Take();

        (await expired.Blobs.SetMetadataAsync(path, new Dictionary<string, string>(), etag, ExpiredLeases.Lapsed, None))
            .ShouldBe(new BlobWriteOutcome.Refused(BlobRefusal.LeaseLost));
    }

    [Fact]
    public async Task RenewLeaseAsync_WhenNobodyCameBetween_HoldsAgain()
    {
        var (path, etag) = expired.Take();

        (await expired.Blobs.RenewLeaseAsync(path, ExpiredLeases.Lapsed, None)).ShouldBe(LeaseOutcome.Held);

        (await AppendAsync(path, etag)).ShouldBeOfType<BlobWriteOutcome.Written>();
        (await expired.Blobs.AcquireLeaseAsync(path, Theirs, BlobLimits.MinLease, None)).ShouldBe(LeaseOutcome.Busy);
    }

    [Fact]
    public async Task RenewLeaseAsync_WhenAnAppendWasRefusedBetween_HoldsAgain()
    {
        var (path, etag) = expired.Take();
        await AppendAsync(path, etag);

        (await expired.Blobs.RenewLeaseAsync(path, ExpiredLeases.Lapsed, None)).ShouldBe(LeaseOutcome.Held);
    }

    [Fact]
    public async Task RenewLeaseAsync_WhenSomebodyWroteBetween_IsLost()
    {
        var (path, etag) = expired.Take();
        (await expired.Blobs.ReplaceAsync(path, new byte[] { 1 }, etag, None)).ShouldBeOfType<BlobWriteOutcome.Written>();

        (await expired.Blobs.RenewLeaseAsync(path, ExpiredLeases.Lapsed, None)).ShouldBe(LeaseOutcome.Lost);
    }

    [Fact]
    public async Task RenewLeaseAsync_WhenSomebodyLeasedBetween_IsLost()
    {
        var (path, _) = expired.Take();
        (await expired.Blobs.AcquireLeaseAsync(path, Theirs, BlobLimits.MinLease, None)).ShouldBe(LeaseOutcome.Held);

        (await expired.Blobs.RenewLeaseAsync(path, ExpiredLeases.Lapsed, None)).ShouldBe(LeaseOutcome.Lost);
    }

    [Fact]
    public async Task RenewLeaseAsync_WhenSomebodyLeasedAndReleasedBetween_IsLost()
    {
        var (path, _) = expired.Take();
        await expired.Blobs.AcquireLeaseAsync(path, Theirs, BlobLimits.MinLease, None);
        (await expired.Blobs.ReleaseLeaseAsync(path, Theirs, None)).ShouldBe(LeaseOutcome.Free);

        (await expired.Blobs.RenewLeaseAsync(path, ExpiredLeases.Lapsed, None)).ShouldBe(LeaseOutcome.Lost);
    }

    [Fact]
    public async Task AcquireLeaseAsync_WhenItsOwnLeaseRanOut_HoldsAgain()
    {
        var (path, etag) = expired.Take();

        (await expired.Blobs.AcquireLeaseAsync(path, ExpiredLeases.Lapsed, BlobLimits.MinLease, None)).ShouldBe(LeaseOutcome.Held);

        (await AppendAsync(path, etag)).ShouldBeOfType<BlobWriteOutcome.Written>();
    }

    [Fact]
    public async Task ReleaseLeaseAsync_WhenTheLeaseRanOut_IsFree()
    {
        var (path, _) = expired.Take();

        (await expired.Blobs.ReleaseLeaseAsync(path, ExpiredLeases.Lapsed, None)).ShouldBe(LeaseOutcome.Free);
    }

    [Fact]
    public async Task BreakLeaseAsync_WhenTheLeaseRanOut_IsFreeAndEndsItsRenewal()
    {
        var (path, _) = expired.Take();

        (await expired.Blobs.BreakLeaseAsync(path, None)).ShouldBe(LeaseOutcome.Free);

        (await expired.Blobs.RenewLeaseAsync(path, ExpiredLeases.Lapsed, None)).ShouldBe(LeaseOutcome.Lost);
    }

    [Fact]
    public async Task DeleteAsync_WhenTheLeaseRanOut_Deletes()
    {
        var (path, etag) = expired.Take();

        (await expired.Blobs.DeleteAsync(path, etag, None)).ShouldBeOfType<BlobWriteOutcome.Written>();
    }

    private Task<BlobWriteOutcome> AppendAsync(BlobPath path, BlobETag etag) =>
        expired.Blobs.AppendAsync(path, new byte[] { 1 }, new AppendCondition(etag, 0, ExpiredLeases.Lapsed), None);
}

public sealed class MemoryBlobExpiryTests(MemoryExpiredLeases expired)
    : BlobExpiryContract<MemoryExpiredLeases>(expired), IClassFixture<MemoryExpiredLeases>;

public sealed class AzuriteBlobExpiryTests(AzuriteExpiredLeases expired)
    : BlobExpiryContract<AzuriteExpiredLeases>(expired), IClassFixture<AzuriteExpiredLeases>;
