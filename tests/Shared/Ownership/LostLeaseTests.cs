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
    public void CheckAsync_WhenNobodyCame_TakesTheLeaseAgain() => TurnFixture.Run(async fixture =>
    {
        using var transcript = await fixture.Start().ClaimAsync(TurnFixture.RunOf("a"), TurnFixture.Session);
        await fixture.Outside.BreakLeaseAsync(TurnFixture.Segment, None);

        await transcript.CheckAsync(None);

        (transcript.End, transcript.LastVerdict, await IsLeasedAsync(fixture)).ShouldBe((null, "clean", true));
    });

    [Fact]
    public void CheckAsync_WhenASideWriterIsInside_LeavesItAtOneLook() => TurnFixture.Run(async fixture =>
    {
        var tap = new BlobTap();
        using var transcript = await fixture.Start(tap).ClaimAsync(TurnFixture.RunOf("a"), TurnFixture.Session);
        await fixture.Outside.BreakLeaseAsync(TurnFixture.Segment, None);
        await fixture.Outside.AcquireLeaseAsync(TurnFixture.Segment, fixture.Ids.NewLeaseId(), TimeSpan.FromSeconds(15), None);
        var (since, calls) = (fixture.Clock.GetUtcNow(), tap.Calls.Count);

        await transcript.CheckAsync(None);

        fixture.Clock.GetUtcNow().ShouldBe(since);
        tap.Calls.Skip(calls).Select(call => call.Verb).ShouldBe([BlobVerb.Read, BlobVerb.AcquireLease]);
        (transcript.End, transcript.LastVerdict).ShouldBe((null, null));
    });

    [Fact]
    public void CheckAsync_WhenAnotherRunClaimed_EndsAndLooksNoMore() => TurnFixture.Run(async fixture =>
    {
        var tap = new BlobTap();
        using var transcript = await fixture.Start(tap).ClaimAsync(TurnFixture.RunOf("a"), TurnFixture.Session);
        using var theirs = await fixture.TakeOverAsync("b");

        await transcript.CheckAsync(None);
        var calls = tap.Calls.Count;
        await transcript.CheckAsync(None);

        transcript.End.ShouldBeOfType<FencedOutcome.TakenOver>();
        tap.Calls.Count.ShouldBe(calls);
        (await theirs.AppendAsync([Lines.User(null)], None)).ShouldBe(FencedOutcome.Appended.Instance);
        theirs.LastVerdict.ShouldBeNull("its lease was not touched");
    });

    [Fact]
    public void RunAsync_WhenTakenOverWhileTheModelIsSilent_EndsAtTheNextRenewal() => TurnFixture.Run(async fixture =>
    {
        fixture.Model.Then(
            SimulatedModel.Delta("one "), new Act.Wait(TimeSpan.FromSeconds(2)), new Act.Call(TakeOverAsync), new Act.Wait(Silence),
            SimulatedModel.Stop());
        var (process, turn) = await OpenedAsync(fixture);
        DateTimeOffset takenAt = default;

        var report = await process.StepAsync(turn);

        report.Ending.ShouldBe(StepEnding.TakenOver);
        (fixture.Clock.GetUtcNow() - takenAt).ShouldBeLessThanOrEqualTo(fixture.Leases.RenewEvery, "the model had minutes to go");
        process.Tap.Calls.Count(call => call.Verb == BlobVerb.Append).ShouldBe(2, "message and first part; no append had to find out");

        async Task TakeOverAsync()
        {
            takenAt = fixture.Clock.GetUtcNow();
            using var theirs = await fixture.TakeOverAsync("other");
        }
    });

    [Fact]
    public void RunAsync_WhenTheLeaseIsLostWhileTheModelIsSilentAndNobodyCame_TakesItAgainAndTheVerdictIsClean() =>
        TurnFixture.Run(async fixture =>
    {
        var wasHeld = false;
        fixture.Model.Then(
            SimulatedModel.Delta("one "), new Act.Wait(TimeSpan.FromSeconds(2)),
            new Act.Call(() => fixture.Outside.BreakLeaseAsync(TurnFixture.Segment, None)),
            new Act.Wait(Silence), new Act.Call(async () => wasHeld = await IsLeasedAsync(fixture)), SimulatedModel.Delta("two"),
            SimulatedModel.Stop());
        var (process, turn) = await OpenedAsync(fixture);

        var report = await process.StepAsync(turn);

        report.Ending.ShouldBe(StepEnding.Answered);
        wasHeld.ShouldBeTrue("not only the next append takes it again");
        report.Tally.Verdicts.ShouldBe(new Dictionary<string, int> { ["clean"] = 1 });
    });

    [Fact]
    public void RunAsync_WhenSupersededWhileTheModelIsSilentAndTheLeaseIsLost_FollowsItsSuccessor() => TurnFixture.Run(async fixture =>
    {
        Task<StepReport>? second = null;
        TurnReference? opened = null;
        fixture.Model.Then(
            SimulatedModel.Delta("zombie "), new Act.Wait(TimeSpan.FromSeconds(2)),
            new Act.Call(async () =>
            {
                second = fixture.Start().StepAsync(opened!);
                await fixture.PassAsync(TimeSpan.FromSeconds(1));
                await fixture.Outside.BreakLeaseAsync(TurnFixture.Segment, None);
            }),
            new Act.Wait(Silence), SimulatedModel.Stop());
        fixture.Model.Then(new Act.Wait(TimeSpan.FromSeconds(40)), SimulatedModel.Delta("living"), SimulatedModel.Stop());
        var (process, turn) = await OpenedAsync(fixture);
        opened = turn;
        var since = fixture.Clock.GetUtcNow();

        (await process.StepAsync(turn)).Ending.ShouldBe(StepEnding.Answered);

        (fixture.Clock.GetUtcNow() - since).ShouldBeLessThan(TimeSpan.FromSeconds(70));
        (await second!).Tally.Verdicts.ShouldContainKey("clean");
        fixture.Entries().OfType<TranscriptEntry.AssistantMessage>().Single(answer => !answer.IsStub).Content.PlainText()
            .ShouldBe("living");
    });

    [Fact]
    public void FinishAsync_WhenALateExecutionClaimedMeanwhile_StillMirrorsAndLetsTheLeaseGo() => TurnFixture.Run(async fixture =>
    {
        var (process, turn) = await OpenedAsync(fixture);
        await process.StepAsync(turn);
        var late = false;
        process.Tap.Before = async (call, _) =>
        {
            if (call.Verb == BlobVerb.Append && !late)
            {
                late = true;
                await fixture.Start().StepAsync(turn);
            }
        };

        await process.Finisher.FinishAsync(
            new FinishRequest(turn, Holdfast.Delivery.TurnEnding.Replied, 0, null, Holdfast.Delivery.TurnTally.Zero), None);

        late.ShouldBeTrue();
        fixture.Entries().ShouldContain(entry => entry.Id == TurnHistory.DeliveryId(TurnFixture.RunOf("m1").Turn));
        (await IsLeasedAsync(fixture)).ShouldBeFalse("the next turn need not wait for the late execution's lease to lapse");
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    private static async Task<bool> IsLeasedAsync(TurnFixture fixture) =>
        (await fixture.Outside.ReadAsync(TurnFixture.Segment, 0, 0, None))!.IsLeased;

    private static async Task<(TurnProcess Process, TurnReference Turn)> OpenedAsync(TurnFixture fixture)
    {
        fixture.Agent = fixture.Agent with { Models = [ScriptedModel.Profile("first", between: 300)] };
        await fixture.AcceptAsync("m1");
        return (fixture.Start(), await TurnFixture.OpenAsync(fixture.Start()));
    }
}
