using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Holdfast.Conventions.Tests;

/// <summary>
/// Words that once grew here and that an engineer of this field would have to look up: they stay gone from code and docs.
/// </summary>
public sealed partial class WordTests
{
    /// <summary>What stands in stored transcripts and inboxes keeps its name: readers must understand what was written before.</summary>
    private static readonly string[] Stored = ["\"holdfast/parked\"", "`holdfast/parked`", "\"parked:", "\"parked\""];

    [Fact]
    public void CodeAndDocs_Always_UseTheFieldsWords() =>
        RepositoryTree.Below(".cs", "src", "tests", "bench").Concat(RepositoryTree.Below(".md", "docs")).Append(
            RepositoryTree.FileAt("README.md")).Append(RepositoryTree.FileAt("dev"))
            .Where(file => !file.Path.EndsWith(nameof(WordTests) + ".cs", StringComparison.Ordinal))
            .SelectMany(file => Found(file.Text).Select(word => $"{file.Path}: {word}"))
            .ShouldBeEmpty();

    [Theory]
    [InlineData("public sealed class SlackIntake(", "SlackIntake")]
    [InlineData("rings the bell", "bell")]
    [InlineData("the ModelLadder walks", "ModelLadder")]
    [InlineData("a parked answer", "parked")]
    [InlineData("Custom(\"holdfast/parked\", json)", null)]
    [InlineData("string label = spark + indoor;", null)]
    public void Found_WhenAWordIsOld_NamesIt(string text, string? word) => Found(text).ShouldBe(word is null ? [] : [word]);

    private static IEnumerable<string> Found(string text)
    {
        foreach (var stored in Stored)
        {
            text = text.Replace(stored, "", StringComparison.Ordinal);
        }

        return OldWords().Matches(text).Select(match => match.Value);
    }

    [GeneratedRegex(
        @"\b(?:doors?|bells?|rung|MessageDesk|desk|\w*[Ii]ntake\w*|[Ll]etGo|Unproven|\w+Judge|\w*(?:Claim|Entry)Stamp|ClaimTerms|" +
        @"LeaseLine|LeaseKeeper|\w*Seams|" +
        @"AnswerParking|[Pp]ark(?:s|ed|ing)?|SuccessorWatch|SideEntryDrain|\w*Ladder\w*|ladders?|ModelLane|LanePriority|lanes?|" +
        @"GapReading|StandingConversation|" +
        @"\w*Stage|\w*Rig|\w*[Ww]eather|[Dd]iary|[Cc]hronicle|Played\w*|played|drawn|seen to)\b")]
    private static partial Regex OldWords();
}
