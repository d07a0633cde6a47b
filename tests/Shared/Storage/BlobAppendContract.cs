using Holdfast.Storage;
using Holdfast.Tests.Support;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Storage;

/// <summary>Append blobs: a write lands only while version, position and lease all hold.</summary>
public abstract class BlobAppendContract(IBlobBackend backend) : BlobContract(backend)
{
    [Fact]
    public async Task AppendAsync_WhenAllConditionsHold_WritesAndTellsTheNextOnes()
    {
        var own = await OwnAppendBlobAsync("one ");

        var written = Written(await Blobs.AppendAsync(Path, Bytes("two "), own, None));
        var next =
            Written(await Blobs.AppendAsync(Path, Bytes("three"), own with { ETag = written.ETag, Position = written.Length }, None));

        Text(await ReadAllAsync()).ShouldBe("one two three");
        (written.Length, next.Length).ShouldBe((8, 13));
        written.ETag.ShouldNotBe(own.ETag);
        (await ReadAllAsync()).ETag.ShouldBe(next.ETag);
    }

    [Fact]
    public async Task AppendAsync_WhenTheSameAppendIsSentTwice_TheSecondIsRefused()
    {
        var own = await OwnAppendBlobAsync("one ");
        await Blobs.AppendAsync(Path, Bytes("two "), own, None);

        WhyRefused(await Blobs.AppendAsync(Path, Bytes("two "), own, None)).ShouldBe(BlobRefusal.ConditionNotMet);
        Text(await ReadAllAsync()).ShouldBe("one two ");
    }

    [Fact]
    public async Task AppendAsync_WhenTheVersionIsAnotherOne_IsRefused()
    {
        var own = await OwnAppendBlobAsync("one ");

        WhyRefused(await Blobs.AppendAsync(Path, Bytes("two "), own with { ETag = OtherETag }, None)).ShouldBe(BlobRefusal.ConditionNotMet);
        Text(await ReadAllAsync()).ShouldBe("one ");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(4000)]
    public async Task AppendAsync_WhenOnlyThePositionIsWrong_IsRefused(long position)
    {
        var own = await OwnAppendBlobAsync("one ");

        WhyRefused(await Blobs.AppendAsync(Path, Bytes("two "), own with { Position = position }, None))
            .ShouldBe(BlobRefusal.AppendPositionNotMet);
        Text(await ReadAllAsync()).ShouldBe("one ");
    }

    [Fact]
    public async Task AppendAsync_WhenAnotherHoldsTheLease_IsRefused()
    {
        var own = await OwnAppendBlobAsync("one ");

        WhyRefused(await Blobs.AppendAsync(Path, Bytes("two "), own with { Lease = Theirs }, None)).ShouldBe(BlobRefusal.LeaseMismatch);
        Text(await ReadAllAsync()).ShouldBe("one ");
    }

    [Fact]
    public async Task AppendAsync_WhenNobodyHoldsALease_IsRefused()
    {
        var etag = await AppendBlobAsync("one ");

        WhyRefused(await Blobs.AppendAsync(Path, Bytes("two "), new AppendCondition(etag, 4, Ours), None)).ShouldBe(BlobRefusal.LeaseLost);
        Text(await ReadAllAsync()).ShouldBe("one ");
    }

    [Fact]
    public async Task AppendAsync_WhenThereIsNoBlob_IsRefused() =>
        WhyRefused(await Blobs.AppendAsync(Path, Bytes("one"), new AppendCondition(OtherETag, 0, Ours), None))
            .ShouldBeOneOf(BlobRefusal.NotFound, BlobRefusal.ConditionNotMet);

    [Fact]
    public async Task AppendAsync_WhenTwentyRaceOnOneCondition_ExactlyOneWrites()
    {
        var own = await OwnAppendBlobAsync("one ");

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => Blobs.AppendAsync(Path, Bytes($"{n:D4}"), own, None)));

        var winner = outcomes.Index().Single(outcome => outcome.Item is BlobWriteOutcome.Written);
        outcomes.OfType<BlobWriteOutcome.Refused>().ShouldAllBe(refused => refused.Why == BlobRefusal.ConditionNotMet);
        Text(await ReadAllAsync()).ShouldBe($"one {winner.Index:D4}");
    }

    [Fact]
    public async Task AppendAsync_WhenTheBlockIsEmptyOrTooLarge_ThrowsBeforeItAsks()
    {
        var own = await OwnAppendBlobAsync("one ");

        await Should.ThrowAsync<ArgumentOutOfRangeException>(() => Blobs.AppendAsync(Path, ReadOnlyMemory<byte>.Empty, own, None));
        await Should.ThrowAsync<ArgumentOutOfRangeException>(
            () => Blobs.AppendAsync(Path, new byte[BlobLimits.MaxBlockBytes + 1], own, None));
        (await ReadAllAsync()).ETag.ShouldBe(own.ETag);
    }

    [Fact]
    public async Task AppendAsync_WhenTheBlockHasItsFullSize_Writes()
    {
        var own = await OwnAppendBlobAsync("one ");

        Written(await Blobs.AppendAsync(Path, new byte[BlobLimits.MaxBlockBytes], own, None)).Length.ShouldBe(4 + BlobLimits.MaxBlockBytes);

        (await ReadAllAsync()).Content.Length.ShouldBe(4 + BlobLimits.MaxBlockBytes);
    }

    [Fact]
    public async Task AppendAsync_WhenTheBlobIsABlockBlob_IsAFault()
    {
        var etag = Written(await Blobs.CreateAsync(Path, Bytes("one "), None)).ETag;
        await HoldAsync(Ours);

        await Should.ThrowAsync<StorageUnavailableException>(
            () => Blobs.AppendAsync(Path, Bytes("two "), new AppendCondition(etag, 4, Ours), None));
    }

    [Fact]
    public async Task SetMetadataAsync_WhenConditionsHold_FencesOffWhoKnewTheOldVersion()
    {
        var own = await OwnAppendBlobAsync("one ");

        var claimed = Written(await Blobs.SetMetadataAsync(Path, Metadata("epoch", "2"), own.ETag, Ours, None));

        WhyRefused(await Blobs.AppendAsync(Path, Bytes("stale"), own, None)).ShouldBe(BlobRefusal.ConditionNotMet);
        claimed.ETag.ShouldNotBe(own.ETag);
        claimed.Length.ShouldBe(BlobWriteOutcome.UnknownLength);
        Written(await Blobs.AppendAsync(Path, Bytes("two "), own with { ETag = claimed.ETag }, None));
        (await ReadAllAsync()).Metadata["epoch"].ShouldBe("2");
    }

    [Fact]
    public async Task SetMetadataAsync_WhenItNamesOthers_ReplacesAll()
    {
        var own = await OwnAppendBlobAsync("one ");
        var first = Written(await Blobs.SetMetadataAsync(Path, Metadata("first", "1"), own.ETag, Ours, None));

        await Blobs.SetMetadataAsync(Path, Metadata("second", "2"), first.ETag, Ours, None);

        (await ReadAllAsync()).Metadata.ShouldHaveSingleItem().Key.ShouldBe("second");
    }

    [Fact]
    public async Task SetMetadataAsync_WhenAConditionFails_IsRefused()
    {
        var own = await OwnAppendBlobAsync("one ");

        WhyRefused(await Blobs.SetMetadataAsync(Path, Metadata("epoch", "2"), OtherETag, Ours, None)).ShouldBe(BlobRefusal.ConditionNotMet);
        WhyRefused(await Blobs.SetMetadataAsync(Path, Metadata("epoch", "2"), own.ETag, Theirs, None)).ShouldBe(BlobRefusal.LeaseMismatch);
        await Blobs.ReleaseLeaseAsync(Path, Ours, None);
        WhyRefused(await Blobs.SetMetadataAsync(Path, Metadata("epoch", "2"), own.ETag, Ours, None)).ShouldBe(BlobRefusal.LeaseLost);
        (await ReadAllAsync()).Metadata.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("with-hyphen", "1")]
    [InlineData("1st", "1")]
    [InlineData("", "1")]
    [InlineData("name", "")]
    [InlineData("name", " padded")]
    [InlineData("name", "grüße")]
    public async Task SetMetadataAsync_WhenANameOrValueCannotTravel_ThrowsBeforeItAsks(string name, string value)
    {
        var own = await OwnAppendBlobAsync("one ");

        await Should.ThrowAsync<ArgumentException>(() => Blobs.SetMetadataAsync(Path, Metadata(name, value), own.ETag, Ours, None));
    }

    [Fact]
    public async Task SealAsync_WhenConditionsHold_EndsAppendsForGood()
    {
        var own = await OwnAppendBlobAsync("one ");

        var ended = Written(await Blobs.SealAsync(Path, own.ETag, Ours, None));

        WhyRefused(await Blobs.AppendAsync(Path, Bytes("two "), own with { ETag = ended.ETag }, None)).ShouldBe(BlobRefusal.Sealed);
        ended.ETag.ShouldNotBe(own.ETag);
        Text(await ReadAllAsync()).ShouldBe("one ");
    }

    [Fact]
    public async Task SealAsync_WhenAConditionFails_IsRefused()
    {
        var own = await OwnAppendBlobAsync("one ");

        WhyRefused(await Blobs.SealAsync(Path, OtherETag, Ours, None)).ShouldBe(BlobRefusal.ConditionNotMet);
        WhyRefused(await Blobs.SealAsync(Path, own.ETag, Theirs, None)).ShouldBe(BlobRefusal.LeaseMismatch);
        (await ReadAllAsync()).IsSealed.ShouldBeFalse();
    }

    private static Dictionary<string, string> Metadata(string name, string value) => new() { [name] = value };
}

public sealed class MemoryBlobAppendTests() : BlobAppendContract(new MemoryBackend());

public sealed class AzuriteBlobAppendTests(SharedAzurite azurite) : BlobAppendContract(new AzuriteBackend(azurite));
