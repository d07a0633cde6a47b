using Holdfast.Storage;
using Holdfast.Tests.Support;
using Holdfast.Tests.Support.Blobs;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Storage;

/// <summary>What a roll leans on: how many blocks a blob has, and what a sealed blob still takes.</summary>
public abstract class BlobSealContract(IBlobBackend backend) : BlobContract(backend)
{
    [Fact]
    public async Task AppendAsync_WhenItWrites_CountsItsBlocks()
    {
        var own = await OwnAppendBlobAsync("one ");

        var second = Written(await Blobs.AppendAsync(Path, Bytes("two "), own, None));

        second.Blocks.ShouldBe(2);
        (await ReadAllAsync()).Blocks.ShouldBe(2);
        (await Blobs.ReadAsync(Path, 0, 0, None)).ShouldNotBeNull().Blocks.ShouldBe(2);
        (await Blobs.ReadAsync(Path, 8, null, None)).ShouldNotBeNull().Blocks.ShouldBe(2);
    }

    [Fact]
    public async Task ReadAsync_WhenNothingWasAppended_CountsNoBlocks()
    {
        await AppendBlobAsync("");

        var snapshot = await ReadAllAsync();

        (snapshot.Blocks, snapshot.IsSealed).ShouldBe((0, false));
    }

    [Fact]
    public async Task SealAsync_WhenItStands_IsSeenByEveryRead()
    {
        var own = await OwnAppendBlobAsync("one ");

        var ended = Written(await Blobs.SealAsync(Path, own.ETag, Ours, None));

        var whole = await ReadAllAsync();
        (whole.IsSealed, whole.ETag).ShouldBe((true, ended.ETag));
        (await Blobs.ReadAsync(Path, 0, 0, None)).ShouldNotBeNull().IsSealed.ShouldBeTrue();
        (await Blobs.ReadAsync(Path, 4, null, None)).ShouldNotBeNull().IsSealed.ShouldBeTrue();
    }

    [Fact]
    public async Task SealAsync_WhenSomebodyWroteSince_IsRefusedAndSealsNothing()
    {
        var own = await OwnAppendBlobAsync("one ");
        await Blobs.AppendAsync(Path, Bytes("two "), own, None);

        WhyRefused(await Blobs.SealAsync(Path, own.ETag, Ours, None)).ShouldBe(BlobRefusal.ConditionNotMet);

        (await ReadAllAsync()).IsSealed.ShouldBeFalse();
    }

    [Fact]
    public async Task SealAsync_WhenSentAgainWithTheOldVersion_IsRefused()
    {
        var own = await OwnAppendBlobAsync("one ");
        await Blobs.SealAsync(Path, own.ETag, Ours, None);

        WhyRefused(await Blobs.SealAsync(Path, own.ETag, Ours, None)).ShouldBe(BlobRefusal.ConditionNotMet);
    }

    [Fact]
    public async Task SealAsync_WhenNobodyHoldsTheLease_IsRefused()
    {
        var etag = await AppendBlobAsync("one ");

        WhyRefused(await Blobs.SealAsync(Path, etag, Ours, None)).ShouldBe(BlobRefusal.LeaseLost);

        (await ReadAllAsync()).IsSealed.ShouldBeFalse();
    }

    [Fact]
    public async Task AppendAsync_WhenSealedSinceItsVersion_IsRefused()
    {
        var own = await OwnAppendBlobAsync("one ");
        await Blobs.SealAsync(Path, own.ETag, Ours, None);

        WhyRefused(await Blobs.AppendAsync(Path, Bytes("two "), own, None)).ShouldBeOneOf(BlobRefusal.ConditionNotMet, BlobRefusal.Sealed);
    }

    /// <summary>So a sealed segment's claim is final only because every claimer names the version that it read unsealed.</summary>
    [Fact]
    public async Task SetMetadataAsync_WhenTheBlobIsSealed_GoesByTheVersion()
    {
        var own = await OwnAppendBlobAsync("one ");
        var ended = Written(await Blobs.SealAsync(Path, own.ETag, Ours, None));

        WhyRefused(await Blobs.SetMetadataAsync(Path, new Dictionary<string, string> { ["epoch"] = "2" }, own.ETag, Ours, None))
            .ShouldBe(BlobRefusal.ConditionNotMet);
        Written(await Blobs.SetMetadataAsync(Path, new Dictionary<string, string> { ["epoch"] = "3" }, ended.ETag, Ours, None));

        var snapshot = await ReadAllAsync();
        (snapshot.Metadata["epoch"], snapshot.IsSealed).ShouldBe(("3", true));
    }

    [Fact]
    public async Task LeaseCalls_WhenTheBlobIsSealed_GoOnAsBefore()
    {
        var own = await OwnAppendBlobAsync("one ");
        var ended = Written(await Blobs.SealAsync(Path, own.ETag, Ours, None));

        (await Blobs.RenewLeaseAsync(Path, Ours, None)).ShouldBe(LeaseOutcome.Held);
        (await Blobs.AcquireLeaseAsync(Path, Theirs, LeaseLength, None)).ShouldBe(LeaseOutcome.Busy);
        (await Blobs.ReleaseLeaseAsync(Path, Ours, None)).ShouldBe(LeaseOutcome.Free);
        (await Blobs.AcquireLeaseAsync(Path, Theirs, LeaseLength, None)).ShouldBe(LeaseOutcome.Held);
        (await Blobs.BreakLeaseAsync(Path, None)).ShouldBe(LeaseOutcome.Free);

        (await ReadAllAsync()).ETag.ShouldBe(ended.ETag);
    }
}

public sealed class MemoryBlobSealTests() : BlobSealContract(new MemoryBackend());

public sealed class AzuriteBlobSealTests(SharedAzurite azurite) : BlobSealContract(new AzuriteBackend(azurite));
