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
    public void RunAsync_WhenTakenOverWhileStreaming_WritesNothingMoreAndReportsIt() => TurnRig.Run(async rig =>
    {
        var (process, turn) = await OpenedAsync(rig);
        byte[] atTakeover = [];
        rig.Model.Then(
            PlayedModel.Delta("one "), new Act.Wait(TimeSpan.FromSeconds(3)),
            new Act.Call(async () =>
            {
                using var theirs = await rig.TakeOverAsync("other");
                await theirs.AppendAsync([Lines.User(null)], CancellationToken.None);
                atTakeover = rig.Bytes();
            }),
            PlayedModel.Delta("two "), new Act.Wait(TimeSpan.FromSeconds(3)), PlayedModel.Delta("three"), PlayedModel.Stop());

        var report = await process.StepAsync(turn);

        report.Ending.ShouldBe(StepEnding.TakenOver);
        rig.Bytes().ShouldBe(atTakeover, "I2");
        report.Tally.Verdicts.Keys.ShouldContain("takeover");
        rig.Model.Requests.Count.ShouldBe(1, "S26: the ladder is not walked");
        (await rig.NamesAsync("inbox/")).ShouldContain(name => name.Contains("-s-", StringComparison.Ordinal), "the verdict waits for the owner");
    });

    [Fact]
    public void S18_WhenTakenOverAtTheCommit_TheAnswerIsParkedAndDeliveredMarked() => TurnRig.Run(async rig =>
    {
        await rig.AcceptAsync("m1");
        rig.Model.Then(
            PlayedModel.Delta("the whole answer"), new Act.Call(() => rig.ForeignTurnAsync()), PlayedModel.Stop());

        var receipt = (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem();

        receipt.Ending.ShouldBe(TurnEnding.Superseded);
        rig.Channel.Posts.ShouldHaveSingleItem().Text.ShouldBe(TurnNotices.BesideTheMainLine + "the whole answer");
        rig.Entries().OfType<TranscriptEntry.AssistantMessage>().ShouldAllBe(answer => answer.Stamp!.RunId == TurnRig.RunOf("other").Value, "I2: not in the main line");
        (await rig.Start().OpenNothingAsync()).ShouldBeNull();
        rig.Entries().OfType<TranscriptEntry.Custom>().Single(entry => entry.CustomType == "holdfast/parked").DataJson.ShouldContain("the whole answer");
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    [Fact]
    public void RunAsync_WhenTheRestOfTheAnswerComesRightAfterTheTakeoverIsFound_TheWholeIsParked() => TurnRig.Run(async rig =>
    {
        await rig.AcceptAsync("m1");
        rig.Model.Then(
            PlayedModel.Delta("the "), new Act.Call(() => rig.ForeignTurnAsync()),
            PlayedModel.Delta("whole "), new Act.Wait(TimeSpan.FromSeconds(1.5)), PlayedModel.Delta("answer"), PlayedModel.Stop());

        var receipt = (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem();

        receipt.Ending.ShouldBe(TurnEnding.Superseded, "I5");
        rig.Channel.Posts.ShouldHaveSingleItem().Text.ShouldBe(TurnNotices.BesideTheMainLine + "the whole answer");
        rig.Model.Requests.Count.ShouldBe(1);
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    [Fact]
    public void S16_WhenTakenOverDuringAToolCall_TheMessageIsQueuedAgainOnceAndAnsweredAfterTheOther() => TurnRig.Run(async rig =>
    {
        rig.Agent = rig.Agent with
        {
            Tools = [new PlayedTool("slow", async _ =>
            {
                await rig.ForeignTurnAsync();
                return new Holdfast.Tools.ToolOutcome.Succeeded("done");
            })],
        };
        rig.Model.Then(PlayedModel.Tools(("c1", "slow", new { }))).Then(PlayedModel.Text("second try"));
        await rig.AcceptAsync("m1", "my question");

        var orchestration = new PlayedOrchestration(rig);
        var receipt = (await orchestration.RunAsync()).ShouldHaveSingleItem();

        orchestration.Moves.ShouldBe([TurnMove.RunTools, TurnMove.Answer, TurnMove.End]);
        receipt.Ending.ShouldBe(TurnEnding.Replied);
        receipt.RunId.ShouldEndWith(".2");
        var prompt = rig.Model.Requests[^1].Prompt;
        AcceptableToModelApi.Check(prompt);
        prompt.Messages[^1].Blocks.OfType<Holdfast.Models.PromptBlock.Text>().Last().Value.ShouldBe("my question");
        rig.Entries().Count(entry => entry is TranscriptEntry.Verdict).ShouldBeLessThanOrEqualTo(1);
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    [Fact]
    public void RunAsync_WhenTakenOverTwice_EndsWithANotice() => TurnRig.Run(async rig =>
    {
        for (var time = 0; time < 2; time++)
        {
            var name = $"other{time}";
            rig.Model.Then(PlayedModel.Delta("one "), new Act.Call(() => rig.ForeignTurnAsync(name)), new Act.Wait(TimeSpan.FromSeconds(3)), PlayedModel.Stop());
        }

        await rig.AcceptAsync("m1");

        var orchestration = new PlayedOrchestration(rig);
        var receipt = (await orchestration.RunAsync()).ShouldHaveSingleItem();

        orchestration.Moves.ShouldBe([TurnMove.Answer, TurnMove.End], string.Join("\n", rig.Log.Lines.Select(line => line.Text)));
        orchestration.Courses[^1].Failure.ShouldBe(TurnFailure.TakenOver);
        receipt.Ending.ShouldBe(TurnEnding.Failed);
        rig.Channel.Posts.ShouldHaveSingleItem().Text.ShouldContain("took the session over");
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    [Fact]
    public void RunAsync_WhenTheFenceModeIsWarn_AppendsAfterTheOtherUnderANewEpoch() => TurnRig.Run(async rig =>
    {
        rig.Agent = rig.Agent with { GoesOnAfterTakeover = true };
        rig.Model.Then(PlayedModel.Delta("the answer"), new Act.Call(() => rig.ForeignTurnAsync()), PlayedModel.Stop());
        await rig.AcceptAsync("m1");

        var receipt = (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem();

        receipt.Ending.ShouldBe(TurnEnding.Replied);
        var tail = rig.Entries().SkipWhile(entry => entry is not TranscriptEntry.Verdict).ToArray();
        tail[0].ShouldBeOfType<TranscriptEntry.Verdict>().Kind.ShouldBe("takeover");
        tail[1].ShouldBeOfType<TranscriptEntry.AssistantMessage>().Stamp!.Epoch.ShouldBe(3);
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    [Fact]
    public void RunAsync_WhenTheFirstExecutionDiedAndAnotherTurnRan_TheQuestionIsAskedAfterIt() => TurnRig.Run(async rig =>
    {
        var (process, turn) = await OpenedAsync(rig, new BlobTap { Plan = (call, _) => call.Verb == Holdfast.Storage.BlobVerb.Append ? TapAction.CrashAfter : TapAction.Pass });
        await Should.ThrowAsync<CrashException>(() => process.StepAsync(turn));
        await rig.ForeignTurnAsync();

        var receipt = await new PlayedOrchestration(rig).TurnAsync(turn);

        receipt.ShouldNotBeNull().Ending.ShouldBe(TurnEnding.Replied);
        rig.Model.Requests.ShouldHaveSingleItem().Prompt.Messages.Length.ShouldBe(3);
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    [Fact]
    public void RunAsync_WhenTheStepIsRecorded_AsksNoModel() => TurnRig.Run(async rig =>
    {
        var (process, turn) = await OpenedAsync(rig);
        var first = await process.StepAsync(turn);

        var second = await rig.Start().StepAsync(turn);

        rig.Model.Requests.Count.ShouldBe(1, "no request was sent");
        second.Ending.ShouldBe(first.Ending);
        second.Epoch.ShouldBe(first.Epoch + 1);
    });

    [Fact]
    public void RunAsync_WhenSuperseded_ReturnsTheSuccessorsStepAndLetsItsLeaseBe() => TurnRig.Run(async rig =>
    {
        var (process, turn) = await OpenedAsync(rig);
        var successor = rig.Start();
        Task<StepReport>? second = null;
        rig.Model.Then(
            PlayedModel.Delta("zombie "), new Act.Wait(TimeSpan.FromSeconds(2)),
            new Act.Call(() =>
            {
                second = successor.StepAsync(turn);
                return Task.CompletedTask;
            }),
            new Act.Wait(TimeSpan.FromSeconds(5)), PlayedModel.Delta("never"), new Act.Wait(TimeSpan.FromSeconds(50)), PlayedModel.Stop());
        rig.Model.Then(PlayedModel.Delta("living"), new Act.Wait(TimeSpan.FromSeconds(55)), PlayedModel.Stop());

        var report = await process.StepAsync(turn);

        report.Ending.ShouldBe(StepEnding.Answered);
        (await second!).Ending.ShouldBe(StepEnding.Answered);
        var entries = rig.Entries();
        entries.OfType<TranscriptEntry.AssistantMessage>().Single(answer => !answer.IsStub).Content.PlainText().ShouldBe("living");
        entries.OfType<TranscriptEntry.AssistantMessage>().Single(answer => answer.IsStub).ErrorMessage.ShouldNotBeNull().ShouldContain("interrupted: attempt 1");
        process.Tap.CountOf(Holdfast.Storage.BlobVerb.RenewLease).ShouldBe(0, "a superseded execution renews nothing");
        process.Tap.CountOf(Holdfast.Storage.BlobVerb.ReleaseLease).ShouldBe(0);
    });

    [Fact]
    public void RunAsync_WhenTheDeadlinePasses_EndsWithANotice() => TurnRig.Run(async rig =>
    {
        rig.Agent = rig.Agent with { TurnDeadline = TimeSpan.FromMinutes(2) };
        rig.Model.Otherwise = [PlayedModel.Delta("still "), new Act.Wait(TimeSpan.FromSeconds(50)), PlayedModel.Delta("talking "), new Act.Wait(TimeSpan.FromSeconds(50)), PlayedModel.Delta("and "), new Act.Wait(TimeSpan.FromSeconds(50))];
        await rig.AcceptAsync("m1");

        var receipt = (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem();

        receipt.Ending.ShouldBe(TurnEnding.Failed);
        rig.Channel.Posts.ShouldHaveSingleItem().Text.ShouldContain("deadline");
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    [Fact]
    public void RunAsync_WhenTheAgentIsGone_TheMessageStandsAndANoticeGoesOut() => TurnRig.Run(async rig =>
    {
        await rig.AcceptAsync("m1", agent: "gone");

        (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Failed);

        rig.Model.Requests.ShouldBeEmpty();
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    [Fact]
    public void FinishAsync_WhenAnOperatorTerminated_ShutsTheRunOutAndTellsWhoAsked() => TurnRig.Run(async rig =>
    {
        var (process, turn) = await OpenedAsync(rig);
        rig.Model.Then(
            PlayedModel.Delta("one "), new Act.Wait(TimeSpan.FromSeconds(2)),
            new Act.Call(() => new PlayedOrchestration(rig).FinishAsync(turn, TurnEnding.Terminated, 0, TurnFailure.Terminated)),
            PlayedModel.Delta("two"), new Act.Wait(TimeSpan.FromSeconds(2)), PlayedModel.Stop());

        var report = await process.StepAsync(turn);

        report.Ending.ShouldBe(StepEnding.Failed);
        report.Failure.ShouldBe(TurnFailure.Terminated);
        rig.Channel.Posts.ShouldHaveSingleItem().Text.ShouldContain("operator ended");
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    private static async Task<(TurnProcess Process, TurnReference Turn)> OpenedAsync(TurnRig rig, BlobTap? tap = null)
    {
        await rig.AcceptAsync("m1");
        var turn = await TurnRig.OpenAsync(rig.Start());
        return (rig.Start(tap), turn);
    }
}
