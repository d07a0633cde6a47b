using Holdfast.Storage;
using Holdfast.Tests.Support;
using Holdfast.Tests.Support.Blobs;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Storage;

/// <summary>The life of a lease while its time runs; what happens after is in <see cref="BlobExpiryContract{T}"/>.</summary>
public abstract class BlobLeaseContract(IBlobBackend backend) : BlobContract(backend)
{
    [Fact]
    public async Task AcquireLeaseAsync_WhenAnotherHoldsIt_IsBusy()
    {
        await OwnAppendBlobAsync("one ");

        (await Blobs.AcquireLeaseAsync(Path, Theirs, LeaseLength, None)).ShouldBe(LeaseOutcome.Busy);
    }

    [Fact]
    public async Task AcquireLeaseAsync_WhenItsOwnIdHoldsIt_SucceedsAgain()
    {
        var own = await OwnAppendBlobAsync("one ");

        (await Blobs.AcquireLeaseAsync(Path, Ours, LeaseLength, None)).ShouldBe(LeaseOutcome.Held);

        Written(await Blobs.AppendAsync(Path, Bytes("two "), own, None));
    }

    [Fact]
    public async Task AcquireLeaseAsync_WhenTwentyRace_ExactlyOneHolds()
    {
        await AppendBlobAsync("one ");

        var outcomes = await Task.WhenAll(Enumerable.Range(1, 20).Select(
            n => Blobs.AcquireLeaseAsync(Path, LeaseId.Parse($"00000000-0000-0000-0000-{n:D12}"), LeaseLength, None)));

        outcomes.Count(outcome => outcome == LeaseOutcome.Held).ShouldBe(1);
        outcomes.Count(outcome => outcome == LeaseOutcome.Busy).ShouldBe(19);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(14_000)]
    [InlineData(61_000)]
    [InlineData(15_500)]
    public async Task AcquireLeaseAsync_WhenTheLengthIsNotAllowed_ThrowsBeforeItAsks(int milliseconds)
    {
        await AppendBlobAsync("one ");

        await Should.ThrowAsync<ArgumentOutOfRangeException>(
            () => Blobs.AcquireLeaseAsync(Path, Ours, TimeSpan.FromMilliseconds(milliseconds), None));
        (await ReadAllAsync()).IsLeased.ShouldBeFalse();
    }

    [Fact]
    public async Task LeaseCalls_WhateverTheyDo_LeaveTheVersionAlone()
    {
        var etag = await AppendBlobAsync("one ");

        await HoldAsync(Ours);
        await Blobs.RenewLeaseAsync(Path, Ours, None);
        await HoldAsync(Ours);
        await Blobs.ReleaseLeaseAsync(Path, Ours, None);
        await HoldAsync(Theirs);
        await Blobs.BreakLeaseAsync(Path, None);

        (await ReadAllAsync()).ETag.ShouldBe(etag);
    }

    [Fact]
    public async Task LeaseCalls_WhenThereIsNoBlob_SaySo()
    {
        (await Blobs.AcquireLeaseAsync(Path, Ours, LeaseLength, None)).ShouldBe(LeaseOutcome.NotFound);
        (await Blobs.RenewLeaseAsync(Path, Ours, None)).ShouldBe(LeaseOutcome.NotFound);
        (await Blobs.ReleaseLeaseAsync(Path, Ours, None)).ShouldBe(LeaseOutcome.NotFound);
        (await Blobs.BreakLeaseAsync(Path, BlobETag.Parse("\"0x1\""), None)).ShouldBe(LeaseOutcome.Changed);
    }

    [Fact]
    public async Task RenewLeaseAsync_WhenItIsHeld_KeepsIt()
    {
        await OwnAppendBlobAsync("one ");

        (await Blobs.RenewLeaseAsync(Path, Ours, None)).ShouldBe(LeaseOutcome.Held);
    }

    [Fact]
    public async Task RenewLeaseAsync_WhenAnotherHoldsIt_IsLost()
    {
        await OwnAppendBlobAsync("one ");

        (await Blobs.RenewLeaseAsync(Path, Theirs, None)).ShouldBe(LeaseOutcome.Lost);
    }

    [Fact]
    public async Task RenewLeaseAsync_WhenNobodyHoldsIt_IsLost()
    {
        await AppendBlobAsync("one ");

        (await Blobs.RenewLeaseAsync(Path, Ours, None)).ShouldBe(LeaseOutcome.Lost);
    }

    [Fact]
    public async Task ReleaseLeaseAsync_WhenItIsHeld_LetsTheNextOneIn()
    {
        await OwnAppendBlobAsync("one ");

        (await Blobs.ReleaseLeaseAsync(Path, Ours, None)).ShouldBe(LeaseOutcome.Free);

        (await Blobs.AcquireLeaseAsync(Path, Theirs, LeaseLength, None)).ShouldBe(LeaseOutcome.Held);
    }

    [Fact]
    public async Task ReleaseLeaseAsync_WhenItIsReleasedAlready_IsLost()
    {
        await OwnAppendBlobAsync("one ");
        await Blobs.ReleaseLeaseAsync(Path, Ours, None);

        (await Blobs.ReleaseLeaseAsync(Path, Ours, None)).ShouldBe(LeaseOutcome.Lost);
    }

    [Fact]
    public async Task ReleaseLeaseAsync_WhenAnotherHoldsIt_IsLostAndTakesNothing()
    {
        await OwnAppendBlobAsync("one ");

        (await Blobs.ReleaseLeaseAsync(Path, Theirs, None)).ShouldBe(LeaseOutcome.Lost);

        (await ReadAllAsync()).IsLeased.ShouldBeTrue();
    }

    [Fact]
    public async Task BreakLeaseAsync_WhenSomebodyHoldsIt_EndsItAtOnce()
    {
        var own = await OwnAppendBlobAsync("one ");

        (await Blobs.BreakLeaseAsync(Path, None)).ShouldBe(LeaseOutcome.Free);

        WhyRefused(await Blobs.AppendAsync(Path, Bytes("two "), own, None)).ShouldBe(BlobRefusal.LeaseLost);
        (await Blobs.RenewLeaseAsync(Path, Ours, None)).ShouldBe(LeaseOutcome.Lost);
        (await ReadAllAsync()).IsLeased.ShouldBeFalse();
        (await Blobs.AcquireLeaseAsync(Path, Theirs, LeaseLength, None)).ShouldBe(LeaseOutcome.Held);
        WhyRefused(await Blobs.AppendAsync(Path, Bytes("two "), own, None)).ShouldBe(BlobRefusal.LeaseMismatch);
    }

    [Fact]
    public async Task BreakLeaseAsync_WhenTheHolderWroteSinceTheLook_LeavesHimHisLease()
    {
        var seen = await OwnAppendBlobAsync("one ");
        var own = Written(await Blobs.AppendAsync(Path, Bytes("two "), seen, None));

        (await Blobs.BreakLeaseAsync(Path, seen.ETag, None)).ShouldBe(LeaseOutcome.Changed);

        Written(await Blobs.AppendAsync(Path, Bytes("three "), seen with { ETag = own.ETag, Position = own.Length }, None));
    }

    [Fact]
    public async Task BreakLeaseAsync_WhenItIsBrokenAlready_IsFree()
    {
        await OwnAppendBlobAsync("one ");
        await Blobs.BreakLeaseAsync(Path, None);

        (await Blobs.BreakLeaseAsync(Path, None)).ShouldBe(LeaseOutcome.Free);
    }

    [Fact]
    public async Task BreakLeaseAsync_WhenNobodyHoldsOne_IsFree()
    {
        await AppendBlobAsync("one ");

        (await Blobs.BreakLeaseAsync(Path, None)).ShouldBe(LeaseOutcome.Free);
    }

    [Fact]
    public async Task AcquireLeaseAsync_WhenItsOwnLeaseWasBroken_StartsANewOne()
    {
        var own = await OwnAppendBlobAsync("one ");
        await Blobs.BreakLeaseAsync(Path, None);

        (await Blobs.AcquireLeaseAsync(Path, Ours, LeaseLength, None)).ShouldBe(LeaseOutcome.Held);

        Written(await Blobs.AppendAsync(Path, Bytes("two "), own, None));
    }
}

public sealed class MemoryBlobLeaseTests() : BlobLeaseContract(new MemoryBackend());

public sealed class AzuriteBlobLeaseTests(SharedAzurite azurite) : BlobLeaseContract(new AzuriteBackend(azurite));
