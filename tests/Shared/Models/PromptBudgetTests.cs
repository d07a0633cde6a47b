using System.Collections.Immutable;
using Holdfast.Models.Prompts;
using Holdfast.Sessions;
using Holdfast.Transcripts;
using Shouldly;
using Xunit;
using static Holdfast.Tests.Models.PromptSamples;

namespace Holdfast.Tests.Models;

public sealed class PromptBudgetTests
{
    private static readonly string Long = new('x', 4_000); // About 1,000 tokens.

    [Fact]
    public void Build_WhenItDoesNotFit_CutsAtAUserMessageAndNeverWithinAPair() =>
        Build(
            Small(3_300),
            User("1" + Long), Calls(null, "c1"), Result("c1", Long), Assistant("a1"),
            User("2"), Calls(null, "c2"), Result("c2", Long), Assistant("a2"),
            User("3" + Long)).Lines().Select(line => line[..Math.Min(line.Length, 18)]).ShouldBe(
            ["user: 2", "assistant: call c2", "user: result c2 xx", "assistant: a2", "user: 3xxxxxxxxxxx"]);

    [Fact]
    public void Build_WhenTheNewestTurnAloneIsTooLong_KeepsItWhole() =>
        Build(
            Small(500),
            User("old"), Assistant("a"),
            User("now", Run), Calls(Run, "c1"), Result("c1", Long, Run), Calls(Run, "c2"), Result(
                "c2", Long, Run)).Messages.Length.ShouldBe(5);

    [Fact]
    public void Build_WhenSomebodySpokeIntoTheNewestTurn_KeepsItWholeAllTheSame() =>
        Build(
            Small(500),
            User("old"), Assistant("a"),
            User("now", Run), Calls(Run, "c1"), Result("c1", Long, Run), User("steer", "other", EntrySource.Inject), Custom("note"),
            Calls(Run, "c2"), Result("c2", Long, Run)).Lines()[0].ShouldBe("user: now");

    [Fact]
    public void Build_WhenEverythingFits_CutsNothing() => Build(User("1"), Assistant("a"), User("2")).Messages.Length.ShouldBe(3);

    [Fact]
    public void Build_WhenTheSummaryNeedsRoom_CutsOlderTurnsForIt() =>
        Build(Small(2_600), Compaction("sum" + Long), User("1" + Long), Assistant("a"), User("2" + Long)).Lines()
            .Select(line => line[..10]).ShouldBe(["user: sumx"]);

    [Fact]
    public void Build_WhenTheCutLiesAfterTheSummary_LeavesItOut() =>
        Build(Small(1_500), Compaction("sum"), User("1" + Long), Assistant("a"), User("2" + Long), Assistant("b"), User("3" + Long)).Lines()
            .ShouldHaveSingleItem().ShouldStartWith("user: 3");

    [Fact]
    public void Build_WhenTheCutLiesAfterWhatACompactionKept_LeavesItsSummaryOut()
    {
        var kept = User("1" + Long);

        Build(Small(1_500), kept, Assistant("a"), User("2" + Long), Assistant("b"), Compaction("sum", kept.Id), User("3" + Long)).Lines()
            .ShouldHaveSingleItem().ShouldStartWith("user: 3");
    }

    [Fact]
    public void Build_WhenSystemAndToolsAreLong_TheyCountToo() =>
        Build(Small(2_600) with { System = Long }, User("1" + Long), Assistant("a"), User("2" + Long)).Messages.Length.ShouldBe(1);

    [Fact]
    public void Build_WhenTheSessionIsOld_LooksAtWhatIsKeptOnly()
    {
        // Whoever reads the content of one of these, throws.
        var past = Enumerable.Repeat<TranscriptEntry>(
            new TranscriptEntry.UserMessage(default(ImmutableArray<ContentBlock>)) { Id = NewId(), WrittenAt = default }, 20_000);
        var recent = Enumerable.Range(0, 50).SelectMany(_ => new TranscriptEntry[] { User(Long), Assistant(Long) }).Append(User("now"));

        var window = PromptWindow.Select([.. past, .. recent], budget: 10_000, RunId.Parse(Run));

        window.NewestFirst.Count.ShouldBeInRange(5, 11);
        Should.Throw<Exception>(() => PromptWindow.Select([.. past, .. recent], budget: 1_000_000, RunId.Parse(Run)));
    }

    /// <summary>Room for this many tokens of conversation, near enough.</summary>
    private static PromptSettings Small(int tokens) =>
        Settings with { System = null, ContextTokens = tokens + 1_000, MaxOutputTokens = 1_000 };
}
