using Holdfast.Delivery;
using Holdfast.Tests.Models;
using Holdfast.Transcripts;
using Holdfast.Turns;
using Holdfast.Turns.Steps;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Turns;

/// <summary>What happens when a session changes hands in the middle of a turn (I2, I5, I8).</summary>
public sealed class TakeoverTests
{
    [Fact]
    public void RunAsync_WhenTakenOverWhileStreaming_WritesNothingMoreAndReportsIt() => TurnFixture.Run(async fixture =>
    {
        var (process, turn) = await OpenedAsync(fixture);
        byte[] atTakeover = [];
        fixture.Model.Then(
            SimulatedModel.Delta("one "), new Act.Wait(TimeSpan.FromSeconds(3)),
            new Act.Call(async () =>
            {
                using var theirs = await fixture.TakeOverAsync("other");
                await theirs.AppendAsync([Lines.User(null)], CancellationToken.None);
                atTakeover = fixture.Bytes();
            }),
            SimulatedModel.Delta("two "), new Act.Wait(TimeSpan.FromSeconds(3)), SimulatedModel.Delta("three"), SimulatedModel.Stop());

        var report = await process.StepAsync(turn);

        report.Ending.ShouldBe(StepEnding.TakenOver);
        fixture.Bytes().ShouldBe(atTakeover, "I2");
        report.Tally.Verdicts.Keys.ShouldContain("takeover");
        fixture.Model.Requests.Count.ShouldBe(1, "S26: no fallback is asked");
        (await fixture.NamesAsync("inbox/"))
            .ShouldContain(name => name.Contains("-s-", StringComparison.Ordinal), "the verdict waits for the owner");
    });

    [Fact]
    public void S18_WhenTakenOverAtTheCommit_TheAnswerIsDetachedAndDeliveredMarked() => TurnFixture.Run(async fixture =>
    {
        await fixture.AcceptAsync("m1");
        fixture.Model.Then(
            SimulatedModel.Delta("the whole answer"), new Act.Call(() => fixture.ForeignTurnAsync()), SimulatedModel.Stop());

        var receipt = (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem();

        receipt.Ending.ShouldBe(TurnEnding.Superseded);
        fixture.Channel.Posts.ShouldHaveSingleItem().Text.ShouldBe(TurnNotices.BesideTheMainLine + "the whole answer");
        fixture.Entries()
            .OfType<TranscriptEntry.AssistantMessage>()
            .ShouldAllBe(answer => answer.Provenance!.RunId == TurnFixture.RunOf("other").Value, "I2: not in the main line");
        (await fixture.Start().OpenNothingAsync()).ShouldBeNull();
        fixture.Entries()
            .OfType<TranscriptEntry.Custom>()
            .Single(entry => entry.CustomType == "holdfast/parked").DataJson.ShouldContain("the whole answer");
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    [Fact]
    public void RunAsync_WhenTheRestOfTheAnswerComesRightAfterTheTakeoverIsFound_TheWholeIsDetached() => TurnFixture.Run(async fixture =>
    {
        await fixture.AcceptAsync("m1");
        fixture.Model.Then(
            SimulatedModel.Delta("the "), new Act.Call(() => fixture.ForeignTurnAsync()),
            SimulatedModel.Delta("whole "), new Act.Wait(TimeSpan.FromSeconds(1.5)), SimulatedModel.Delta("answer"), SimulatedModel.Stop());

        var receipt = (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem();

        receipt.Ending.ShouldBe(TurnEnding.Superseded, "I5");
        fixture.Channel.Posts.ShouldHaveSingleItem().Text.ShouldBe(TurnNotices.BesideTheMainLine + "the whole answer");
        fixture.Model.Requests.Count.ShouldBe(1);
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    [Fact]
    public void S16_WhenTakenOverDuringAToolCall_TheMessageIsQueuedAgainOnceAndAnsweredAfterTheOther() => TurnFixture.Run(async fixture =>
    {
        fixture.Agent = fixture.Agent with
        {
            Tools = [new SimulatedTool("slow", async _ =>
            {
                await fixture.ForeignTurnAsync();
                return new Holdfast.Tools.ToolOutcome.Succeeded("done");
            })],
        };
        fixture.Model.Then(SimulatedModel.Tools(("c1", "slow", new { }))).Then(SimulatedModel.Text("second try"));
        await fixture.AcceptAsync("m1", "my question");

        var orchestration = new SimulatedOrchestration(fixture);
        var receipt = (await orchestration.RunAsync()).ShouldHaveSingleItem();

        orchestration.Moves.ShouldBe([TurnMove.RunTools, TurnMove.Answer, TurnMove.End]);
        receipt.Ending.ShouldBe(TurnEnding.Replied);
        receipt.RunId.Number.ShouldBe(2);
        var prompt = fixture.Model.Requests[^1].Prompt;
        AcceptableToModelApi.Check(prompt);
        prompt.Messages[^1].Blocks.OfType<Holdfast.Models.PromptBlock.Text>().Last().Value.ShouldBe("my question");
        fixture.Entries().Count(entry => entry is TranscriptEntry.Verdict).ShouldBeLessThanOrEqualTo(1);
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    [Fact]
    public void RunAsync_WhenTakenOverTwice_EndsWithANotice() => TurnFixture.Run(async fixture =>
    {
        for (var time = 0; time < 2; time++)
        {
            var name = $"other{time}";
            fixture.Model.Then(
                SimulatedModel.Delta("one "), new Act.Call(() => fixture.ForeignTurnAsync(name)), new Act.Wait(TimeSpan.FromSeconds(3)),
                SimulatedModel.Stop());
        }

        await fixture.AcceptAsync("m1");

        var orchestration = new SimulatedOrchestration(fixture);
        var receipt = (await orchestration.RunAsync()).ShouldHaveSingleItem();

        orchestration.Moves.ShouldBe([TurnMove.Answer, TurnMove.End], string.Join("\n", fixture.Log.Lines.Select(line => line.Text)));
        orchestration.Courses[^1].Failure.ShouldBe(TurnFailure.TakenOver);
        receipt.Ending.ShouldBe(TurnEnding.Failed);
        fixture.Channel.Posts.ShouldHaveSingleItem().Text.ShouldContain("took the session over");
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    [Fact]
    public void RunAsync_WhenTheFenceModeIsWarn_AppendsAfterTheOtherUnderANewEpoch() => TurnFixture.Run(async fixture =>
    {
        fixture.Agent = fixture.Agent with { FenceMode = FenceMode.Warn };
        fixture.Model.Then(SimulatedModel.Delta("the answer"), new Act.Call(() => fixture.ForeignTurnAsync()), SimulatedModel.Stop());
        await fixture.AcceptAsync("m1");

        var receipt = (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem();

        receipt.Ending.ShouldBe(TurnEnding.Replied);
        var tail = fixture.Entries().SkipWhile(entry => entry is not TranscriptEntry.Verdict).ToArray();
        tail[0].ShouldBeOfType<TranscriptEntry.Verdict>().Kind.ShouldBe("takeover");
        tail[1].ShouldBeOfType<TranscriptEntry.AssistantMessage>().Provenance!.Epoch.ShouldBe(3);
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    [Fact]
    public void RunAsync_WhenTheFirstExecutionDiedAndAnotherTurnRan_TheQuestionIsAskedAfterIt() => TurnFixture.Run(async fixture =>
    {
        var (process, turn) = await OpenedAsync(
            fixture,
            new BlobTap { Plan = (call, _) => call.Verb == Holdfast.Storage.BlobVerb.Append ? TapAction.CrashAfter : TapAction.Pass });
        await Should.ThrowAsync<CrashException>(() => process.StepAsync(turn));
        await fixture.ForeignTurnAsync();

        var receipt = await new SimulatedOrchestration(fixture).TurnAsync(turn);

        receipt.ShouldNotBeNull().Ending.ShouldBe(TurnEnding.Replied);
        fixture.Model.Requests.ShouldHaveSingleItem().Prompt.Messages.Length.ShouldBe(3);
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    [Fact]
    public void RunAsync_WhenTheStepIsRecorded_AsksNoModel() => TurnFixture.Run(async fixture =>
    {
        var (process, turn) = await OpenedAsync(fixture);
        var first = await process.StepAsync(turn);

        var second = await fixture.Start().StepAsync(turn);

        fixture.Model.Requests.Count.ShouldBe(1, "no request was sent");
        second.Ending.ShouldBe(first.Ending);
        fixture.Claim()!.Epoch.ShouldBe(2);
    });

    [Fact]
    public void RunAsync_WhenSuperseded_ReturnsTheSuccessorsStepAndLetsItsLeaseBe() => TurnFixture.Run(async fixture =>
    {
        var (process, turn) = await OpenedAsync(fixture);
        var successor = fixture.Start();
        Task<StepResult>? second = null;
        fixture.Model.Then(
            SimulatedModel.Delta("zombie "), new Act.Wait(TimeSpan.FromSeconds(2)),
            new Act.Call(() =>
            {
                second = successor.StepAsync(turn);
                return Task.CompletedTask;
            }),
            new Act.Wait(TimeSpan.FromSeconds(5)), SimulatedModel.Delta("never"), new Act.Wait(
                TimeSpan.FromSeconds(50)), SimulatedModel.Stop());
        fixture.Model.Then(SimulatedModel.Delta("living"), new Act.Wait(TimeSpan.FromSeconds(55)), SimulatedModel.Stop());

        var report = await process.StepAsync(turn);

        report.Ending.ShouldBe(StepEnding.Answered);
        (await second!).Ending.ShouldBe(StepEnding.Answered);
        var entries = fixture.Entries();
        entries.OfType<TranscriptEntry.AssistantMessage>().Single(answer => !answer.IsStub).Content.PlainText().ShouldBe("living");
        entries.OfType<TranscriptEntry.AssistantMessage>()
            .Single(answer => answer.IsStub).ErrorMessage.ShouldNotBeNull()
            .ShouldContain("interrupted: attempt 1");
        process.Tap.CountOf(Holdfast.Storage.BlobVerb.RenewLease).ShouldBe(0, "a superseded execution renews nothing");
        process.Tap.CountOf(Holdfast.Storage.BlobVerb.ReleaseLease).ShouldBe(0);
    });

    [Fact]
    public void RunAsync_WhenTheDeadlinePasses_EndsWithANotice() => TurnFixture.Run(async fixture =>
    {
        fixture.Agent = fixture.Agent with { TurnDeadline = TimeSpan.FromMinutes(2) };
        fixture.Model.Otherwise =
        [
            SimulatedModel.Delta("still "), new Act.Wait(TimeSpan.FromSeconds(50)), SimulatedModel.Delta("talking "),
            new Act.Wait(TimeSpan.FromSeconds(50)), SimulatedModel.Delta("and "), new Act.Wait(TimeSpan.FromSeconds(50)),
        ];
        await fixture.AcceptAsync("m1");

        var receipt = (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem();

        receipt.Ending.ShouldBe(TurnEnding.Failed);
        fixture.Channel.Posts.ShouldHaveSingleItem().Text.ShouldContain("deadline");
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    [Fact]
    public void RunAsync_WhenTheAgentIsGone_TheMessageStandsAndANoticeGoesOut() => TurnFixture.Run(async fixture =>
    {
        fixture.Agent = fixture.Agent with { Id = "another" };
        await fixture.AcceptAsync("m1");

        (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Failed);

        fixture.Model.Requests.ShouldBeEmpty();
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    [Fact]
    public void FinishAsync_WhenAnOperatorTerminated_ShutsTheRunOutAndTellsWhoAsked() => TurnFixture.Run(async fixture =>
    {
        var (process, turn) = await OpenedAsync(fixture);
        fixture.Model.Then(
            SimulatedModel.Delta("one "), new Act.Wait(TimeSpan.FromSeconds(2)),
            new Act.Call(() => new SimulatedOrchestration(fixture).FinishAsync(turn, TurnEnding.Terminated, 0, TurnFailure.Terminated)),
            SimulatedModel.Delta("two"), new Act.Wait(TimeSpan.FromSeconds(2)), SimulatedModel.Stop());

        var report = await process.StepAsync(turn);

        report.Ending.ShouldBe(StepEnding.Failed);
        report.Failure.ShouldBe(TurnFailure.Terminated);
        fixture.Channel.Posts.ShouldHaveSingleItem().Text.ShouldContain("operator ended");
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    private static async Task<(TurnProcess Process, TurnReference Turn)> OpenedAsync(TurnFixture fixture, BlobTap? tap = null)
    {
        await fixture.AcceptAsync("m1");
        var turn = await TurnFixture.OpenAsync(fixture.Start());
        return (fixture.Start(tap), turn);
    }
}
