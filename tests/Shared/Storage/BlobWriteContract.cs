using Holdfast.Storage;
using Holdfast.Tests.Support;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Storage;

/// <summary>Block blobs: created once, replaced and deleted by version.</summary>
public abstract class BlobWriteContract(IBlobBackend backend) : BlobContract(backend)
{
    private static readonly BlobPath Key = BlobPath.Parse("keys/3f2a.json");

    [Fact]
    public async Task CreateAsync_WhenTheNameIsFree_WritesTheContent()
    {
        var written = Written(await Blobs.CreateAsync(Key, Bytes("{}"), None));

        written.Length.ShouldBe(2);
        var snapshot = await ReadAllAsync(Key);
        Text(snapshot).ShouldBe("{}");
        snapshot.ETag.ShouldBe(written.ETag);
    }

    [Fact]
    public async Task CreateAsync_WhenTheContentIsEmpty_WritesAnEmptyBlob()
    {
        Written(await Blobs.CreateAsync(Key, ReadOnlyMemory<byte>.Empty, None)).Length.ShouldBe(0);

        (await ReadAllAsync(Key)).Length.ShouldBe(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CreateAsync_WhenTheNameIsTaken_IsRefusedAndChangesNothing(bool leased)
    {
        var etag = Written(await Blobs.CreateAsync(Key, Bytes("first"), None)).ETag;
        if (leased)
        {
            await HoldAsync(Theirs, Key);
        }

        var again = await Blobs.CreateAsync(Key, Bytes("second"), None);
        var asAppend = await Blobs.CreateAppendAsync(Key, NoMetadata, None);

        WhyRefused(again).ShouldBe(BlobRefusal.AlreadyExists);
        WhyRefused(asAppend).ShouldBe(BlobRefusal.AlreadyExists);
        var snapshot = await ReadAllAsync(Key);
        (Text(snapshot), snapshot.ETag).ShouldBe(("first", etag));
    }

    [Fact]
    public async Task CreateAsync_WhenFiftyRace_ExactlyOneWrites()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 50).Select(n => Blobs.CreateAsync(Key, Bytes($"{n:D2}"), None)));

        var winner = outcomes.Index().Single(outcome => outcome.Item is BlobWriteOutcome.Written).Index;
        outcomes.OfType<BlobWriteOutcome.Refused>().ShouldAllBe(refused => refused.Why == BlobRefusal.AlreadyExists);
        Text(await ReadAllAsync(Key)).ShouldBe($"{winner:D2}");
    }

    [Fact]
    public async Task CreateAppendAsync_WhenFiftyRace_ExactlyOneWrites()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 50).Select(
            n => Blobs.CreateAppendAsync(Path, new Dictionary<string, string> { ["runid"] = $"r{n}" }, None)));

        var winner = outcomes.Index().Single(outcome => outcome.Item is BlobWriteOutcome.Written);
        outcomes.OfType<BlobWriteOutcome.Refused>().ShouldAllBe(refused => refused.Why == BlobRefusal.AlreadyExists);
        var snapshot = await ReadAllAsync();
        snapshot.Metadata["runid"].ShouldBe($"r{winner.Index}");
        snapshot.ETag.ShouldBe(Written(winner.Item).ETag);
    }

    [Fact]
    public async Task ReplaceAsync_WhenTheVersionIsRight_ReplacesTheContent()
    {
        var etag = Written(await Blobs.CreateAsync(Key, Bytes("first"), None)).ETag;

        var written = Written(await Blobs.ReplaceAsync(Key, Bytes("second"), etag, None));

        written.ETag.ShouldNotBe(etag);
        written.Length.ShouldBe(6);
        Text(await ReadAllAsync(Key)).ShouldBe("second");
    }

    [Fact]
    public async Task ReplaceAsync_WhenTheVersionIsAnotherOne_IsRefused()
    {
        var stale = Written(await Blobs.CreateAsync(Key, Bytes("first"), None)).ETag;
        await Blobs.ReplaceAsync(Key, Bytes("second"), stale, None);

        WhyRefused(await Blobs.ReplaceAsync(Key, Bytes("third"), stale, None)).ShouldBe(BlobRefusal.ConditionNotMet);
        Text(await ReadAllAsync(Key)).ShouldBe("second");
    }

    [Fact]
    public async Task ReplaceAsync_WhenTwentyRace_ExactlyOneWrites()
    {
        var etag = Written(await Blobs.CreateAsync(Key, Bytes("first"), None)).ETag;

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => Blobs.ReplaceAsync(Key, Bytes($"{n}"), etag, None)));

        outcomes.OfType<BlobWriteOutcome.Written>().Count().ShouldBe(1);
    }

    [Fact]
    public async Task ReplaceAsync_WhenSomebodyHoldsALease_IsRefused()
    {
        var etag = Written(await Blobs.CreateAsync(Key, Bytes("first"), None)).ETag;
        await HoldAsync(Theirs, Key);

        WhyRefused(await Blobs.ReplaceAsync(Key, Bytes("second"), etag, None)).ShouldBe(BlobRefusal.LeaseMissing);
    }

    [Fact]
    public async Task ReplaceAsync_WhenThereIsNoBlob_IsRefused() =>
        WhyRefused(await Blobs.ReplaceAsync(Key, Bytes("second"), OtherETag, None))
            .ShouldBeOneOf(BlobRefusal.ConditionNotMet, BlobRefusal.NotFound);

    [Fact]
    public async Task DeleteAsync_WhenTheVersionIsRight_FreesTheName()
    {
        var etag = Written(await Blobs.CreateAsync(Key, Bytes("first"), None)).ETag;

        Written(await Blobs.DeleteAsync(Key, etag, None)).ETag.ShouldBe(etag);

        (await Blobs.ReadAsync(Key, 0, null, None)).ShouldBeNull();
        Written(await Blobs.CreateAsync(Key, Bytes("second"), None)).ETag.ShouldNotBe(etag);
    }

    [Fact]
    public async Task DeleteAsync_WhenTheVersionIsAnotherOne_IsRefused()
    {
        await Blobs.CreateAsync(Key, Bytes("first"), None);

        WhyRefused(await Blobs.DeleteAsync(Key, OtherETag, None)).ShouldBe(BlobRefusal.ConditionNotMet);
        Text(await ReadAllAsync(Key)).ShouldBe("first");
    }

    [Fact]
    public async Task DeleteAsync_WhenSomebodyHoldsALease_IsRefused()
    {
        var etag = Written(await Blobs.CreateAsync(Key, Bytes("first"), None)).ETag;
        await HoldAsync(Theirs, Key);

        WhyRefused(await Blobs.DeleteAsync(Key, etag, None)).ShouldBe(BlobRefusal.LeaseMissing);
    }

    [Fact]
    public async Task DeleteAsync_WhenThereIsNoBlob_IsRefused() =>
        WhyRefused(await Blobs.DeleteAsync(Key, OtherETag, None)).ShouldBeOneOf(BlobRefusal.NotFound, BlobRefusal.ConditionNotMet);

    [Theory]
    [InlineData("outbox/with space & more?.json")]
    [InlineData("outbox/hash#percent%20plus+.json")]
    [InlineData("outbox/grüße-日本.json")]
    public async Task CreateAsync_WhenTheNameHasUnusualCharacters_IsFoundUnderIt(string name)
    {
        var path = BlobPath.Parse(name);

        Written(await Blobs.CreateAsync(path, Bytes("x"), None));

        Text(await ReadAllAsync(path)).ShouldBe("x");
        (await Blobs.ListAsync("outbox/", None).ToListAsync()).ShouldHaveSingleItem().Path.ShouldBe(path);
    }

    [Fact]
    public async Task CreateAsync_WhenTheNameHasItsFullLength_IsFoundUnderIt()
    {
        var path = BlobPath.Parse("inbox/" + new string('n', 1018));

        Written(await Blobs.CreateAsync(path, Bytes("x"), None));

        Text(await ReadAllAsync(path)).ShouldBe("x");
    }
}

public sealed class MemoryBlobWriteTests() : BlobWriteContract(new MemoryBackend());

public sealed class AzuriteBlobWriteTests(SharedAzurite azurite) : BlobWriteContract(new AzuriteBackend(azurite));
