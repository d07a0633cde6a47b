using System.Text.Json;
using Holdfast.Tests.Support;
using Shouldly;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Callers;

/// <summary>Pages of other origins in a real browser, which decides by itself what it sends and what it shows them.</summary>
[Collection<OneCallerFixture>]
public sealed class ForeignPageTests(CallerFixture fixture)
{
    private const string Script = "tests/EndToEnd/Callers/foreign-page.mjs";
    private static readonly string[] Browsers = ["/usr/bin/chromium", "/usr/bin/google-chrome"];
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>What every page reads where nothing is refused.</summary>
    private static readonly string[] Readers =
    [
        "postJson", "postJsonWithKey", "instances", "purge", "session", "read", "readWithKey", "script", "events", "socket",
    ];

    [Fact]
    public async Task S73_Page_OfAnotherOrigin_NeitherStartsATurnNorReadsOne()
    {
        var browser = Browsers.FirstOrDefault(File.Exists);
        Assert.SkipWhen(browser is null, $"there is no browser: none of {string.Join(", ", Browsers)}");
        var before = await fixture.EverythingAsync();

        await using var node = ChildProcess.Start(
            "node", [RepositoryRoot.PathOf(Script), browser, $"{fixture.Port}", fixture.Key, CallerFixture.Session, CallerFixture.Secret]);
        var line = await node.WaitForLineAsync(line => line.StartsWith('{'), Patience);

        (await fixture.EverythingAsync()).ShouldBe(before);
        var found = JsonSerializer.Deserialize<Dictionary<string, Visit[]>>(line, JsonSerializerOptions.Web)!;
        Visit[] refused = [.. found["withoutKey"], .. found["withKey"]];
        refused.SelectMany(visit => visit.Reads().Select(name => $"{visit.From} by {name}: {visit.Seen[name]}")).ShouldBeEmpty();
        ShouldGetIn(found["open"]);
        refused.Select(visit => visit.Seen.Count).Distinct().ShouldBe([found["open"][0].Seen.Count]);
    }

    /// <summary>The control: where nobody is refused, each of these pages gets in, and it shows.</summary>
    private static void ShouldGetIn(Visit[] visits)
    {
        visits.Length.ShouldBe(5);
        foreach (var visit in visits)
        {
            visit.Seen.Keys.Except(visit.Arrived).ShouldBeEmpty(visit.From);
            Readers.Except(visit.Reads()).ShouldBeEmpty(visit.From);
        }
    }

    /// <param name="From">Where the page is from.</param>
    /// <param name="Seen">What the page saw of each answer, by the attempt's name.</param>
    /// <param name="Arrived">The attempts that reached the control.</param>
    private sealed record Visit(string From, IReadOnlyDictionary<string, string> Seen, IReadOnlyList<string> Arrived)
    {
        /// <summary>The attempts that were let in, as far as the page can see.</summary>
        public IEnumerable<string> Reads() =>
            Seen.Where(seen => seen.Value.StartsWith('2') || seen.Value.Contains(CallerFixture.Secret, StringComparison.Ordinal))
                .Select(seen => seen.Key);
    }
}
