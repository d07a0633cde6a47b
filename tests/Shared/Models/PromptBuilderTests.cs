using Holdfast.Models;
using Holdfast.Models.Prompts;
using Holdfast.Sessions;
using Holdfast.Transcripts;
using Shouldly;
using Xunit;
using static Holdfast.Tests.Models.PromptSamples;

namespace Holdfast.Tests.Models;

public sealed class PromptBuilderTests
{
    private const string Other = "fedcba9876543210fedcba9876543210.1";

    [Fact]
    public void Build_WhenTurnsAlternate_RepeatsThem() =>
        Build(User("a"), Assistant("b"), User("c")).Lines().ShouldBe(["user: a", "assistant: b", "user: c"]);

    [Fact]
    public void Build_WhenNeighboursHaveOneRole_MergesThem() =>
        Build(User("a"), Custom("note"), User("b"), Assistant("c"), Assistant("d"), User("e")).Lines()
            .ShouldBe(["user: a | note | b", "assistant: c | d", "user: e"]);

    [Fact]
    public void S38_BlankContent_IsNeverReplayed() =>
        Build(
            User("a"), Assistant(""), Assistant(null, "stop", []), User("  "), Assistant(
                null, "stop", new ContentBlock.Text("\n"), new ContentBlock.Text("b")),
            new TranscriptEntry.UserMessage([]) { Id = NewId(), WrittenAt = default }, User("c"))
            .Lines().ShouldBe(["user: a", "assistant: b", "user: c"]);

    [Fact]
    public void S38_BlankToolResult_IsGivenWords() =>
        Build(User("a"), Calls(Run, "c1", "c2"), Result("c1", ""), Result("c2", " \n", isError: true)).Lines()
            .ShouldBe(["user: a", "assistant: call c1 | call c2", "user: result c1 (no output) | result c2! (no output)"]);

    [Fact]
    public void Build_NeverReplaysStubsPartsMirrorsAndRecords() =>
        Build(
            User("a"),
            Assistant(Run, "error", new ContentBlock.Text("broken")),
            Assistant(Run, "aborted", new ContentBlock.Text("cut")),
            Partial("streamed"),
            With(Assistant("copy"), Run, EntrySource.Mirror),
            User("copy of a question", Run, EntrySource.Mirror),
            new TranscriptEntry.Custom("x", "{}") { Id = NewId(), WrittenAt = default },
            new TranscriptEntry.Verdict("benign", "why") { Id = NewId(), WrittenAt = default },
            new TranscriptEntry.ModelChange("bedrock", "m") { Id = NewId(), WrittenAt = default },
            new TranscriptEntry.Other("label") { Id = NewId(), WrittenAt = default },
            Assistant(null, "stop", new ContentBlock.Unknown("image"), new ContentBlock.Text("b")),
            User("c")).Lines().ShouldBe(["user: a", "assistant: b", "user: c"]);

    [Fact]
    public void S40_CrashInTheMiddleOfAToolCall_IsPairedAtTheRightPlace() =>
        Build(User("a"), Calls(Run, "c1", "c2"), Result("c2", "two"), User("and?")).Lines().ShouldBe(
            ["user: a", "assistant: call c1 | call c2", $"user: result c1! {PromptAssembly.InterruptedResult} | result c2 two | and?"]);

    [Fact]
    public void S40_CrashRightAfterTheCall_EndsInItsSyntheticResult() =>
        Build(User("a"), Calls(Run, "c1")).Lines().ShouldBe(
            ["user: a", "assistant: call c1", $"user: result c1! {PromptAssembly.InterruptedResult}"]);

    [Theory]
    [InlineData("\"{\\\"cmd\\\":\"")]
    [InlineData("null")]
    [InlineData("[]")]
    public void S40_HalfArguments_AreDroppedWithTheirResult(string arguments) =>
        Build(User("a"), Assistant(Run, "toolUse", new ContentBlock.Text("I look."), Call("c1", arguments)), Result("c1", "x"), User("b"))
            .Lines()
            .ShouldBe(["user: a", "assistant: I look.", "user: b"]);

    [Fact]
    public void S40_UnparsedArguments_AreDropped()
    {
        var half = new ContentBlock.ToolCall("c1", "exec", default);

        Build(User("a"), Assistant(Run, "toolUse", half), Result("c1", "x")).Lines().ShouldBe(["user: a"]);
    }

    [Fact]
    public void Build_WhenResultsAreOrphansOrDoubled_DropsThem() =>
        Build(User("a"), Result("c0", "orphan"), Calls(Run, "c1"), Result("c1", "one"), Result("c1", "again"), Result("c9", "orphan"))
            .Lines()
            .ShouldBe(["user: a", "assistant: call c1", "user: result c1 one"]);

    [Fact]
    public void Build_WhenAResultComesAfterTheNextAnswer_ItIsTooLate() =>
        Build(User("a"), Calls(Run, "c1"), Assistant("went on"), Result("c1", "late"), User("b")).Lines().ShouldBe(
            ["user: a", "assistant: call c1", $"user: result c1! {PromptAssembly.InterruptedResult}", "assistant: went on", "user: b"]);

    [Fact]
    public void Build_WhenTheUserSpeaksWhileAToolRuns_PutsTheResultFirst() =>
        Build(User("a", Run), Calls(Run, "c1"), User("hurry", Run, EntrySource.Inject), Result("c1", "one", Run)).Lines()
            .ShouldBe(["user: a", "assistant: call c1", "user: result c1 one | hurry"]);

    [Fact]
    public void Build_WhenCallIdsRepeatOrAreMalformed_GivesThemNewOnes()
    {
        var prompt = Build(
            User("a"), Calls(Run, "c1", "c1"), Result("c1", "one"), Result("c1", "two"), Assistant("b"), User("c"),
            Calls(Run, "c1", "call|fc.7", ""), Result("call|fc.7", "three"));

        var uses = prompt.Messages.SelectMany(message => message.Blocks).OfType<PromptBlock.ToolUse>().Select(call => call.Id).ToArray();
        uses.ShouldBeUnique();
        uses[0].ShouldBe("c1");
        var results = prompt.Messages.SelectMany(message => message.Blocks).OfType<PromptBlock.ToolResult>().ToArray();
        results.Select(result => result.CallId).ShouldBe(uses);
        results.Select(result => result.Value).ShouldBe(
            ["one", "two", PromptAssembly.InterruptedResult, "three", PromptAssembly.InterruptedResult]);
    }

    [Fact]
    public void Build_WhenAToolNameIsMalformed_MakesItAcceptable() =>
        Build(User("a"), Assistant(Run, "toolUse", Call("c1", name: "my.tool/x"), Call("c2", name: "")), Result("c1", "x"))
            .Messages[1].Blocks.Cast<PromptBlock.ToolUse>().Select(call => call.Name).ShouldBe(["my_tool_x", "unknown"]);

    [Fact]
    public void Build_WhenTextFollowsACall_MovesItBeforeTheCalls() =>
        Build(
            User("a"), Assistant(Run, "toolUse", Call("c1"), new ContentBlock.Text("x"), Call("c2"), new ContentBlock.Text("y")),
            Result("c1", "1"))
            .Lines()[1].ShouldBe("assistant: x | y | call c1 | call c2");

    [Fact]
    public void Build_ReplaysReasoningOnlyInTheRunningToolLoopAndWithItsSignature()
    {
        ContentBlock[] thought = [new ContentBlock.Thinking("hm", "sig"), new ContentBlock.Thinking("unsigned", null), Call("c1")];

        Build(
            User("a", "other"), Assistant("other", "toolUse", thought), Result("c1", "x", "other"), Assistant("done", "other"),
            User("b", Run), Assistant(Run, "toolUse", [thought[0], thought[1], Call("c2")]), Result("c2", "y", Run)).Lines().ShouldBe(
            [
                "user: a", "assistant: call c1", "user: result c1 x", "assistant: done",
                "user: b", "assistant: (hm) | call c2", "user: result c2 y",
            ]);
    }

    [Fact]
    public void Build_WhenNoToolIsOffered_TellsResultsAsText() =>
        Build(
            Settings with { Tools = [] }, User("a"), Assistant(Run, "toolUse", new ContentBlock.Text("I look."), Call("c1")),
            Result("c1", "one"))
            .Lines().ShouldBe(["user: a", "assistant: I look.", "user: Result of the tool exec:\none"]);

    [Fact]
    public void Build_WhenCompacted_BeginsWithTheNewestSummary() =>
        Build(User("old"), Compaction("first"), User("older"), Assistant("x"), Compaction("second"), Assistant("b"), User("c")).Lines()
            .ShouldBe(["user: second", "assistant: b", "user: c"]);

    [Fact]
    public void Build_WhenACompactionKeepsEntriesBeforeIt_ShowsThemAfterTheSummary()
    {
        var kept = User("kept");

        Build(User("old"), Assistant("x"), kept, Assistant("y"), Compaction("sum", kept.Id), User("c")).Lines()
            .ShouldBe(["user: sum | kept", "assistant: y", "user: c"]);
    }

    [Fact]
    public void Build_WhenTheFirstKeptEntryIsNotThere_BeginsWithTheSummary() =>
        Build(User("old"), Compaction("sum", EntryId.Parse("gone")), User("c")).Lines().ShouldBe(["user: sum | c"]);

    [Fact]
    public void Build_WhenTheFirstMessageIsTheAssistants_LeavesItOut() =>
        Build(Assistant("hello"), Calls(null, "c0"), Result("c0", "x"), User("a")).Lines().ShouldBe(["user: a"]);

    [Fact]
    public void Build_WhenTheAssistantSpokeLast_IsTheCallersDefect()
    {
        Should.Throw<ArgumentException>(() => Build(User("a"), Assistant("b")));
        Should.Throw<ArgumentException>(() => Build());
        Should.Throw<ArgumentException>(() => Build(User(" ")));
    }

    [Fact]
    public void Build_WhenATurnWasNotAnswered_LeavesItOut() =>
        Build(User("asked", Other), Calls(Other, "c1"), Result("c1", "x", Other), User("now", Run)).Lines().ShouldBe(["user: now"]);

    [Fact]
    public void Build_WhenATurnWasAnswered_RepeatsIt() =>
        Build(User("asked", Other), Assistant("told", Other), User("now", Run)).Lines()
            .ShouldBe(["user: asked", "assistant: told", "user: now"]);

    [Fact]
    public void Build_WhenTextFollowsTwoCalls_MovesItBeforeBoth() =>
        Build(User("a"), Assistant(Run, "toolUse", Call("c1"), Call("c2"), new ContentBlock.Text("x")), Result("c1", "1"))
            .Lines()[1].ShouldBe("assistant: x | call c1 | call c2");

    [Fact]
    public void Build_WhenTheUserSpokeInAnEarlierRound_SaysItOnce() =>
        Build(
            User("a", Run), Calls(Run, "c1"), User("hurry", Run, EntrySource.Inject), Result("c1", "one", Run),
            Calls(Run, "c2"), Result("c2", "two", Run)).Lines().ShouldBe(
            ["user: a", "assistant: call c1", "user: result c1 one | hurry", "assistant: call c2", "user: result c2 two"]);

    [Fact]
    public void Build_WhenNoToolIsOffered_RepeatsNoReasoning() =>
        Build(
            Settings with { Tools = [] },
            User("a", Run),
            Assistant(Run, "toolUse", new ContentBlock.Thinking("hm", "sig"), new ContentBlock.Text("I look."), Call("c1")),
            Result("c1", "one", Run)).Lines()[1].ShouldBe("assistant: I look.");

    [Fact]
    public void Build_WhenASignatureIsEmpty_RepeatsNoReasoning() =>
        Build(User("a", Run), Assistant(Run, "toolUse", new ContentBlock.Thinking("hm", ""), Call("c1")), Result("c1", "one", Run))
            .Lines()[1].ShouldBe("assistant: call c1");

    [Fact]
    public void Build_WhenTheFirstKeptEntryIsTheFirstOfAll_ShowsIt()
    {
        var kept = User("kept");

        Build(kept, Assistant("y"), Compaction("sum", kept.Id), User("c")).Lines()
            .ShouldBe(["user: sum | kept", "assistant: y", "user: c"]);
    }

    [Fact]
    public void Select_WhenACompactionStandsLast_IsItsSummary() =>
        PromptWindow.Select([User("x"), Compaction("sum", EntryId.Parse("gone"))], 1_000, RunId.Parse(Run)).Summary.ShouldBe("sum");

    [Fact]
    public void Build_WhenSystemIsBlank_HasNone() => Build(Settings with { System = " " }, User("a")).System.ShouldBeNull();
}
