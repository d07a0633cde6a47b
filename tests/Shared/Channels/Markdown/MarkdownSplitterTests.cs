using System.Text;
using Holdfast.Channels.Markdown;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Channels.Markdown;

public sealed class MarkdownSplitterTests
{
    private const int Max = MarkdownSplitter.MinPartCharacters;

    [Theory]
    [InlineData("")]
    [InlineData(" \n\n ")]
    public void Split_WhenTextIsBlank_GivesNoParts(string text) => MarkdownSplitter.Split(text, Max).ShouldBeEmpty();

    [Fact]
    public void Split_WhenTextFits_GivesItUnchanged()
    {
        var text = "```\r\nopen " + new string('x', Max - 10);

        MarkdownSplitter.Split(text, Max).ShouldBe([text]);
    }

    [Fact]
    public void Split_WhenThereAreParagraphs_CutsBetweenThem()
    {
        var (first, second) = ("one line\n" + new string('a', 80), new string('b', 60) + "\nnext");

        MarkdownSplitter.Split(first + "\n\n" + second, Max).ShouldBe([first, second]);
    }

    [Fact]
    public void Split_WhenThereAreOnlyLines_CutsBetweenThem() =>
        MarkdownSplitter.Split(new string('a', 100) + "\n" + new string('b', 100), Max)
            .ShouldBe([new string('a', 100), new string('b', 100)]);

    [Fact]
    public void Split_WhenThereAreOnlySpaces_CutsAtOne() =>
        MarkdownSplitter.Split(new string('a', 100) + " " + new string('b', 100), Max)
            .ShouldBe([new string('a', 100), new string('b', 100)]);

    [Fact]
    public void Split_WhenThereIsNoBreak_CutsAtTheLimit() =>
        MarkdownSplitter.Split(new string('a', Max + 3), Max).Select(p => p.Length).ShouldBe([Max, 3]);

    [Fact]
    public void Split_WhenTheLimitFallsInsideASurrogatePair_CutsBeforeIt()
    {
        var parts = MarkdownSplitter.Split("a" + string.Concat(Enumerable.Repeat("👋", Max)), Max);

        string.Concat(parts).ShouldBe("a" + string.Concat(Enumerable.Repeat("👋", Max)));
        parts.ShouldAllBe(part => IsWhole(part));
    }

    [Fact]
    public void Split_WhenACutFallsInsideCode_ClosesTheFenceAndOpensItAgainWithItsLanguage()
    {
        var lines = Enumerable.Range(0, 20).Select(n => $"line number {n};").ToList();

        var parts = MarkdownSplitter.Split("```csharp\n" + string.Join('\n', lines) + "\n```\nafter", Max);

        parts.Count.ShouldBeGreaterThan(2);
        parts.ShouldAllBe(part => part.StartsWith("```csharp\n") && IsBalanced(part) && part.Length <= Max);
        parts[^1].ShouldEndWith("\n```\nafter");
        string.Join('\n', parts).Split('\n').Where(l => l.StartsWith("line")).ShouldBe(lines);
    }

    [Fact]
    public void Split_WhenACutWouldFallOnAnOpeningFence_PutsItIntoTheNextPart()
    {
        var text = new string('a', Max - 10) + "\n```python\n" + new string('b', 40) + "\n```";

        MarkdownSplitter.Split(text, Max).ShouldBe([new string('a', Max - 10), "```python\n" + new string('b', 40) + "\n```"]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Split_WhenTextIsArbitrary_KeepsEveryPromise(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 400; round++)
        {
            var text = Arbitrary(random);
            var max = random.Next(Max, 300);

            var parts = MarkdownSplitter.Split(text, max);

            parts.ShouldAllBe(part => part.Length <= max && !string.IsNullOrWhiteSpace(part));
            parts.ShouldAllBe(part => IsWhole(part));
            parts.Take(parts.Count - 1).ShouldAllBe(part => IsBalanced(part));
            Letters(string.Concat(parts)).ShouldBe(Letters(text), $"seed {seed}, round {round}");
        }
    }

    // Languages of fences have no capital letters in these texts, and everything else has: what is left must be the whole text.
    private static string Letters(string text) => string.Concat(text.Where(c => c is >= 'A' and <= 'Z' || char.IsSurrogate(c)));

    private static bool IsWhole(string part) => !char.IsLowSurrogate(part[0]) && !char.IsHighSurrogate(part[^1]);

    private static bool IsBalanced(string part) => CodeFences.Find(part).OpenAt(part.Length) is null;

    private static string Arbitrary(Random random)
    {
        string[] pieces = ["\n", "\n\n", " ", "\n```\n", "\n```csharp\n", "\n~~~~\n", "\n   ```  \n", "\r\n", "👋", "`", "\n````js x=1\n"];
        var text = new StringBuilder();
        var length = random.Next(10, 1500);
        while (text.Length < length)
        {
            _ = random.Next(3) == 0
                ? text.Append(pieces[random.Next(pieces.Length)])
                : text.Append((char)('A' + random.Next(26)), random.Next(1, 30));
        }

        return text.ToString();
    }
}
