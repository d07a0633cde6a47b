using System.Text;
using Holdfast.Delivery;
using Holdfast.Models;
using Holdfast.Models.Compactions;
using Holdfast.Storage;
using Holdfast.Tests.Turns;
using Holdfast.Transcripts;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Models.Compactions;

/// <summary>Whole turns of a session that has grown long.</summary>
public sealed class CompactionTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public void S10_WhenCompactionStartsByThresholdInTheMiddleOfATurn_TheStreamGoesOnInTheNewSegment() => TurnFixture.Run(async fixture =>
    {
        await LongHistory.WriteAsync(fixture);
        fixture.Model.Summary = SummaryAfter(2);
        fixture.Model.Then(Talk("one ", "two ", "three"));
        await fixture.AcceptAsync("m1");

        var receipt = (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem();

        (receipt.Ending, receipt.Tally.Verdicts.Count).ShouldBe((TurnEnding.Replied, 0));
        fixture.Channel.Posts.ShouldHaveSingleItem().Text.ShouldBe("one two three");
        fixture.SegmentCount().ShouldBe(2);
        Parts(fixture, 0).ShouldBe(["one "]);
        Parts(fixture, 1).ShouldBe(["two ", "three"]);
        var compaction = TranscriptLineParser.Parse(fixture.Bytes(1)).Entries[0].ShouldBeOfType<TranscriptEntry.Compaction>();
        compaction.Summary.ShouldEndWith("old things");
        compaction.FirstKeptId.ShouldBe(EntryId.OfMessage(TurnFixture.Delivery("m1").Turn));
        compaction.TokensBefore.ShouldNotBeNull().ShouldBeInRange(3_000, 9_000);
        LineAt(fixture, compaction.KeptFrom.ShouldNotBeNull()).ShouldContain($"\"id\":\"{compaction.FirstKeptId}\"");
        (await fixture.Start().Sessions.FindAsync(TurnFixture.Key, None))!.ActiveSegment.ShouldBe(1);
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    [Fact]
    public void RunAsync_WhenCompactedBefore_TheNextTurnIsAskedWithTheSummary() => TurnFixture.Run(async fixture =>
    {
        await LongHistory.WriteAsync(fixture);
        fixture.Model.Summary = SummaryAfter(4);
        fixture.Model.Then(Talk("one ", "two ", "three")).Then(SimulatedModel.Text("four"));
        await fixture.AcceptAsync("m1");
        await new SimulatedOrchestration(fixture).RunAsync();
        await fixture.AcceptAsync("m2", "and now?");

        await new SimulatedOrchestration(fixture).RunAsync();

        var prompt = TextOf(fixture.Model.Requests[^1].Prompt);
        prompt.ShouldContain("old things");
        prompt.ShouldNotContain(LongHistory.OldAnswer);
        prompt.ShouldContain("one two three");
        fixture.Model.SummaryRequests.Count.ShouldBe(1, "nothing is due any more");
        await TurnInvariants.CheckAsync(fixture, "m2");
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void RunAsync_WhenCompactedBetweenTwoSteps_AColdProcessAsksWhatAWarmOneAsks(bool isCold) => TurnFixture.Run(async fixture =>
    {
        await LongHistory.WriteAsync(fixture);
        fixture.Agent = fixture.Agent with { Tools = [SimulatedTool.Saying("look", "seen")] };
        fixture.Model.Summary = SummaryAfter(4);
        fixture.Model.Then(
            [SimulatedModel.Delta("looking "), new Act.Wait(TimeSpan.FromSeconds(6)), .. SimulatedModel.Tools(("c1", "look", new { }))])
            .Then(SimulatedModel.Text("done"));
        await fixture.AcceptAsync("m1");
        var process = fixture.Start();
        var turn = await TurnFixture.OpenAsync(process);
        var report = await process.StepAsync(turn);
        foreach (var call in report.ToolCalls)
        {
            await process.Tools.RunAsync(call, None);
        }

        await (isCold ? fixture.Start() : process).StepAsync(turn, 1, report.ToolCalls);

        report.ToolCalls.ShouldHaveSingleItem().Turn.Segment.ShouldBe(1, "the tool renews the lease of the segment that the step ended in");
        TextOf(fixture.Model.Requests[^1].Prompt).ShouldBe(
            $"User: {CompactionPrompt.Heading}old things|a question\nAssistant: looking |look\nUser: seen");
    });

    [Fact]
    public void RunAsync_WhenTheAnswerComesFirst_NobodyWaitsForTheSummaryAndTheNextCallTriesAgain() => TurnFixture.Run(async fixture =>
    {
        await LongHistory.WriteAsync(fixture);
        fixture.Model.Summary = SummaryAfter(100);
        fixture.Model.Then(SimulatedModel.Text("at once"));
        await fixture.AcceptAsync("m1");
        var since = fixture.Clock.GetUtcNow();

        (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        (fixture.Clock.GetUtcNow() - since).ShouldBeLessThan(TimeSpan.FromSeconds(30));
        fixture.SegmentCount().ShouldBe(1);
        await fixture.AcceptAsync("m2");
        fixture.Model.Then(Talk("one ", "two ", "three"));
        fixture.Model.Summary = SummaryAfter(2);
        await new SimulatedOrchestration(fixture).RunAsync();
        (fixture.SegmentCount(), fixture.Model.SummaryRequests.Count).ShouldBe((2, 2));
    });

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void RunAsync_WhenThePromptHasNoRoom_SumsUpBeforeItAsks(int lanePlaces) => TurnFixture.Run(async fixture =>
    {
        fixture.ConcurrentCalls = lanePlaces;
        await LongHistory.WriteAsync(fixture);
        fixture.Agent = fixture.Agent with { Models = [fixture.Agent.Models[0] with { ContextTokens = 5_000 }] };
        fixture.Model.Summary = SummaryAfter(100);
        await fixture.AcceptAsync("m1");

        (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        TextOf(fixture.Model.Requests.ShouldHaveSingleItem().Prompt).ShouldContain("old things");
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    [Fact]
    public void RunAsync_WhenTheLimiterHasOnePlace_TheStreamDoesNotWaitForItself() => TurnFixture.Run(async fixture =>
    {
        fixture.ConcurrentCalls = 1;
        await LongHistory.WriteAsync(fixture);
        fixture.Model.Then(Talk("one ", "two ", "three"));
        await fixture.AcceptAsync("m1");

        (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        fixture.Model.SummaryRequests.ShouldBeEmpty();
        fixture.SegmentCount().ShouldBe(1);
    });

    [Fact]
    public void RunAsync_WhenTheSummaryFails_TheTurnGoesOnAndSaysSoInTheLog() => TurnFixture.Run(async fixture =>
    {
        await LongHistory.WriteAsync(fixture);
        fixture.Model.Summary = [new Act.Fail(ModelFailureKind.Validation)];
        fixture.Model.Then(Talk("one ", "two ", "three"));
        await fixture.AcceptAsync("m1");

        (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        fixture.SegmentCount().ShouldBe(1);
        fixture.Log.Lines.ShouldContain(line => line.Text.Contains("the turn goes on without it", StringComparison.Ordinal));
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    [Fact]
    public void RunAsync_WhenKilledAfterTheCompaction_TheNextExecutionFindsItsTurnWhole() => TurnFixture.Run(async fixture =>
    {
        await LongHistory.WriteAsync(fixture);
        fixture.Model.Summary = SummaryAfter(2);
        fixture.Model.Then(Talk("one ", "two ", "three")).Then(SimulatedModel.Text("again"));
        await fixture.AcceptAsync("m1");
        var parts = 0;
        var tap = new BlobTap
        {
            Plan = (call, _) => call.Verb == BlobVerb.Append && call.Name.EndsWith("000001.jsonl", StringComparison.Ordinal) && ++parts == 2
                ? TapAction.CrashBefore
                : TapAction.Pass,
        };

        (await new SimulatedOrchestration(fixture, tap).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        fixture.Entries()
            .OfType<TranscriptEntry.AssistantMessage>()
            .Single(answer => answer.IsStub).ErrorMessage.ShouldNotBeNull()
            .ShouldContain("interrupted");
        TextOf(fixture.Model.Requests[^1].Prompt).ShouldBe($"User: {CompactionPrompt.Heading}old things|a question");
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    private static Act[] SummaryAfter(int seconds) => [new Act.Wait(TimeSpan.FromSeconds(seconds)), .. SimulatedModel.Text("old things")];

    private static Act[] Talk(string first, string second, string third) =>
    [
        SimulatedModel.Delta(first), new Act.Wait(TimeSpan.FromSeconds(3)), SimulatedModel.Delta(second), new Act.Wait(
            TimeSpan.FromSeconds(3)),
        SimulatedModel.Delta(third), SimulatedModel.Stop(),
    ];

    private static IEnumerable<string> Parts(TurnFixture fixture, int segment) =>
        TranscriptLineParser.Parse(fixture.Bytes(segment)).Entries.OfType<TranscriptEntry.StreamedText>().Select(part => part.Text);

    private static string LineAt(TurnFixture fixture, LinePlace place) =>
        Encoding.UTF8.GetString(fixture.Bytes(place.Segment).AsSpan((int)place.Position)).Split('\n')[0];

    private static string TextOf(ModelPrompt prompt) => string.Join('\n', prompt.Messages.Select(message =>
        $"{message.Role}: {string.Join('|', message.Blocks.Select(block => block switch
        {
            PromptBlock.Text text => text.Value,
            PromptBlock.ToolUse use => use.Name,
            PromptBlock.ToolResult result => result.Value,
            _ => "",
        }))}"));
}
