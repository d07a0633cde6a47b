using Holdfast.Storage;
using Holdfast.Tests.Support;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Storage;

/// <summary>Listings, three rows a page.</summary>
public abstract class BlobListContract(IBlobBackend backend) : BlobContract(backend, listPageSize: 3)
{
    [Fact]
    public async Task ListAsync_WhenNothingMatches_IsEmpty()
    {
        await CreateAsync("inbox/a/1.json");

        (await Blobs.ListAsync("outbox/", None).ToListAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task ListAsync_WhenThereAreSeveralPages_GivesEachNameOnceInOrder()
    {
        string[] names =
            ["inbox/a/0002.json", "inbox/a/0010.json", "inbox/a/0001.json", "inbox/b/0001.json", "inbox/a/0003.json", "inbox/A/1.json"];
        foreach (var name in names)
        {
            await CreateAsync(name);
        }

        var all = await Blobs.ListAsync("inbox/", None).Select(row => row.Path.Value).ToListAsync();
        var one = await Blobs.ListAsync("inbox/a/", None).Select(row => row.Path.Value).ToListAsync();

        all.ShouldBe(names.Order(StringComparer.Ordinal));
        one.ShouldBe(["inbox/a/0001.json", "inbox/a/0002.json", "inbox/a/0003.json", "inbox/a/0010.json"]);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(7)]
    public async Task ListAsync_WhenTheRowsFillTheirPages_GivesThemAll(int count)
    {
        for (var n = 0; n < count; n++)
        {
            await CreateAsync($"inbox/{n}.json");
        }

        (await Blobs.ListAsync("inbox/", None).ToListAsync()).Count.ShouldBe(count);
    }

    [Fact]
    public async Task ListAsync_WhenARowIsRead_HasTheVersionThatAWriteMayName()
    {
        var etag = await AppendBlobAsync("0123456789");
        var path = await CreateAsync("inbox/1.json");

        var appended = (await Blobs.ListAsync("sessions/", None).ToListAsync()).ShouldHaveSingleItem();
        var row = (await Blobs.ListAsync("inbox/", None).ToListAsync()).ShouldHaveSingleItem();

        appended.ShouldBe(new BlobListing(Path, etag, 10));
        row.Path.ShouldBe(path);
        Written(await Blobs.DeleteAsync(path, row.ETag, None));
    }

    [Fact]
    public async Task ListAsync_WhenRowsAreDeletedMeanwhile_GivesTheOthers()
    {
        for (var n = 0; n < 7; n++)
        {
            await CreateAsync($"inbox/{n}.json");
        }

        var seen = new List<string>();
        await foreach (var row in Blobs.ListAsync("inbox/", None))
        {
            seen.Add(row.Path.Value);
            Written(await Blobs.DeleteAsync(row.Path, row.ETag, None));
        }

        seen.ShouldBe(Enumerable.Range(0, 7).Select(n => $"inbox/{n}.json"));
        (await Blobs.ListAsync("", None).ToListAsync()).ShouldBeEmpty();
    }

    private async Task<BlobPath> CreateAsync(string name)
    {
        var path = BlobPath.Parse(name);
        Written(await Blobs.CreateAsync(path, Bytes("x"), None));
        return path;
    }
}

public sealed class MemoryBlobListTests() : BlobListContract(new MemoryBackend());

public sealed class AzuriteBlobListTests(SharedAzurite azurite) : BlobListContract(new AzuriteBackend(azurite));
