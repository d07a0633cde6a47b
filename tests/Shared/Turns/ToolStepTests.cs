using Holdfast.Delivery;
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
    public void RunAsync_WhenCallsAreParallel_EachRunsOnceAndResultsStandInTheirOrder() => TurnFixture.Run(async fixture =>
    {
        var (slow, fast) = (
            new SimulatedTool("slow", async _ => await Later(fixture, 20, "slow result")), SimulatedTool.Saying("fast", "fast result"));
        fixture.Agent = fixture.Agent with { Tools = [slow, fast] };
        fixture.Model.Then(SimulatedModel.Tools(("c1", "slow", new { }), ("c2", "fast", new { })));
        await fixture.AcceptAsync("m1");

        (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        (slow.Runs, fast.Runs).ShouldBe((1, 1));
        Results(fixture).Select(result => result.Content.PlainText()).ShouldBe(["slow result", "fast result"]);
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    [Fact]
    public void RunAsync_WhenStorageFailsForLongAfterTheTool_ItsResultIsHeldOnTo() => TurnFixture.Run(async fixture =>
    {
        var until = DateTimeOffset.MinValue;
        var tool = new SimulatedTool("look", _ =>
        {
            until = fixture.Clock.GetUtcNow() + TimeSpan.FromSeconds(90);
            return Task.FromResult<ToolOutcome>(new ToolOutcome.Succeeded("seen"));
        });
        fixture.Agent = fixture.Agent with { Tools = [tool] };
        fixture.Model.Then(SimulatedModel.Tools(("c1", "look", new { })));
        await fixture.AcceptAsync("m1");
        var tap = new BlobTap
        {
            Plan = (call, _) => call.Verb == BlobVerb.Replace && fixture.Clock.GetUtcNow() < until ? TapAction.FaultBefore : TapAction.Pass,
        };

        (await new SimulatedOrchestration(fixture, tap).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        tool.Runs.ShouldBe(1);
        Results(fixture).ShouldHaveSingleItem().Content.PlainText().ShouldBe("seen");
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    [Fact]
    public void RunAsync_WhenItRuns_ItsRecordStandsFirst() => TurnFixture.Run(async fixture =>
    {
        var recorded = 0;
        fixture.Agent = fixture.Agent with
        {
            Tools = [new SimulatedTool("look", async _ =>
            {
                recorded = (await fixture.NamesAsync("toolcalls/")).Count;
                return new ToolOutcome.Succeeded("seen");
            })],
        };
        fixture.Model.Then(SimulatedModel.Tools(("c1", "look", new { })));
        await fixture.AcceptAsync("m1");

        await new SimulatedOrchestration(fixture).RunAsync();

        recorded.ShouldBe(1);
    });

    [Fact]
    public void S15_WhenAToolFailsAndTheUserWritesAgain_TheFailureIsAResultAndBothAreAnswered() => TurnFixture.Run(async fixture =>
    {
        fixture.Agent = fixture.Agent with
        {
            Tools = [new SimulatedTool("break", async _ =>
            {
                await fixture.AcceptAsync("m2", "well?");
                return new ToolOutcome.Failed("exit code 1");
            })],
        };
        fixture.Model.Then(SimulatedModel.Tools(("c1", "break", new { })));
        await fixture.AcceptAsync("m1");

        (await new SimulatedOrchestration(fixture).RunAsync())
            .Select(receipt => receipt.Ending)
            .ShouldBe([TurnEnding.Replied, TurnEnding.Replied]);

        Results(fixture).ShouldHaveSingleItem().IsError.ShouldBeTrue();
        await TurnInvariants.CheckAsync(fixture, "m2");
    });

    [Fact]
    public void RunAsync_WhenThereIsNoSuchTool_TheModelIsTold() => TurnFixture.Run(async fixture =>
    {
        fixture.Agent = fixture.Agent with { Tools = [SimulatedTool.Saying("known", "x")] };
        fixture.Model.Then(SimulatedModel.Tools(("c1", "unknown", new { })));
        await fixture.AcceptAsync("m1");

        (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        Results(fixture).ShouldHaveSingleItem().Content.PlainText().ShouldContain("no tool named unknown");
    });

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 2)]
    public void S40_WhenTheProcessDiesInTheMiddleOfATool_TheCallIsPairedAndSideEffectsAreNotRepeated(bool hasSideEffects, int runs) =>
        TurnFixture.Run(async fixture =>
    {
        var tap = new BlobTap();
        var isFirst = true;
        var tool = new SimulatedTool(
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
        fixture.Agent = fixture.Agent with { Tools = [tool] };
        fixture.Model.Then(SimulatedModel.Tools(("c1", "act", new { })));
        await fixture.AcceptAsync("m1");

        (await new SimulatedOrchestration(fixture, tap).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        tool.Runs.ShouldBe(runs);
        Results(fixture).ShouldHaveSingleItem().Content.PlainText().ShouldBe(hasSideEffects ? DueEntries.InterruptedText : "second run");
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    [Fact]
    public void RunAsync_WhenASecondExecutionComesMeanwhile_ItWaitsForTheFirstOnesResult() => TurnFixture.Run(async fixture =>
    {
        var tool = new SimulatedTool("slow", async _ => await Later(fixture, 20, "done"));
        fixture.Agent = fixture.Agent with { Tools = [tool] };
        fixture.Model.Then(SimulatedModel.Tools(("c1", "slow", new { })));
        await fixture.AcceptAsync("m1");
        var turn = await TurnFixture.OpenAsync(fixture.Start());
        var call = (await fixture.Start().StepAsync(turn)).ToolCalls.Single();

        await Task.WhenAll(
            fixture.Start().Tools.RunAsync(call, CancellationToken.None), fixture.Start().Tools.RunAsync(call, CancellationToken.None));

        tool.Runs.ShouldBe(1);
        (await fixture.Start().Records.FindAsync(TurnFixture.RunOf("m1"), 0, "c1", CancellationToken.None))!.Record.Text.ShouldBe("done");
    });

    [Fact]
    public void RunAsync_WhenTheFirstExecutionTakesAllItsTime_TheSecondStillWaitsForIt() => TurnFixture.Run(async fixture =>
    {
        fixture.Agent = fixture.Agent with { Tools = [new SimulatedTool("slow", async _ => await Later(fixture, 30, "done"))] };
        fixture.Model.Then(SimulatedModel.Tools(("c1", "slow", new { })));
        await fixture.AcceptAsync("m1");
        var turn = await TurnFixture.OpenAsync(fixture.Start());
        var call = (await fixture.Start().StepAsync(turn)).ToolCalls.Single();
        var outage = fixture.Clock.GetUtcNow() + TimeSpan.FromSeconds(6);
        var tap = new BlobTap
        {
            Plan = (blob, _) => blob.Verb == BlobVerb.Create && fixture.Clock.GetUtcNow() < outage ? TapAction.FaultBefore : TapAction.Pass,
        };
        var first = fixture.Start(tap).Tools.RunAsync(call, CancellationToken.None);
        await fixture.PassAsync(TimeSpan.FromSeconds(10));

        await Task.WhenAll(first, fixture.Start().Tools.RunAsync(call, CancellationToken.None));

        (await fixture.Start().Records.FindAsync(TurnFixture.RunOf("m1"), 0, "c1", CancellationToken.None))!.Record.Text.ShouldBe("done");
    });

    [Fact]
    public void RunAsync_WhenTheAnswerOfItsRecordIsLost_KnowsItsOwnAndRunsTheTool() => TurnFixture.Run(async fixture =>
    {
        var tool = SimulatedTool.Saying("act", "done");
        fixture.Agent = fixture.Agent with { Tools = [tool] };
        fixture.Model.Then(SimulatedModel.Tools(("c1", "act", new { })));
        await fixture.AcceptAsync("m1");
        var turn = await TurnFixture.OpenAsync(fixture.Start());
        var call = (await fixture.Start().StepAsync(turn)).ToolCalls.Single();
        var (tap, creates) = (new BlobTap(), 0);
        tap.Plan = (blob, _) => blob.Verb == BlobVerb.Create && creates++ == 0 ? TapAction.FaultAfter : TapAction.Pass;
        var process = fixture.Start(tap);
        var since = fixture.Clock.GetUtcNow();

        await process.Tools.RunAsync(call, CancellationToken.None);

        tool.Runs.ShouldBe(1);
        (fixture.Clock.GetUtcNow() - since).ShouldBeLessThan(TimeSpan.FromSeconds(2));
        var entry = (await process.Records.FindAsync(TurnFixture.RunOf("m1"), 0, "c1", CancellationToken.None)).ShouldNotBeNull();
        entry.Record.State.ShouldBe(ToolRecordState.Finished);
    });

    [Fact]
    public void RunAsync_WhenTheModelNeverStopsAskingForTools_EndsWithANotice() => TurnFixture.Run(async fixture =>
    {
        fixture.Agent = fixture.Agent with { Tools = [SimulatedTool.Saying("look", "seen")], MaxToolRounds = 3 };
        for (var round = 0; round < 10; round++)
        {
            fixture.Model.Then(SimulatedModel.Tools(($"c{round}", "look", new { })));
        }

        await fixture.AcceptAsync("m1");

        (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Failed);

        fixture.Model.Requests.Count.ShouldBe(4);
        fixture.Channel.Posts.ShouldHaveSingleItem().Text.ShouldContain("more often than this agent allows");
        fixture.Entries()
            .OfType<TranscriptEntry.AssistantMessage>()
            .Last().ErrorMessage.ShouldBe("TooManyToolRounds: the turn was ended without an answer");
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    private static async Task<ToolOutcome> Later(TurnFixture fixture, int seconds, string text)
    {
        await fixture.PassAsync(TimeSpan.FromSeconds(seconds));
        return new ToolOutcome.Succeeded(text);
    }

    private static TranscriptEntry.ToolResult[] Results(TurnFixture fixture) => [.. fixture.Entries().OfType<TranscriptEntry.ToolResult>()];
}
