using Holdfast.Delivery;
using Holdfast.Ownership;
using Holdfast.Ownership.Leases;
using Holdfast.Storage;
using Holdfast.Tests.Models;
using Holdfast.Tests.Turns;
using Holdfast.Transcripts;
using Holdfast.Turns;
using Holdfast.Turns.Control;
using Holdfast.Turns.Steps;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Ownership.Leases;

/// <summary>Nobody but an operator breaks a lease (docs/decisions/0011).</summary>
public sealed class LeaseBreakTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public void S18_WhenTheOldTurnIsSlowAndAlive_ItsLeaseIsNotBrokenHoweverLongItTakes() => TurnFixture.Run(async fixture =>
    {
        fixture.Leases.ClaimWait = TimeSpan.FromSeconds(60);
        var slow = await SlowTurnAsync(fixture);
        var tap = new BlobTap();
        for (var tries = 0; tries < 8; tries++)
        {
            (await fixture.Start(tap).Claimer.ClaimAsync(
                TurnFixture.RunOf("m2"), TurnFixture.Session, 0, None)).ShouldBeOfType<ClaimOutcome.Busy>();
            await fixture.PassAsync(TimeSpan.FromSeconds(15));
        }

        (await slow).Ending.ShouldBe(StepEnding.Answered);

        tap.CountOf(BlobVerb.BreakLease).ShouldBe(0);
        fixture.Log.Lines.ShouldNotContain(line => line.Text.Contains("Fence verdict", StringComparison.Ordinal), "nobody was in its way");
    });

    [Fact]
    public void ClaimAsync_WhenTheTurnEndedAndItsProcessDiedBeforeTheRelease_ComesInAsTheLeaseLapses() => TurnFixture.Run(async fixture =>
    {
        fixture.Leases.ClaimWait = TimeSpan.FromSeconds(70);
        await FinishedButHeldAsync(fixture);
        var (tap, since) = (new BlobTap(), fixture.Clock.GetUtcNow());

        using var ours = await fixture.Start(tap).ClaimAsync(TurnFixture.RunOf("m2"), TurnFixture.Session);

        (fixture.Clock.GetUtcNow() - since).ShouldBeInRange(TimeSpan.FromSeconds(15), fixture.Leases.Duration + fixture.Leases.PollEvery);
        tap.CountOf(BlobVerb.BreakLease).ShouldBe(0);
    });

    [Fact]
    public void ClaimAsync_WhenTheHolderIsPastItsDeadlineAndLives_ComesInOnceItRenewsNoMore() => TurnFixture.Run(async fixture =>
    {
        fixture.Leases.ClaimWait = TimeSpan.FromSeconds(70);
        var process = fixture.Start();
        using var theirs = await process.ClaimAsync(TurnFixture.RunOf("m1"), TurnFixture.Session);
        var deadline = fixture.Clock.GetUtcNow() + TimeSpan.FromMinutes(10);
        await using var renewing = LeaseRenewer.Start(
            process.Blobs, new HeldLease(() => TurnFixture.Segment, theirs.Lease, deadline, (_, _) => Task.CompletedTask), fixture.Leases,
            fixture.Clock,
            fixture.Log.For<LeaseBreakTests>(), None);
        await fixture.PassAsync(TimeSpan.FromMinutes(10));

        (await fixture.Start().Claimer.ClaimAsync(TurnFixture.RunOf("m2"), TurnFixture.Session, 0, None)).ShouldBeOfType<ClaimOutcome.Busy>(
            "it writes down how it ended");
        await fixture.PassAsync(fixture.Leases.DeadlineMargin);
        using var ours = await fixture.Start().ClaimAsync(TurnFixture.RunOf("m2"), TurnFixture.Session);

        (await theirs.AppendAsync([Lines.User(null)], None)).ShouldBeOfType<FencedOutcome.TakenOver>().Verdict.Reason.ShouldBe(
            TakeoverReason.OtherRunClaimed);
    });

    [Fact]
    public void NextAttemptAsync_WhenTheRunClaimsAgain_KeepsDeadlineAndOrchestration() => TurnFixture.Run(async fixture =>
    {
        var request = new ClaimRequest(fixture.Clock.GetUtcNow() + TimeSpan.FromMinutes(10), "execution-1");
        var claimed =
            (ClaimOutcome.Claimed)await fixture.Start().Claimer.ClaimAsync(TurnFixture.RunOf("m1"), TurnFixture.Session, 0, request, None);
        using var transcript = claimed.Transcript;
        var first = fixture.Claim()!;
        await fixture.PassAsync(TimeSpan.FromSeconds(3));

        await transcript.NextAttemptAsync(None);

        fixture.Claim()
            .ShouldBe(
                first with
                {
                    Attempt = 2,
                    Epoch = 2,
                    Nonce = fixture.Claim()!.Nonce,
                    ClaimedAt = first.ClaimedAt + TimeSpan.FromSeconds(3),
                });
    });

    [Fact]
    public void BreakAsync_WhenAnOperatorSaysSo_FreesTheLeaseAndStandsInTheTranscriptByName() => TurnFixture.Run(async fixture =>
    {
        using var theirs = await fixture.Start().ClaimAsync(TurnFixture.RunOf("m1"), TurnFixture.Session);
        var process = fixture.Start();

        (await process.Breaker.BreakAsync(TurnFixture.Key, "anna", None)).ShouldBe(new LeaseBreakOutcome.Broken(fixture.Claim()));

        (await fixture.Outside.ReadAsync(TurnFixture.Segment, 0, 0, None))!.IsLeased.ShouldBeFalse();
        (await process.OpenNothingAsync()).ShouldBeNull();
        var note = fixture.Entries().OfType<TranscriptEntry.Custom>().ShouldHaveSingleItem();
        (note.CustomType, note.Provenance!.Source).ShouldBe(("holdfast/lease-break", EntrySource.Control));
        note.DataJson.ShouldContain("\"by\":\"anna\"");
        (await process.Breaker.BreakAsync(TurnFixture.Key, "anna", None)).ShouldBeOfType<LeaseBreakOutcome.NotHeld>();
    });

    [Fact]
    public void BreakAsync_WhenTheHolderIsAliveAndNobodyClaims_TakesNothingFromIt() => TurnFixture.Run(async fixture =>
    {
        using var theirs = await fixture.Start().ClaimAsync(TurnFixture.RunOf("m1"), TurnFixture.Session);
        await fixture.Start().Breaker.BreakAsync(TurnFixture.Key, "anna", None);

        (await theirs.AppendAsync([Lines.User(null)], None)).ShouldBe(FencedOutcome.Appended.Instance);

        theirs.LastVerdict.ShouldBe("clean");
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void BreakAsync_WhenSomebodyWroteSinceTheLook_BreaksOnlyTheHoldersLeaseItRecorded(bool isAnotherRun) =>
        TurnFixture.Run(async fixture =>
    {
        using var holder = await fixture.Start().ClaimAsync(TurnFixture.RunOf("m1"), TurnFixture.Session);
        FencedTranscript? newcomer = null;
        var tap = new BlobTap
        {
            Before = async (call, _) =>
            {
                if (call.Verb == BlobVerb.BreakLease && fixture.Entries().IsEmpty)
                {
                    newcomer = isAnotherRun ? await fixture.TakeOverAsync("m2") : null;
                    await (newcomer ?? holder).AppendAsync([Lines.User(null)], None);
                }
            },
        };

        var outcome = await fixture.Start(tap).Breaker.BreakAsync(TurnFixture.Key, "anna", None);

        (outcome is LeaseBreakOutcome.Broken).ShouldBe(!isAnotherRun);
        (await fixture.Outside.ReadAsync(TurnFixture.Segment, 0, 0, None))!.IsLeased.ShouldBe(isAnotherRun);
        newcomer?.Dispose();
    });

    [Fact]
    public void BreakAsync_WhenTheProcessDiesBeforeTheBreak_TheRecordStandsAndTheLeaseIsHeld() => TurnFixture.Run(async fixture =>
    {
        using var theirs = await fixture.Start().ClaimAsync(TurnFixture.RunOf("m1"), TurnFixture.Session);
        var tap = new BlobTap { Plan = (call, _) => call.Verb == BlobVerb.BreakLease ? TapAction.CrashBefore : TapAction.Pass };

        await Should.ThrowAsync<CrashException>(() => fixture.Start(tap).Breaker.BreakAsync(TurnFixture.Key, "anna", None));

        (await fixture.NamesAsync("inbox/")).ShouldHaveSingleItem();
        (await fixture.Outside.ReadAsync(TurnFixture.Segment, 0, 0, None))!.IsLeased.ShouldBeTrue();
    });

    /// <summary>A turn that ended; its process died before the release, right after its last renewal.</summary>
    private static async Task FinishedButHeldAsync(TurnFixture fixture)
    {
        await fixture.AcceptAsync("m1");
        var process =
            fixture.Start(new BlobTap { Plan = (call, _) => call.Verb == BlobVerb.ReleaseLease ? TapAction.CrashBefore : TapAction.Pass });
        var turn = await TurnFixture.OpenAsync(process);
        await process.StepAsync(turn);
        await Should.ThrowAsync<CrashException>(
            () => process.Finisher.FinishAsync(new FinishRequest(turn, TurnEnding.Replied, 0, null, TurnTally.Zero), None));
    }

    private static async Task<Task<StepReport>> SlowTurnAsync(TurnFixture fixture)
    {
        fixture.Agent = fixture.Agent with { Models = [ScriptedModel.Profile("first", between: 300)] };
        await fixture.AcceptAsync("m1");
        fixture.Model.Then(SimulatedModel.Delta("slow "), new Act.Wait(TimeSpan.FromMinutes(4)), SimulatedModel.Delta("but "),
            new Act.Wait(TimeSpan.FromMinutes(4)), SimulatedModel.Delta("alive "),
            new Act.Wait(TimeSpan.FromMinutes(4)), SimulatedModel.Stop());
        var process = fixture.Start();
        var turn = await TurnFixture.OpenAsync(process);
        var step = process.StepAsync(turn);
        await fixture.PassAsync(TimeSpan.FromSeconds(5));
        return step;
    }
}
