using Holdfast.Delivery;
using Holdfast.Turns;
using Holdfast.Turns.Steps;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Turns;

/// <summary>An execution that comes to a turn which another one has ended (I10).</summary>
public sealed class EndedTurnTests
{
    [Fact]
    public void RunAsync_WhenASuccessorEndedTheTurnBeforeTheOtherRunCame_ReturnsItsStep() => TurnFixture.Run(async fixture =>
    {
        var (process, turn) = await OpenedAsync(fixture);
        byte[] atTakeover = [];
        fixture.Model.Then(
            SimulatedModel.Delta("zombie "),
            new Act.Call(async () =>
            {
                await new SimulatedOrchestration(fixture).TurnAsync(turn);
                await fixture.ForeignTurnAsync();
                atTakeover = fixture.Bytes();
            }),
            new Act.Wait(TimeSpan.FromSeconds(3)), SimulatedModel.Stop());
        fixture.Model.Then(SimulatedModel.Text("living"));

        var report = await process.StepAsync(turn);

        report.Ending.ShouldBe(StepEnding.Answered, "I10: a turn that has ended is not queued again");
        fixture.Bytes().ShouldBe(atTakeover, "I2");
        (await fixture.NamesAsync("inbox/")).ShouldBeEmpty();
        fixture.Channel.Posts.ShouldHaveSingleItem().Text.ShouldBe("living");
    });

    [Fact]
    public void RunAsync_WhenTheTurnWasEndedAtAnotherStepBeforeTheOtherRunCame_IsNotQueuedAgain() => TurnFixture.Run(async fixture =>
    {
        fixture.Agent = fixture.Agent with
        {
            Tools =
            [
                new SimulatedTool(
                    "quick", _ => Task.FromResult<Holdfast.Tools.ToolOutcome>(new Holdfast.Tools.ToolOutcome.Succeeded("done"))),
            ],
        };
        fixture.Model.Then(SimulatedModel.Tools(("c1", "quick", new { })));
        fixture.Model.Then(
            SimulatedModel.Delta("one "),
            new Act.Call(async () =>
            {
                var turn = await TurnFixture.OpenAsync(fixture.Start());
                await new SimulatedOrchestration(fixture).FinishAsync(turn, TurnEnding.Terminated, 0, TurnFailure.Terminated);
                await fixture.ForeignTurnAsync();
            }),
            new Act.Wait(TimeSpan.FromSeconds(3)), SimulatedModel.Stop());
        await fixture.AcceptAsync("m1");

        var orchestration = new SimulatedOrchestration(fixture);
        var receipt = (await orchestration.RunAsync()).ShouldHaveSingleItem();

        orchestration.Courses.Select(course => (course.Next, course.Ending))
            .ShouldBe([(TurnMove.RunTools, null), (TurnMove.End, TurnEnding.Superseded)]);
        receipt.Ending.ShouldBe(TurnEnding.Terminated);
        fixture.Channel.Posts.ShouldHaveSingleItem().Text.ShouldContain("operator ended");
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    [Fact]
    public void RunAsync_WhenTheTurnHasEnded_LetsTheLeaseGo() => TurnFixture.Run(async fixture =>
    {
        var (process, turn) = await OpenedAsync(fixture);
        await process.StepAsync(turn);
        await process.FinishAsync(turn);

        await fixture.Start().StepAsync(turn);

        var view = await fixture.Start().Reader.ReadAsync(turn.SessionId, turn.Segment, CancellationToken.None);
        view!.IsLeased.ShouldBeFalse("the next turn need not wait for a lease to lapse");
    });

    private static async Task<(TurnProcess Process, TurnReference Turn)> OpenedAsync(TurnFixture fixture, BlobTap? tap = null)
    {
        await fixture.AcceptAsync("m1");
        var turn = await TurnFixture.OpenAsync(fixture.Start());
        return (fixture.Start(tap), turn);
    }
}
