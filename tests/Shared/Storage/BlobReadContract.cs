using Holdfast.Storage;
using Holdfast.Tests.Support;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Storage;

/// <summary>Bytes, version, metadata and length of one instant, wherever the reader stands.</summary>
public abstract class BlobReadContract(IBlobBackend backend) : BlobContract(backend)
{
    [Fact]
    public async Task ReadAsync_WhenThereIsNoBlob_GivesNull() =>
        (await Blobs.ReadAsync(Path, 0, null, None)).ShouldBeNull();

    [Theory]
    [InlineData(1L, null)]
    [InlineData(0L, 10)]
    [InlineData(0L, 0)]
    public async Task ReadAsync_WhenThereIsNoBlob_GivesNullForARangeToo(long offset, int? maxBytes) =>
        (await Blobs.ReadAsync(Path, offset, maxBytes, None)).ShouldBeNull();

    [Theory]
    [InlineData(0L, null, "0123456789")]
    [InlineData(0L, 4, "0123")]
    [InlineData(0L, 1, "0")]
    [InlineData(0L, 100, "0123456789")]
    [InlineData(1L, null, "123456789")]
    [InlineData(4L, 3, "456")]
    [InlineData(9L, null, "9")]
    [InlineData(9L, 100, "9")]
    [InlineData(4L, 0, "")]
    public async Task ReadAsync_WhenTheRangeLiesInside_GivesItsBytes(long offset, int? maxBytes, string expected)
    {
        var etag = await AppendBlobAsync("0123456789");

        var snapshot = await Blobs.ReadAsync(Path, offset, maxBytes, None);

        Text(snapshot).ShouldBe(expected);
        snapshot!.ETag.ShouldBe(etag);
        snapshot.Length.ShouldBe(10);
    }

    [Theory]
    [InlineData(10L, null)]
    [InlineData(10L, 1)]
    [InlineData(10L, 100)]
    [InlineData(11L, null)]
    [InlineData(11L, 1)]
    [InlineData(12L, 100)]
    [InlineData(5000L, null)]
    public async Task ReadAsync_WhenTheOffsetIsAtOrPastTheEnd_GivesPropertiesWithoutBytes(long offset, int? maxBytes)
    {
        var etag = await AppendBlobAsync("0123456789");

        var snapshot = await Blobs.ReadAsync(Path, offset, maxBytes, None);

        snapshot.ShouldNotBeNull().Content.Length.ShouldBe(0);
        snapshot.ETag.ShouldBe(etag);
        snapshot.Length.ShouldBe(10);
    }

    [Theory]
    [InlineData(0L, null)]
    [InlineData(0L, 1)]
    [InlineData(0L, 100)]
    [InlineData(1L, null)]
    [InlineData(1L, 1)]
    [InlineData(70L, 5)]
    public async Task ReadAsync_WhenTheBlobIsEmpty_GivesPropertiesWithoutBytes(long offset, int? maxBytes)
    {
        var metadata = new Dictionary<string, string> { ["epoch"] = "1" };
        var etag = Written(await Blobs.CreateAppendAsync(Path, metadata, None)).ETag;

        var snapshot = await Blobs.ReadAsync(Path, offset, maxBytes, None);

        snapshot.ShouldNotBeNull().Content.Length.ShouldBe(0);
        snapshot.Length.ShouldBe(0);
        snapshot.ETag.ShouldBe(etag);
        snapshot.Metadata["epoch"].ShouldBe("1");
    }

    [Theory]
    [InlineData(0L, null)]
    [InlineData(3L, null)]
    [InlineData(6L, 10)]
    [InlineData(60L, null)]
    public async Task ReadAsync_WhereverTheReaderStands_TellsMetadataLeaseAndSeal(long offset, int? maxBytes)
    {
        var own = await OwnAppendBlobAsync("012345");
        var metadata = new Dictionary<string, string> { ["runid"] = "r-1", ["epoch"] = "7" };
        var claimed = Written(await Blobs.SetMetadataAsync(Path, metadata, own.ETag, Ours, None)).ETag;
        var before = await Blobs.ReadAsync(Path, offset, maxBytes, None);
        var sealedTag = Written(await Blobs.SealAsync(Path, claimed, Ours, None)).ETag;
        await Blobs.ReleaseLeaseAsync(Path, Ours, None);

        var after = await Blobs.ReadAsync(Path, offset, maxBytes, None);

        before!.Metadata.ShouldBe(metadata, ignoreOrder: true);
        before.Metadata["RunId"].ShouldBe("r-1");
        (before.ETag, before.IsLeased, before.IsSealed).ShouldBe((claimed, true, false));
        (after!.ETag, after.IsLeased, after.IsSealed).ShouldBe((sealedTag, false, true));
        after.Metadata.ShouldBe(metadata, ignoreOrder: true);
    }

    [Fact]
    public async Task ReadAsync_WhenTheBlobHasManyBlocks_GivesTheTailAcrossThem()
    {
        var own = await OwnAppendBlobAsync("start ");
        for (var block = 0; block < 20; block++)
        {
            var written = Written(await Blobs.AppendAsync(Path, Bytes($"block {block:D2} "), own, None));
            own = own with { ETag = written.ETag, Position = written.Length };
        }

        var snapshot = await Blobs.ReadAsync(Path, own.Position - 14, null, None);

        Text(snapshot).ShouldBe("k 18 block 19 ");
        snapshot!.ETag.ShouldBe(own.ETag);
    }

    [Fact]
    public async Task ReadAsync_WhileAnotherAppends_GivesBytesAndLengthOfOneVersion()
    {
        var own = await OwnAppendBlobAsync("0123456789");
        var versions = new Dictionary<BlobETag, long> { [own.ETag] = 10 };
        var writer = Task.Run(async () =>
        {
            for (var block = 0; block < 100; block++)
            {
                var written = Written(await Blobs.AppendAsync(Path, Bytes("0123456789"), own, None));
                own = own with { ETag = written.ETag, Position = written.Length };
                versions.Add(written.ETag, written.Length);
            }
        });

        var seen = new List<BlobSnapshot>();
        while (!writer.IsCompleted)
        {
            seen.Add((await Blobs.ReadAsync(Path, 5, null, None)).ShouldNotBeNull());
        }

        await writer;
        seen.ShouldAllBe(snapshot => snapshot.Content.Length == snapshot.Length - 5);
        seen.ShouldAllBe(snapshot => snapshot.Length <= versions[snapshot.ETag]);
        if (ReadsAreAtomic)
        {
            seen.ShouldAllBe(snapshot => snapshot.Length == versions[snapshot.ETag]);
        }
    }

    [Fact]
    public async Task ReadAsync_WhenAnArgumentIsNegative_ThrowsBeforeItAsks()
    {
        await Should.ThrowAsync<ArgumentOutOfRangeException>(() => Blobs.ReadAsync(Path, -1, null, None));
        await Should.ThrowAsync<ArgumentOutOfRangeException>(() => Blobs.ReadAsync(Path, 0, -1, None));
    }

    [Fact]
    public async Task ReadAsync_WhenItsCallerHasGivenUp_IsCancelled() =>
        await Should.ThrowAsync<OperationCanceledException>(() => Blobs.ReadAsync(Path, 0, null, new CancellationToken(canceled: true)));
}

public sealed class MemoryBlobReadTests() : BlobReadContract(new MemoryBackend());

public sealed class AzuriteBlobReadTests(SharedAzurite azurite) : BlobReadContract(new AzuriteBackend(azurite));
