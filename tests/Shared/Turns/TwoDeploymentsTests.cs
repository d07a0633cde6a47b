using Holdfast.Delivery;
using Holdfast.Storage;
using Holdfast.Transcripts;
using Holdfast.Turns;
using Holdfast.Turns.Steps;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Turns;

/// <summary>Two deployments share the storage, and each opens every message as the same run (I7).</summary>
public sealed class TwoDeploymentsTests
{
    [Fact]
    public void RunAsync_WhileAnotherDeploymentIsAtTheTurn_FindsTheSessionBusyAndLeavesItAlone() => TurnFixture.Run(async fixture =>
    {
        var other = fixture.Start(deployment: "other");
        var (process, turn) = await OpenedAsync(fixture);
        StepResult? theirs = null;
        fixture.Model.Then(
            SimulatedModel.Delta("one "), new Act.Wait(TimeSpan.FromSeconds(3)),
            new Act.Call(async () => theirs = await other.StepAsync(turn)),
            SimulatedModel.Delta("two"), SimulatedModel.Stop());

        var ours = await process.StepAsync(turn);

        theirs!.Ending.ShouldBe(StepEnding.Busy);
        ours.Ending.ShouldBe(StepEnding.Answered);
        (fixture.Claim()!.Attempt, fixture.Claim()!.Epoch).ShouldBe((1, 1));
        ours.Tally.Verdicts.ShouldBeEmpty();
        fixture.Model.Requests.Count.ShouldBe(1);
    });

    [Fact]
    public void RunAsync_WhenAnotherDeploymentEndedTheTurn_DoesNothing() => TurnFixture.Run(async fixture =>
    {
        var other = fixture.Start(deployment: "other");
        await fixture.AcceptAsync("m1");
        var turn = await TurnFixture.OpenAsync(other);
        await new SimulatedOrchestration(fixture).RunAsync();
        var before = fixture.Bytes();

        (await other.StepAsync(turn)).Ending.ShouldBe(StepEnding.Ended);

        fixture.Bytes().ShouldBe(before);
        (await fixture.Start().Reader.ReadAsync(TurnFixture.Session, 0, CancellationToken.None))!.IsLeased.ShouldBeFalse();
    });

    [Fact]
    public void RunAsync_WhenAnotherDeploymentEndedTheTurnAndTheNext_CallsItNoTakeover() => TurnFixture.Run(async fixture =>
    {
        var other = fixture.Start(deployment: "other");
        await fixture.AcceptAsync("m1");
        var turn = await TurnFixture.OpenAsync(other);
        await fixture.AcceptAsync("m2");
        await new SimulatedOrchestration(fixture).RunAsync();

        var report = await other.StepAsync(turn);

        report.Ending.ShouldBe(StepEnding.Ended);
        report.Tally.Verdicts.ShouldBeEmpty();
        (await fixture.NamesAsync("inbox/")).ShouldBeEmpty();
        fixture.Model.Requests.Count.ShouldBe(2);
    });

    [Fact]
    public void RunAsync_WhenTheDetachedTurnWasEndedElsewhere_AsksNoModelAgain() => TurnFixture.Run(async fixture =>
    {
        var other = fixture.Start(deployment: "other");
        await fixture.AcceptAsync("m1");
        var turn = await TurnFixture.OpenAsync(other);
        fixture.Model.Then(SimulatedModel.Delta("the whole answer"), new Act.Call(() => fixture.ForeignTurnAsync()), SimulatedModel.Stop());
        (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Superseded);

        (await other.StepAsync(turn)).Ending.ShouldBe(StepEnding.Ended);

        fixture.Model.Requests.Count.ShouldBe(1);
    });

    /// <summary>Its finisher died between the receipt and the message.</summary>
    [Fact]
    public void AnswerAsync_WhenTheTurnIsEndedAfterItWasOpened_TakesTheMessageAway() => TurnFixture.Run(async fixture =>
    {
        var course = new TurnCourse(TurnFixture.Key, "execution-1", EndedOrchestration: null, IsTerminated: false);
        await fixture.AcceptAsync("m1");
        var dying = fixture.Start(
            new BlobTap { Plan = (call, _) => call.Verb == BlobVerb.Delete ? TapAction.CrashBefore : TapAction.Pass });
        var isOpened = false;
        var late = fixture.Start(new BlobTap
        {
            Before = async (call, _) =>
            {
                if (call.Verb == BlobVerb.AcquireLease && !isOpened)
                {
                    isOpened = true;
                    await Should.ThrowAsync<CrashException>(() => dying.Runner.AnswerAsync(course, CancellationToken.None));
                }
            },
        });

        (await late.Runner.AnswerAsync(course, CancellationToken.None)).Next.ShouldBe(TurnMove.End);

        (await fixture.NamesAsync("receipts/")).ShouldHaveSingleItem();
        (await fixture.NamesAsync("inbox/")).ShouldBeEmpty();
        fixture.Model.Requests.Count.ShouldBe(1);
    });

    [Fact]
    public void RunAsync_WhenTheOtherDeploymentDied_InheritsTheTurnAfterTheLease() => TurnFixture.Run(async fixture =>
    {
        var other = fixture.Start(deployment: "other");
        var (process, turn) = await OpenedAsync(
            fixture, new BlobTap
            {
                Plan = (call, _) =>
                    call.Verb == BlobVerb.Append && fixture.Model.Requests.Count > 0 ? TapAction.CrashBefore : TapAction.Pass,
            });
        await Should.ThrowAsync<CrashException>(() => process.StepAsync(turn));

        (await other.StepAsync(turn)).Ending.ShouldBe(StepEnding.Busy);
        await fixture.PassAsync(TimeSpan.FromSeconds(61));
        var report = await other.StepAsync(turn);

        report.Ending.ShouldBe(StepEnding.Answered);
        (fixture.Claim()!.Attempt, fixture.Claim()!.Epoch).ShouldBe((2, 2));
        fixture.Entries().OfType<TranscriptEntry.UserMessage>().Count().ShouldBe(1);
    });

    [Fact]
    public void OpenAsync_WhenAnOlderMessageCameLate_FinishesTheTurnThatIsAnsweredFirst() => TurnFixture.Run(async fixture =>
    {
        var other = fixture.Start(deployment: "other");
        var (process, turn) = await OpenedAsync(fixture);
        await process.StepAsync(turn);
        await AcceptLateAsync(fixture, other);
        await fixture.PassAsync(TimeSpan.FromSeconds(61));

        var inherited = await TurnFixture.OpenAsync(other);
        var report = await other.StepAsync(inherited);

        (inherited.RunId, report.Ending, fixture.Model.Requests.Count).ShouldBe((turn.RunId, StepEnding.Answered, 1));
        await other.FinishAsync(inherited);
        await process.FinishAsync(turn);
        (await TurnFixture.OpenAsync(other)).RunId.ShouldBe(TurnFixture.RunOf("older"));
        fixture.Channel.Posts.Count.ShouldBe(1);
    });

    [Fact]
    public void OpenAsync_WhileTheOwnersAnswerIsMissing_TakesTheOldestMessage() => TurnFixture.Run(async fixture =>
    {
        var (process, turn) = await OpenedAsync(
            fixture, new BlobTap
            {
                Plan = (call, _) =>
                    call.Verb == BlobVerb.Append && fixture.Entries().Any(IsStreamed) ? TapAction.CrashBefore : TapAction.Pass,
            });
        fixture.Model.Then(
            SimulatedModel.Delta("one "), new Act.Wait(TimeSpan.FromSeconds(3)), SimulatedModel.Delta("two"), SimulatedModel.Stop());
        await Should.ThrowAsync<CrashException>(() => process.StepAsync(turn));
        var other = fixture.Start(deployment: "other");
        await AcceptLateAsync(fixture, other);

        (await TurnFixture.OpenAsync(other)).RunId.ShouldBe(TurnFixture.RunOf("older"));
    });

    private static bool IsStreamed(TranscriptEntry entry) => entry is TranscriptEntry.StreamedText;

    /// <summary>A message that its platform took before "m1", and that comes after it.</summary>
    private static async Task AcceptLateAsync(TurnFixture fixture, TurnProcess process) => await process.Inbox.AcceptAsync(
        fixture.Message("older", "an older question") with { AcceptedAt = fixture.Clock.GetUtcNow() - TimeSpan.FromMinutes(1) },
        CancellationToken.None);

    private static async Task<(TurnProcess Process, TurnReference Turn)> OpenedAsync(TurnFixture fixture, BlobTap? tap = null)
    {
        await fixture.AcceptAsync("m1");
        return (fixture.Start(tap), await TurnFixture.OpenAsync(fixture.Start()));
    }
}
