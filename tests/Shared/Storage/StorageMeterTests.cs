using Holdfast.Storage;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Storage;

public sealed class StorageMeterTests
{
    [Theory]
    [InlineData("sessions/s1/transcript-000001.jsonl", "sessions")]
    [InlineData("toolcalls/t/c.json", "toolcalls")]
    [InlineData("inbox/", "inbox")]
    [InlineData("inbox", "inbox")]
    [InlineData("sessionsx/1", "other")]
    [InlineData("", "other")]
    public void Count_WhenSomebodyListens_TagsVerbAndFamily(string name, string family)
    {
        using var calls = new StorageCalls();

        StorageMeter.Count(BlobVerb.List, name);

        calls.Seen.ShouldBe([$"holdfast.storage.calls 1 List {family}"]);
    }
}
