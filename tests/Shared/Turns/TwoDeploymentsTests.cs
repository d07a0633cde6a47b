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
    public void RunAsync_WhileAnotherDeploymentIsAtTheTurn_FindsTheSessionBusyAndLeavesItAlone() => TurnRig.Run(async rig =>
    {
        var other = rig.Start(deployment: "other");
        var (process, turn) = await OpenedAsync(rig);
        StepReport? theirs = null;
        rig.Model.Then(
            PlayedModel.Delta("one "), new Act.Wait(TimeSpan.FromSeconds(3)),
            new Act.Call(async () => theirs = await other.StepAsync(turn)),
            PlayedModel.Delta("two"), PlayedModel.Stop());

        var ours = await process.StepAsync(turn);

        theirs!.Ending.ShouldBe(StepEnding.Busy);
        (ours.Ending, ours.Attempt, ours.Epoch).ShouldBe((StepEnding.Answered, 1, 1));
        ours.Tally.Verdicts.ShouldBeEmpty();
        rig.Model.Requests.Count.ShouldBe(1);
    });

    [Fact]
    public void RunAsync_WhenAnotherDeploymentEndedTheTurn_DoesNothing() => TurnRig.Run(async rig =>
    {
        var other = rig.Start(deployment: "other");
        await rig.AcceptAsync("m1");
        var turn = await TurnRig.OpenAsync(other);
        await new PlayedOrchestration(rig).RunAsync();
        var before = rig.Bytes();

        (await other.StepAsync(turn)).Ending.ShouldBe(StepEnding.Ended);

        rig.Bytes().ShouldBe(before);
        (await rig.Start().Reader.ReadAsync(TurnRig.Session, 0, CancellationToken.None))!.IsLeased.ShouldBeFalse();
    });

    [Fact]
    public void RunAsync_WhenAnotherDeploymentEndedTheTurnAndTheNext_CallsItNoTakeover() => TurnRig.Run(async rig =>
    {
        var other = rig.Start(deployment: "other");
        await rig.AcceptAsync("m1");
        var turn = await TurnRig.OpenAsync(other);
        await rig.AcceptAsync("m2");
        await new PlayedOrchestration(rig).RunAsync();

        var report = await other.StepAsync(turn);

        report.Ending.ShouldBe(StepEnding.Ended);
        report.Tally.Verdicts.ShouldBeEmpty();
        (await rig.NamesAsync("inbox/")).ShouldBeEmpty();
        rig.Model.Requests.Count.ShouldBe(2);
    });

    [Fact]
    public void RunAsync_WhenTheParkedTurnWasEndedElsewhere_AsksNoModelAgain() => TurnRig.Run(async rig =>
    {
        var other = rig.Start(deployment: "other");
        await rig.AcceptAsync("m1");
        var turn = await TurnRig.OpenAsync(other);
        rig.Model.Then(PlayedModel.Delta("the whole answer"), new Act.Call(() => rig.ForeignTurnAsync()), PlayedModel.Stop());
        (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Superseded);

        (await other.StepAsync(turn)).Ending.ShouldBe(StepEnding.Ended);

        rig.Model.Requests.Count.ShouldBe(1);
    });

    [Fact]
    public void RunAsync_WhenTheOtherDeploymentDied_InheritsTheTurnAfterTheLease() => TurnRig.Run(async rig =>
    {
        var other = rig.Start(deployment: "other");
        var (process, turn) = await OpenedAsync(
            rig, new BlobTap { Plan = (call, _) => call.Verb == BlobVerb.Append && rig.Model.Requests.Count > 0 ? TapAction.CrashBefore : TapAction.Pass });
        await Should.ThrowAsync<CrashException>(() => process.StepAsync(turn));

        (await other.StepAsync(turn)).Ending.ShouldBe(StepEnding.Busy);
        await rig.PassAsync(TimeSpan.FromSeconds(61));
        var report = await other.StepAsync(turn);

        (report.Ending, report.Attempt, report.Epoch).ShouldBe((StepEnding.Answered, 2, 2));
        rig.Entries().OfType<TranscriptEntry.UserMessage>().Count().ShouldBe(1);
    });

    [Fact]
    public void OpenAsync_WhenAnOlderMessageCameLate_FinishesTheTurnThatIsAnsweredFirst() => TurnRig.Run(async rig =>
    {
        var other = rig.Start(deployment: "other");
        var (process, turn) = await OpenedAsync(rig);
        await process.StepAsync(turn);
        await AcceptLateAsync(rig, other);
        await rig.PassAsync(TimeSpan.FromSeconds(61));

        var inherited = await TurnRig.OpenAsync(other);
        var report = await other.StepAsync(inherited);

        (inherited.RunId, report.Ending, rig.Model.Requests.Count).ShouldBe((turn.RunId, StepEnding.Answered, 1));
        var request = new FinishRequest(inherited, TurnEnding.Replied, 0, null, report.Tally);
        await other.Finisher.FinishAsync(request, CancellationToken.None);
        await process.Finisher.FinishAsync(request with { Turn = turn }, CancellationToken.None);
        (await TurnRig.OpenAsync(other)).RunId.ShouldBe(TurnRig.RunOf("older").Value);
        rig.Channel.Posts.Count.ShouldBe(1);
    });

    [Fact]
    public void OpenAsync_WhileTheOwnersAnswerIsMissing_TakesTheOldestMessage() => TurnRig.Run(async rig =>
    {
        var (process, turn) = await OpenedAsync(
            rig, new BlobTap { Plan = (call, _) => call.Verb == BlobVerb.Append && rig.Entries().Any(IsStreamed) ? TapAction.CrashBefore : TapAction.Pass });
        rig.Model.Then(PlayedModel.Delta("one "), new Act.Wait(TimeSpan.FromSeconds(3)), PlayedModel.Delta("two"), PlayedModel.Stop());
        await Should.ThrowAsync<CrashException>(() => process.StepAsync(turn));
        var other = rig.Start(deployment: "other");
        await AcceptLateAsync(rig, other);

        (await TurnRig.OpenAsync(other)).RunId.ShouldBe(TurnRig.RunOf("older").Value);
    });

    private static bool IsStreamed(TranscriptEntry entry) => entry is TranscriptEntry.StreamedText;

    /// <summary>A message that its platform took before "m1", and that comes after it.</summary>
    private static async Task AcceptLateAsync(TurnRig rig, TurnProcess process) => await process.Inbox.AcceptAsync(
        TurnRig.Delivery("older"), rig.Message("older", "an older question") with { AcceptedAt = rig.Clock.GetUtcNow() - TimeSpan.FromMinutes(1) }, CancellationToken.None);

    private static async Task<(TurnProcess Process, TurnReference Turn)> OpenedAsync(TurnRig rig, BlobTap? tap = null)
    {
        await rig.AcceptAsync("m1");
        return (rig.Start(tap), await TurnRig.OpenAsync(rig.Start()));
    }
}
