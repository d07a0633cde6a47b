using Holdfast.Delivery;
using Holdfast.Sessions;
using Holdfast.Turns;
using Holdfast.Turns.Steps;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Turns;

/// <summary>An execution that comes to a turn which another one has ended (I10).</summary>
public sealed class EndedTurnTests
{
    [Fact]
    public void RunAsync_WhenASuccessorEndedTheTurnBeforeTheOtherRunCame_ReturnsItsStep() => TurnRig.Run(async rig =>
    {
        var (process, turn) = await OpenedAsync(rig);
        byte[] atTakeover = [];
        rig.Model.Then(
            PlayedModel.Delta("zombie "),
            new Act.Call(async () =>
            {
                await new PlayedOrchestration(rig).TurnAsync(turn);
                await rig.ForeignTurnAsync();
                atTakeover = rig.Bytes();
            }),
            new Act.Wait(TimeSpan.FromSeconds(3)), PlayedModel.Stop());
        rig.Model.Then(PlayedModel.Text("living"));

        var report = await process.StepAsync(turn);

        report.Ending.ShouldBe(StepEnding.Answered, "I10: a turn that has ended is not queued again");
        rig.Bytes().ShouldBe(atTakeover, "I2");
        (await rig.NamesAsync("inbox/")).ShouldBeEmpty();
        rig.Channel.Posts.ShouldHaveSingleItem().Text.ShouldBe("living");
    });

    [Fact]
    public void RunAsync_WhenTheTurnWasEndedAtAnotherStepBeforeTheOtherRunCame_IsNotQueuedAgain() => TurnRig.Run(async rig =>
    {
        rig.Agent = rig.Agent with { Tools = [new PlayedTool("quick", _ => Task.FromResult<Holdfast.Tools.ToolOutcome>(new Holdfast.Tools.ToolOutcome.Succeeded("done")))] };
        rig.Model.Then(PlayedModel.Tools(("c1", "quick", new { })));
        rig.Model.Then(
            PlayedModel.Delta("one "),
            new Act.Call(async () =>
            {
                var turn = await TurnRig.OpenAsync(rig.Start());
                await new PlayedOrchestration(rig).FinishAsync(turn, TurnEnding.Terminated, 0, TurnFailure.Terminated);
                await rig.ForeignTurnAsync();
            }),
            new Act.Wait(TimeSpan.FromSeconds(3)), PlayedModel.Stop());
        await rig.AcceptAsync("m1");

        var orchestration = new PlayedOrchestration(rig);
        var receipt = (await orchestration.RunAsync()).ShouldHaveSingleItem();

        orchestration.Courses.Select(course => (course.Next, course.Ending)).ShouldBe([(TurnMove.RunTools, null), (TurnMove.End, TurnEnding.Superseded)]);
        receipt.Ending.ShouldBe(TurnEnding.Terminated);
        rig.Channel.Posts.ShouldHaveSingleItem().Text.ShouldContain("operator ended");
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    [Fact]
    public void RunAsync_WhenTheTurnHasEnded_LetsTheLeaseGo() => TurnRig.Run(async rig =>
    {
        var (process, turn) = await OpenedAsync(rig);
        await process.StepAsync(turn);
        await process.Finisher.FinishAsync(new FinishRequest(turn, TurnEnding.Replied, 0, null, TurnTally.Zero), CancellationToken.None);

        await rig.Start().StepAsync(turn);

        var view = await rig.Start().Reader.ReadAsync(SessionId.Parse(turn.SessionId), turn.Segment, CancellationToken.None);
        view!.IsLeased.ShouldBeFalse("the next turn need not wait for a lease to lapse");
    });

    private static async Task<(TurnProcess Process, TurnReference Turn)> OpenedAsync(TurnRig rig, BlobTap? tap = null)
    {
        await rig.AcceptAsync("m1");
        var turn = await TurnRig.OpenAsync(rig.Start());
        return (rig.Start(tap), turn);
    }
}
