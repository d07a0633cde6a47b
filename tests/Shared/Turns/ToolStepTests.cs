using Holdfast.Outbox;
using Holdfast.Storage;
using Holdfast.Tools;
using Holdfast.Transcripts;
using Holdfast.Turns.Steps;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Turns;

public sealed class ToolStepTests
{
    [Fact]
    public void RunAsync_WhenCallsAreParallel_EachRunsOnceAndResultsStandInTheirOrder() => TurnRig.Run(async rig =>
    {
        var (slow, fast) = (new PlayedTool("slow", async _ => await Later(rig, 20, "slow result")), PlayedTool.Saying("fast", "fast result"));
        rig.Agent = rig.Agent with { Tools = [slow, fast] };
        rig.Model.Then(PlayedModel.Tools(("c1", "slow", new { }), ("c2", "fast", new { })));
        await rig.AcceptAsync("m1");

        (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        (slow.Runs, fast.Runs).ShouldBe((1, 1));
        Results(rig).Select(result => result.Content.PlainText()).ShouldBe(["slow result", "fast result"]);
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    [Fact]
    public void RunAsync_WhenStorageFailsForLongAfterTheTool_ItsResultIsHeldOnTo() => TurnRig.Run(async rig =>
    {
        var until = DateTimeOffset.MinValue;
        var tool = new PlayedTool("look", _ =>
        {
            until = rig.Clock.GetUtcNow() + TimeSpan.FromSeconds(90);
            return Task.FromResult<ToolOutcome>(new ToolOutcome.Succeeded("seen"));
        });
        rig.Agent = rig.Agent with { Tools = [tool] };
        rig.Model.Then(PlayedModel.Tools(("c1", "look", new { })));
        await rig.AcceptAsync("m1");
        var tap = new BlobTap { Plan = (call, _) => call.Verb == BlobVerb.Replace && rig.Clock.GetUtcNow() < until ? TapAction.FaultBefore : TapAction.Pass };

        (await new PlayedOrchestration(rig, tap).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        tool.Runs.ShouldBe(1);
        Results(rig).ShouldHaveSingleItem().Content.PlainText().ShouldBe("seen");
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    [Fact]
    public void RunAsync_WhenItRuns_ItsRecordStandsFirst() => TurnRig.Run(async rig =>
    {
        var recorded = 0;
        rig.Agent = rig.Agent with
        {
            Tools = [new PlayedTool("look", async _ =>
            {
                recorded = (await rig.NamesAsync("toolcalls/")).Count;
                return new ToolOutcome.Succeeded("seen");
            })],
        };
        rig.Model.Then(PlayedModel.Tools(("c1", "look", new { })));
        await rig.AcceptAsync("m1");

        await new PlayedOrchestration(rig).RunAsync();

        recorded.ShouldBe(1);
    });

    [Fact]
    public void S15_WhenAToolFailsAndTheUserWritesAgain_TheFailureIsAResultAndBothAreAnswered() => TurnRig.Run(async rig =>
    {
        rig.Agent = rig.Agent with
        {
            Tools = [new PlayedTool("break", async _ =>
            {
                await rig.AcceptAsync("m2", "well?");
                return new ToolOutcome.Failed("exit code 1", ToolFailure.Reported);
            })],
        };
        rig.Model.Then(PlayedModel.Tools(("c1", "break", new { })));
        await rig.AcceptAsync("m1");

        (await new PlayedOrchestration(rig).RunAsync()).Select(receipt => receipt.Ending).ShouldBe([TurnEnding.Replied, TurnEnding.Replied]);

        Results(rig).ShouldHaveSingleItem().IsError.ShouldBeTrue();
        await TurnInvariants.CheckAsync(rig, "m2");
    });

    [Fact]
    public void RunAsync_WhenThereIsNoSuchTool_TheModelIsTold() => TurnRig.Run(async rig =>
    {
        rig.Agent = rig.Agent with { Tools = [PlayedTool.Saying("known", "x")] };
        rig.Model.Then(PlayedModel.Tools(("c1", "unknown", new { })));
        await rig.AcceptAsync("m1");

        (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        Results(rig).ShouldHaveSingleItem().Content.PlainText().ShouldContain("no tool named unknown");
    });

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 2)]
    public void S40_WhenTheProcessDiesInTheMiddleOfATool_TheCallIsPairedAndSideEffectsAreNotRepeated(bool hasSideEffects, int runs) => TurnRig.Run(async rig =>
    {
        var tap = new BlobTap();
        var isFirst = true;
        var tool = new PlayedTool(
            "act",
            _ =>
            {
                if (!isFirst)
                {
                    return Task.FromResult<ToolOutcome>(new ToolOutcome.Succeeded("second run"));
                }

                isFirst = false;
                throw new CrashException();
            },
            hasSideEffects);
        rig.Agent = rig.Agent with { Tools = [tool] };
        rig.Model.Then(PlayedModel.Tools(("c1", "act", new { })));
        await rig.AcceptAsync("m1");

        (await new PlayedOrchestration(rig, tap).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        tool.Runs.ShouldBe(runs);
        Results(rig).ShouldHaveSingleItem().Content.PlainText().ShouldBe(hasSideEffects ? ToolResults.InterruptedText : "second run");
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    [Fact]
    public void RunAsync_WhenASecondExecutionComesMeanwhile_ItWaitsForTheFirstOnesResult() => TurnRig.Run(async rig =>
    {
        var tool = new PlayedTool("slow", async _ => await Later(rig, 20, "done"));
        rig.Agent = rig.Agent with { Tools = [tool] };
        rig.Model.Then(PlayedModel.Tools(("c1", "slow", new { })));
        await rig.AcceptAsync("m1");
        var turn = await TurnRig.OpenAsync(rig.Start());
        var call = (await rig.Start().StepAsync(turn)).ToolCalls.Single();

        await Task.WhenAll(rig.Start().Tools.RunAsync(call, CancellationToken.None), rig.Start().Tools.RunAsync(call, CancellationToken.None));

        tool.Runs.ShouldBe(1);
        (await rig.Start().Records.FindAsync(TurnRig.RunOf("m1"), 0, "c1", CancellationToken.None))!.Record.Text.ShouldBe("done");
    });

    [Fact]
    public void RunAsync_WhenTheFirstExecutionTakesAllItsTime_TheSecondStillWaitsForIt() => TurnRig.Run(async rig =>
    {
        rig.Agent = rig.Agent with { Tools = [new PlayedTool("slow", async _ => await Later(rig, 30, "done"))] };
        rig.Model.Then(PlayedModel.Tools(("c1", "slow", new { })));
        await rig.AcceptAsync("m1");
        var turn = await TurnRig.OpenAsync(rig.Start());
        var call = (await rig.Start().StepAsync(turn)).ToolCalls.Single();
        var outage = rig.Clock.GetUtcNow() + TimeSpan.FromSeconds(6);
        var tap = new BlobTap { Plan = (blob, _) => blob.Verb == BlobVerb.Create && rig.Clock.GetUtcNow() < outage ? TapAction.FaultBefore : TapAction.Pass };
        var first = rig.Start(tap).Tools.RunAsync(call, CancellationToken.None);
        await rig.PassAsync(TimeSpan.FromSeconds(10));

        await Task.WhenAll(first, rig.Start().Tools.RunAsync(call, CancellationToken.None));

        (await rig.Start().Records.FindAsync(TurnRig.RunOf("m1"), 0, "c1", CancellationToken.None))!.Record.Text.ShouldBe("done");
    });

    [Fact]
    public void RunAsync_WhenTheAnswerOfItsRecordIsLost_KnowsItsOwnAndRunsTheTool() => TurnRig.Run(async rig =>
    {
        var tool = PlayedTool.Saying("act", "done");
        rig.Agent = rig.Agent with { Tools = [tool] };
        rig.Model.Then(PlayedModel.Tools(("c1", "act", new { })));
        await rig.AcceptAsync("m1");
        var turn = await TurnRig.OpenAsync(rig.Start());
        var call = (await rig.Start().StepAsync(turn)).ToolCalls.Single();
        var (tap, creates) = (new BlobTap(), 0);
        tap.Plan = (blob, _) => blob.Verb == BlobVerb.Create && creates++ == 0 ? TapAction.FaultAfter : TapAction.Pass;
        var process = rig.Start(tap);
        var since = rig.Clock.GetUtcNow();

        await process.Tools.RunAsync(call, CancellationToken.None);

        tool.Runs.ShouldBe(1);
        (rig.Clock.GetUtcNow() - since).ShouldBeLessThan(TimeSpan.FromSeconds(2));
        (await process.Records.FindAsync(TurnRig.RunOf("m1"), 0, "c1", CancellationToken.None))!.Record.State.ShouldBe(ToolRecordState.Finished);
    });

    [Fact]
    public void RunAsync_WhenTheModelNeverStopsAskingForTools_EndsWithANotice() => TurnRig.Run(async rig =>
    {
        rig.Agent = rig.Agent with { Tools = [PlayedTool.Saying("look", "seen")], MaxToolRounds = 3 };
        for (var round = 0; round < 10; round++)
        {
            rig.Model.Then(PlayedModel.Tools(($"c{round}", "look", new { })));
        }

        await rig.AcceptAsync("m1");

        (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Failed);

        rig.Model.Requests.Count.ShouldBe(4);
        rig.Channel.Posts.ShouldHaveSingleItem().Text.ShouldContain("more often than this agent allows");
        rig.Entries().OfType<TranscriptEntry.AssistantMessage>().Last().ErrorMessage.ShouldBe("TooManyToolRounds: the turn was ended without an answer");
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    private static async Task<ToolOutcome> Later(TurnRig rig, int seconds, string text)
    {
        await rig.PassAsync(TimeSpan.FromSeconds(seconds));
        return new ToolOutcome.Succeeded(text);
    }

    private static TranscriptEntry.ToolResult[] Results(TurnRig rig) => [.. rig.Entries().OfType<TranscriptEntry.ToolResult>()];
}
