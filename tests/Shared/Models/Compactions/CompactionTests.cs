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
    public void S10_WhenCompactionStartsByThresholdInTheMiddleOfATurn_TheStreamGoesOnInTheNewSegment() => TurnRig.Run(async rig =>
    {
        await LongHistory.WriteAsync(rig);
        rig.Model.Summary = SummaryAfter(2);
        rig.Model.Then(Talk("one ", "two ", "three"));
        await rig.AcceptAsync("m1");

        var receipt = (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem();

        (receipt.Ending, receipt.Tally.Verdicts.Count).ShouldBe((TurnEnding.Replied, 0));
        rig.Channel.Posts.ShouldHaveSingleItem().Text.ShouldBe("one two three");
        rig.SegmentCount().ShouldBe(2);
        Parts(rig, 0).ShouldBe(["one "]);
        Parts(rig, 1).ShouldBe(["two ", "three"]);
        var compaction = TranscriptLineParser.Parse(rig.Bytes(1)).Entries[0].ShouldBeOfType<TranscriptEntry.Compaction>();
        compaction.Summary.ShouldEndWith("old things");
        compaction.FirstKeptId.ShouldBe(EntryId.OfMessage(TurnRig.Delivery("m1").Turn));
        compaction.TokensBefore.ShouldNotBeNull().ShouldBeInRange(3_000, 9_000);
        LineAt(rig, compaction.KeptFrom.ShouldNotBeNull()).ShouldContain($"\"id\":\"{compaction.FirstKeptId}\"");
        (await rig.Start().Sessions.FindAsync(TurnRig.Key, None))!.ActiveSegment.ShouldBe(1);
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    [Fact]
    public void RunAsync_WhenCompactedBefore_TheNextTurnIsAskedWithTheSummary() => TurnRig.Run(async rig =>
    {
        await LongHistory.WriteAsync(rig);
        rig.Model.Summary = SummaryAfter(4);
        rig.Model.Then(Talk("one ", "two ", "three")).Then(PlayedModel.Text("four"));
        await rig.AcceptAsync("m1");
        await new PlayedOrchestration(rig).RunAsync();
        await rig.AcceptAsync("m2", "and now?");

        await new PlayedOrchestration(rig).RunAsync();

        var prompt = TextOf(rig.Model.Requests[^1].Prompt);
        prompt.ShouldContain("old things");
        prompt.ShouldNotContain(LongHistory.OldAnswer);
        prompt.ShouldContain("one two three");
        rig.Model.SummaryRequests.Count.ShouldBe(1, "nothing is due any more");
        await TurnInvariants.CheckAsync(rig, "m2");
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void RunAsync_WhenCompactedBetweenTwoSteps_AColdProcessAsksWhatAWarmOneAsks(bool isCold) => TurnRig.Run(async rig =>
    {
        await LongHistory.WriteAsync(rig);
        rig.Agent = rig.Agent with { Tools = [PlayedTool.Saying("look", "seen")] };
        rig.Model.Summary = SummaryAfter(4);
        rig.Model.Then([PlayedModel.Delta("looking "), new Act.Wait(TimeSpan.FromSeconds(6)), .. PlayedModel.Tools(("c1", "look", new { }))])
            .Then(PlayedModel.Text("done"));
        await rig.AcceptAsync("m1");
        var process = rig.Start();
        var turn = await TurnRig.OpenAsync(process);
        var report = await process.StepAsync(turn);
        foreach (var call in report.ToolCalls)
        {
            await process.Tools.RunAsync(call, None);
        }

        await (isCold ? rig.Start() : process).StepAsync(turn, 1, report.ToolCalls);

        report.ToolCalls.ShouldHaveSingleItem().Turn.Segment.ShouldBe(1, "the tool renews the lease of the segment that the step ended in");
        TextOf(rig.Model.Requests[^1].Prompt).ShouldBe(
            $"User: {CompactionPrompt.Heading}old things|a question\nAssistant: looking |look\nUser: seen");
    });

    [Fact]
    public void RunAsync_WhenTheAnswerComesFirst_NobodyWaitsForTheSummaryAndTheNextCallTriesAgain() => TurnRig.Run(async rig =>
    {
        await LongHistory.WriteAsync(rig);
        rig.Model.Summary = SummaryAfter(100);
        rig.Model.Then(PlayedModel.Text("at once"));
        await rig.AcceptAsync("m1");
        var since = rig.Clock.GetUtcNow();

        (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        (rig.Clock.GetUtcNow() - since).ShouldBeLessThan(TimeSpan.FromSeconds(30));
        rig.SegmentCount().ShouldBe(1);
        await rig.AcceptAsync("m2");
        rig.Model.Then(Talk("one ", "two ", "three"));
        rig.Model.Summary = SummaryAfter(2);
        await new PlayedOrchestration(rig).RunAsync();
        (rig.SegmentCount(), rig.Model.SummaryRequests.Count).ShouldBe((2, 2));
    });

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void RunAsync_WhenThePromptHasNoRoom_SumsUpBeforeItAsks(int lanePlaces) => TurnRig.Run(async rig =>
    {
        rig.LanePlaces = lanePlaces;
        await LongHistory.WriteAsync(rig);
        rig.Agent = rig.Agent with { Models = [rig.Agent.Models[0] with { ContextTokens = 5_000 }] };
        rig.Model.Summary = SummaryAfter(100);
        await rig.AcceptAsync("m1");

        (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        TextOf(rig.Model.Requests.ShouldHaveSingleItem().Prompt).ShouldContain("old things");
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    [Fact]
    public void RunAsync_WhenTheLaneHasOnePlace_TheStreamDoesNotWaitForItself() => TurnRig.Run(async rig =>
    {
        rig.LanePlaces = 1;
        await LongHistory.WriteAsync(rig);
        rig.Model.Then(Talk("one ", "two ", "three"));
        await rig.AcceptAsync("m1");

        (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        rig.Model.SummaryRequests.ShouldBeEmpty();
        rig.SegmentCount().ShouldBe(1);
    });

    [Fact]
    public void RunAsync_WhenTheSummaryFails_TheTurnGoesOnAndSaysSoInTheLog() => TurnRig.Run(async rig =>
    {
        await LongHistory.WriteAsync(rig);
        rig.Model.Summary = [new Act.Fail(ModelFailureKind.Validation)];
        rig.Model.Then(Talk("one ", "two ", "three"));
        await rig.AcceptAsync("m1");

        (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        rig.SegmentCount().ShouldBe(1);
        rig.Log.Lines.ShouldContain(line => line.Text.Contains("the turn goes on without it", StringComparison.Ordinal));
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    [Fact]
    public void RunAsync_WhenKilledAfterTheCompaction_TheNextExecutionFindsItsTurnWhole() => TurnRig.Run(async rig =>
    {
        await LongHistory.WriteAsync(rig);
        rig.Model.Summary = SummaryAfter(2);
        rig.Model.Then(Talk("one ", "two ", "three")).Then(PlayedModel.Text("again"));
        await rig.AcceptAsync("m1");
        var parts = 0;
        var tap = new BlobTap
        {
            Plan = (call, _) => call.Verb == BlobVerb.Append && call.Name.EndsWith("000001.jsonl", StringComparison.Ordinal) && ++parts == 2
                ? TapAction.CrashBefore
                : TapAction.Pass,
        };

        (await new PlayedOrchestration(rig, tap).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        rig.Entries().OfType<TranscriptEntry.AssistantMessage>().Single(answer => answer.IsStub).ErrorMessage.ShouldNotBeNull().ShouldContain("interrupted");
        TextOf(rig.Model.Requests[^1].Prompt).ShouldBe($"User: {CompactionPrompt.Heading}old things|a question");
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    private static Act[] SummaryAfter(int seconds) => [new Act.Wait(TimeSpan.FromSeconds(seconds)), .. PlayedModel.Text("old things")];

    private static Act[] Talk(string first, string second, string third) =>
    [
        PlayedModel.Delta(first), new Act.Wait(TimeSpan.FromSeconds(3)), PlayedModel.Delta(second), new Act.Wait(TimeSpan.FromSeconds(3)),
        PlayedModel.Delta(third), PlayedModel.Stop(),
    ];

    private static IEnumerable<string> Parts(TurnRig rig, int segment) =>
        TranscriptLineParser.Parse(rig.Bytes(segment)).Entries.OfType<TranscriptEntry.StreamedText>().Select(part => part.Text);

    private static string LineAt(TurnRig rig, LinePlace place) =>
        Encoding.UTF8.GetString(rig.Bytes(place.Segment).AsSpan((int)place.Position)).Split('\n')[0];

    private static string TextOf(ModelPrompt prompt) => string.Join('\n', prompt.Messages.Select(message =>
        $"{message.Role}: {string.Join('|', message.Blocks.Select(block => block switch
        {
            PromptBlock.Text text => text.Value,
            PromptBlock.ToolUse use => use.Name,
            PromptBlock.ToolResult result => result.Value,
            _ => "",
        }))}"));
}
