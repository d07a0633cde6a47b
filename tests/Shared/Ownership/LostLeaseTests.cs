using Holdfast.Ownership;
using Holdfast.Storage;
using Holdfast.Tests.Models;
using Holdfast.Tests.Support.Blobs;
using Holdfast.Tests.Turns;
using Holdfast.Transcripts;
using Holdfast.Turns;
using Holdfast.Turns.Steps;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Ownership;

/// <summary>What a run learns of a lost lease while it has nothing to append.</summary>
public sealed class LostLeaseTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(4);

    [Fact]
    public void CheckAsync_WhenNobodyCame_TakesTheLeaseAgain() => TurnRig.Run(async rig =>
    {
        using var transcript = await rig.Start().ClaimAsync(TurnRig.RunOf("a"), TurnRig.Session);
        await rig.Outside.BreakLeaseAsync(TurnRig.Segment, None);

        await transcript.CheckAsync(None);

        (transcript.End, transcript.LastVerdict, await IsLeasedAsync(rig)).ShouldBe((null, "clean", true));
    });

    [Fact]
    public void CheckAsync_WhenASideWriterIsInside_LeavesItAtOneLook() => TurnRig.Run(async rig =>
    {
        var tap = new BlobTap();
        using var transcript = await rig.Start(tap).ClaimAsync(TurnRig.RunOf("a"), TurnRig.Session);
        await rig.Outside.BreakLeaseAsync(TurnRig.Segment, None);
        await rig.Outside.AcquireLeaseAsync(TurnRig.Segment, rig.Ids.NewLeaseId(), TimeSpan.FromSeconds(15), None);
        var (since, calls) = (rig.Clock.GetUtcNow(), tap.Calls.Count);

        await transcript.CheckAsync(None);

        rig.Clock.GetUtcNow().ShouldBe(since);
        tap.Calls.Skip(calls).Select(call => call.Verb).ShouldBe([BlobVerb.Read, BlobVerb.AcquireLease]);
        (transcript.End, transcript.LastVerdict).ShouldBe((null, null));
    });

    [Fact]
    public void CheckAsync_WhenAnotherRunClaimed_EndsAndLooksNoMore() => TurnRig.Run(async rig =>
    {
        var tap = new BlobTap();
        using var transcript = await rig.Start(tap).ClaimAsync(TurnRig.RunOf("a"), TurnRig.Session);
        using var theirs = await rig.TakeOverAsync("b");

        await transcript.CheckAsync(None);
        var calls = tap.Calls.Count;
        await transcript.CheckAsync(None);

        transcript.End.ShouldBeOfType<FencedOutcome.TakenOver>();
        tap.Calls.Count.ShouldBe(calls);
        (await theirs.AppendAsync([Lines.User(null)], None)).ShouldBe(FencedOutcome.Appended.Instance);
        theirs.LastVerdict.ShouldBeNull("its lease was not touched");
    });

    [Fact]
    public void RunAsync_WhenTakenOverWhileTheModelIsSilent_EndsAtTheNextRenewal() => TurnRig.Run(async rig =>
    {
        rig.Model.Then(PlayedModel.Delta("one "), new Act.Wait(TimeSpan.FromSeconds(2)), new Act.Call(TakeOverAsync), new Act.Wait(Silence), PlayedModel.Stop());
        var (process, turn) = await OpenedAsync(rig);
        DateTimeOffset takenAt = default;

        var report = await process.StepAsync(turn);

        report.Ending.ShouldBe(StepEnding.TakenOver);
        (rig.Clock.GetUtcNow() - takenAt).ShouldBeLessThanOrEqualTo(rig.Leases.RenewEvery, "the model had minutes to go");
        process.Tap.Calls.Count(call => call.Verb == BlobVerb.Append).ShouldBe(2, "message and first part; no append had to find out");

        async Task TakeOverAsync()
        {
            takenAt = rig.Clock.GetUtcNow();
            using var theirs = await rig.TakeOverAsync("other");
        }
    });

    [Fact]
    public void RunAsync_WhenTheLeaseIsLostWhileTheModelIsSilentAndNobodyCame_TakesItAgainAndTheVerdictIsClean() => TurnRig.Run(async rig =>
    {
        var wasHeld = false;
        rig.Model.Then(
            PlayedModel.Delta("one "), new Act.Wait(TimeSpan.FromSeconds(2)), new Act.Call(() => rig.Outside.BreakLeaseAsync(TurnRig.Segment, None)),
            new Act.Wait(Silence), new Act.Call(async () => wasHeld = await IsLeasedAsync(rig)), PlayedModel.Delta("two"), PlayedModel.Stop());
        var (process, turn) = await OpenedAsync(rig);

        var report = await process.StepAsync(turn);

        report.Ending.ShouldBe(StepEnding.Answered);
        wasHeld.ShouldBeTrue("not only the next append takes it again");
        report.Tally.Verdicts.ShouldBe(new Dictionary<string, int> { ["clean"] = 1 });
    });

    [Fact]
    public void RunAsync_WhenSupersededWhileTheModelIsSilentAndTheLeaseIsLost_FollowsItsSuccessor() => TurnRig.Run(async rig =>
    {
        Task<StepReport>? second = null;
        TurnReference? opened = null;
        rig.Model.Then(
            PlayedModel.Delta("zombie "), new Act.Wait(TimeSpan.FromSeconds(2)),
            new Act.Call(async () =>
            {
                second = rig.Start().StepAsync(opened!);
                await rig.PassAsync(TimeSpan.FromSeconds(1));
                await rig.Outside.BreakLeaseAsync(TurnRig.Segment, None);
            }),
            new Act.Wait(Silence), PlayedModel.Stop());
        rig.Model.Then(new Act.Wait(TimeSpan.FromSeconds(40)), PlayedModel.Delta("living"), PlayedModel.Stop());
        var (process, turn) = await OpenedAsync(rig);
        opened = turn;
        var since = rig.Clock.GetUtcNow();

        (await process.StepAsync(turn)).Ending.ShouldBe(StepEnding.Answered);

        (rig.Clock.GetUtcNow() - since).ShouldBeLessThan(TimeSpan.FromSeconds(70));
        (await second!).Tally.Verdicts.ShouldContainKey("clean");
        rig.Entries().OfType<TranscriptEntry.AssistantMessage>().Single(answer => !answer.IsStub).Content.PlainText().ShouldBe("living");
    });

    [Fact]
    public void FinishAsync_WhenALateExecutionClaimedMeanwhile_StillMirrorsAndLetsTheLeaseGo() => TurnRig.Run(async rig =>
    {
        var (process, turn) = await OpenedAsync(rig);
        await process.StepAsync(turn);
        var late = false;
        process.Tap.Before = async (call, _) =>
        {
            if (call.Verb == BlobVerb.Append && !late)
            {
                late = true;
                await rig.Start().StepAsync(turn);
            }
        };

        await process.Finisher.FinishAsync(
            new FinishRequest(turn, Holdfast.Delivery.TurnEnding.Replied, 0, null, Holdfast.Delivery.TurnTally.Zero), None);

        late.ShouldBeTrue();
        rig.Entries().ShouldContain(entry => entry.Id == TurnHistory.DeliveryId(TurnRig.RunOf("m1").Turn));
        (await IsLeasedAsync(rig)).ShouldBeFalse("the next turn need not wait for the late execution's lease to lapse");
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    private static async Task<bool> IsLeasedAsync(TurnRig rig) => (await rig.Outside.ReadAsync(TurnRig.Segment, 0, 0, None))!.IsLeased;

    private static async Task<(TurnProcess Process, TurnReference Turn)> OpenedAsync(TurnRig rig)
    {
        rig.Agent = rig.Agent with { Models = [ScriptedModel.Profile("first", between: 300)] };
        await rig.AcceptAsync("m1");
        return (rig.Start(), await TurnRig.OpenAsync(rig.Start()));
    }
}
