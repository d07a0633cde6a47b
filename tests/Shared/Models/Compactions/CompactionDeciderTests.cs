using System.Collections.Immutable;
using Holdfast.Models.Compactions;
using Holdfast.Models.Prompts;
using Holdfast.Tests.Turns;
using Holdfast.Transcripts;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Models.Compactions;

public sealed class CompactionDeciderTests
{
    private static readonly Holdfast.Sessions.TurnId Turn = TurnFixture.Delivery("now").Turn;
    private static readonly PromptSettings Prompt = new("You help.", [], ContextTokens: 1_000, MaxOutputTokens: 100, CurrentRun: null);
    private static readonly CompactionSettings Settings = new() { AtShare = 0.5, KeepShare = 0.3 };

    [Fact]
    public void Decide_WhenThePromptIsSmall_IsNull() => Decide(Turned("a", 400), Message(100)).ShouldBeNull();

    [Fact]
    public void Decide_WhenItIsLarger_KeepsTheNewestTurnsThatFit()
    {
        var plan = Decide(Turned("a", 1_400), Turned("b", 400), Message(200)).ShouldNotBeNull();

        plan.FirstKeptId.Value.ShouldBe("b-question");
        plan.LeftOut.Select(entry => entry.Id.Value).ShouldBe(["a-question", "a-answer"]);
        plan.TokensBefore.ShouldBeGreaterThan(500);
        plan.FitsMeanwhile.ShouldBeTrue();
    }

    [Fact]
    public void Decide_WhenTheRunningTurnAloneIsLarger_KeepsItWhole() =>
        Decide(Turned("a", 200), Message(2_000), [Lines.Assistant(Lines.By("r"), new string('x', 400))]).ShouldNotBeNull()
            .FirstKeptId.ShouldBe(EntryId.OfMessage(Turn));

    [Fact]
    public void Decide_WhenNothingStandsBeforeTheRunningTurn_IsNull() => Decide(Message(3_000)).ShouldBeNull();

    [Fact]
    public void Decide_WhenItIsDecidedAgainAfterItsOwnCompaction_IsNull()
    {
        var before = Written(Turned("a", 1_400), Message(2_000));
        var plan = CompactionDecider.Decide(before, Turn, Prompt, Settings).ShouldNotBeNull();
        var compaction = Compaction("short", plan.FirstKeptId);

        CompactionDecider.Decide(before.Apply([compaction]), Turn, Prompt, Settings).ShouldBeNull("what is left is the running turn");
    }

    [Fact]
    public void Decide_WhenCompactedBefore_SumsUpTheSummaryToo()
    {
        var first = Compaction("first summary", EntryId.Parse("b-question"));

        var plan = Decide(Turned("a", 3_000), Turned("b", 1_000), [first], Turned("d", 1_000), Message(800)).ShouldNotBeNull();

        plan.LeftOut[0].ShouldBeOfType<TranscriptEntry.Compaction>().Summary.ShouldBe("first summary");
        plan.LeftOut.Skip(1).Select(entry => entry.Id.Value).ShouldBe(["b-question", "b-answer", "d-question", "d-answer"]);
        plan.TokensBefore.ShouldBeLessThan(900, "what the first one left out does not count");
    }

    [Fact]
    public void Decide_WhenThePromptHasNoRoom_DoesNotFitMeanwhile() =>
        Decide(Turned("a", 4_000), Message(100)).ShouldNotBeNull().FitsMeanwhile.ShouldBeFalse();

    [Fact]
    public void Decide_WhenAMessageWasInjected_DoesNotCutThere()
    {
        var injected = Lines.User(Lines.By("side", EntrySource.Inject), "injected", id: "injected");

        Decide(Turned("a", 1_800), [injected, Lines.Assistant(Lines.By("r"), "so")], Message(100))
            .ShouldNotBeNull().FirstKeptId.ShouldBe(EntryId.OfMessage(Turn));
    }

    [Fact]
    public void Build_WhenAsked_IsAcceptableAndEndsInTheRequest()
    {
        var plan = Decide(Turned("a", 1_400), [Lines.Assistant(Lines.By("r"), "half", id: "x")], Message(1_200)).ShouldNotBeNull();

        var call = CompactionPrompt.Build(plan, ScriptedModel.Profile("m") with { ContextTokens = 100_000, MaxOutputTokens = 50_000 });

        AcceptableToModelApi.Check(call.Prompt);
        (call.Prompt.Messages.Length, call.Prompt.Tools.Length, call.Model.MaxOutputTokens)
            .ShouldBe((3, 0, CompactionPrompt.MaxSummaryTokens));
    }

    private static CompactionPlan? Decide(params TranscriptEntry[][] stretches) =>
        CompactionDecider.Decide(Written(stretches), Turn, Prompt, Settings);

    private static Conversation Written(params TranscriptEntry[][] stretches)
    {
        var entries = stretches.SelectMany(stretch => stretch).ToImmutableArray();
        return Conversation.Empty.Apply(new TranscriptLines(entries, [.. entries.Select((_, index) => index * 10L)], 0, 0));
    }

    private static TranscriptEntry[] Turned(string name, int answerCharacters) =>
    [
        Lines.User(Lines.By(name), "a question", $"{name}-question"),
        Lines.Assistant(Lines.By(name), new string('x', answerCharacters), id: $"{name}-answer"),
    ];

    private static TranscriptEntry[] Message(int characters) =>
        [Lines.User(Lines.By("r"), new string('q', characters), EntryId.OfMessage(Turn).Value)];

    private static TranscriptEntry.Compaction Compaction(string summary, EntryId firstKept) =>
        new(summary, firstKept) { Id = EntryId.Parse("c"), WrittenAt = DateTimeOffset.UnixEpoch };
}
