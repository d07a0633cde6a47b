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
    public void S18_WhenTheOldTurnIsSlowAndAlive_ItsLeaseIsNotBrokenHoweverLongItTakes() => TurnRig.Run(async rig =>
    {
        rig.Leases.ClaimWait = TimeSpan.FromSeconds(60);
        var slow = await SlowTurnAsync(rig);
        var tap = new BlobTap();
        for (var tries = 0; tries < 8; tries++)
        {
            (await rig.Start(tap).Claimer.ClaimAsync(TurnRig.RunOf("m2"), TurnRig.Session, 0, None)).ShouldBeOfType<ClaimOutcome.Busy>();
            await rig.PassAsync(TimeSpan.FromSeconds(15));
        }

        (await slow).Ending.ShouldBe(StepEnding.Answered);

        tap.CountOf(BlobVerb.BreakLease).ShouldBe(0);
        rig.Log.Lines.ShouldNotContain(line => line.Text.Contains("Fence verdict", StringComparison.Ordinal), "nobody was in its way");
    });

    [Fact]
    public void ClaimAsync_WhenTheTurnEndedAndItsProcessDiedBeforeTheRelease_ComesInAsTheLeaseLapses() => TurnRig.Run(async rig =>
    {
        rig.Leases.ClaimWait = TimeSpan.FromSeconds(70);
        await FinishedButHeldAsync(rig);
        var (tap, since) = (new BlobTap(), rig.Clock.GetUtcNow());

        using var ours = await rig.Start(tap).ClaimAsync(TurnRig.RunOf("m2"), TurnRig.Session);

        (rig.Clock.GetUtcNow() - since).ShouldBeInRange(TimeSpan.FromSeconds(15), rig.Leases.Duration + rig.Leases.PollEvery);
        tap.CountOf(BlobVerb.BreakLease).ShouldBe(0);
    });

    [Fact]
    public void ClaimAsync_WhenTheHolderIsPastItsDeadlineAndLives_ComesInOnceItRenewsNoMore() => TurnRig.Run(async rig =>
    {
        rig.Leases.ClaimWait = TimeSpan.FromSeconds(70);
        var process = rig.Start();
        using var theirs = await process.ClaimAsync(TurnRig.RunOf("m1"), TurnRig.Session);
        var deadline = rig.Clock.GetUtcNow() + TimeSpan.FromMinutes(10);
        await using var renewing = LeaseKeeper.Start(
            process.Blobs, new HeldLease(() => TurnRig.Segment, theirs.Lease, deadline, (_, _) => Task.CompletedTask), rig.Leases, rig.Clock,
            rig.Log.For<LeaseBreakTests>(), None);
        await rig.PassAsync(TimeSpan.FromMinutes(10));

        (await rig.Start().Claimer.ClaimAsync(TurnRig.RunOf("m2"), TurnRig.Session, 0, None)).ShouldBeOfType<ClaimOutcome.Busy>("it writes down how it ended");
        await rig.PassAsync(rig.Leases.DeadlineMargin);
        using var ours = await rig.Start().ClaimAsync(TurnRig.RunOf("m2"), TurnRig.Session);

        (await theirs.AppendAsync([Lines.User(null)], None)).ShouldBeOfType<FencedOutcome.TakenOver>().Verdict.Reason.ShouldBe(TakeoverReason.OtherRunClaimed);
    });

    [Fact]
    public void NextAttemptAsync_WhenTheRunClaimsAgain_KeepsDeadlineAndOrchestration() => TurnRig.Run(async rig =>
    {
        var terms = new ClaimTerms(rig.Clock.GetUtcNow() + TimeSpan.FromMinutes(10), "execution-1");
        var claimed = (ClaimOutcome.Claimed)await rig.Start().Claimer.ClaimAsync(TurnRig.RunOf("m1"), TurnRig.Session, 0, terms, None);
        using var transcript = claimed.Transcript;
        var first = rig.Claim()!;
        await rig.PassAsync(TimeSpan.FromSeconds(3));

        await transcript.NextAttemptAsync(None);

        rig.Claim().ShouldBe(first with { Attempt = 2, Epoch = 2, Nonce = rig.Claim()!.Nonce, ClaimedAt = first.ClaimedAt + TimeSpan.FromSeconds(3) });
    });

    [Fact]
    public void BreakAsync_WhenAnOperatorSaysSo_FreesTheLeaseAndStandsInTheTranscriptByName() => TurnRig.Run(async rig =>
    {
        using var theirs = await rig.Start().ClaimAsync(TurnRig.RunOf("m1"), TurnRig.Session);
        var process = rig.Start();

        (await process.Breaker.BreakAsync(TurnRig.Key, "anna", None)).ShouldBe(new LeaseBreakOutcome.Broken(rig.Claim()));

        (await rig.Outside.ReadAsync(TurnRig.Segment, 0, 0, None))!.IsLeased.ShouldBeFalse();
        (await process.OpenNothingAsync()).ShouldBeNull();
        var note = rig.Entries().OfType<TranscriptEntry.Custom>().ShouldHaveSingleItem();
        (note.CustomType, note.Stamp!.Source).ShouldBe(("holdfast/lease-break", EntrySource.Control));
        note.DataJson.ShouldContain("\"by\":\"anna\"");
        (await process.Breaker.BreakAsync(TurnRig.Key, "anna", None)).ShouldBeOfType<LeaseBreakOutcome.NotHeld>();
    });

    [Fact]
    public void BreakAsync_WhenTheHolderIsAliveAndNobodyClaims_TakesNothingFromIt() => TurnRig.Run(async rig =>
    {
        using var theirs = await rig.Start().ClaimAsync(TurnRig.RunOf("m1"), TurnRig.Session);
        await rig.Start().Breaker.BreakAsync(TurnRig.Key, "anna", None);

        (await theirs.AppendAsync([Lines.User(null)], None)).ShouldBe(FencedOutcome.Appended.Instance);

        theirs.LastVerdict.ShouldBe("clean");
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void BreakAsync_WhenSomebodyWroteSinceTheLook_BreaksOnlyTheHoldersLeaseItRecorded(bool isAnotherRun) => TurnRig.Run(async rig =>
    {
        using var holder = await rig.Start().ClaimAsync(TurnRig.RunOf("m1"), TurnRig.Session);
        FencedTranscript? newcomer = null;
        var tap = new BlobTap
        {
            Before = async (call, _) =>
            {
                if (call.Verb == BlobVerb.BreakLease && rig.Entries().IsEmpty)
                {
                    newcomer = isAnotherRun ? await rig.TakeOverAsync("m2") : null;
                    await (newcomer ?? holder).AppendAsync([Lines.User(null)], None);
                }
            },
        };

        var outcome = await rig.Start(tap).Breaker.BreakAsync(TurnRig.Key, "anna", None);

        (outcome is LeaseBreakOutcome.Broken).ShouldBe(!isAnotherRun);
        (await rig.Outside.ReadAsync(TurnRig.Segment, 0, 0, None))!.IsLeased.ShouldBe(isAnotherRun);
        newcomer?.Dispose();
    });

    [Fact]
    public void BreakAsync_WhenTheProcessDiesBeforeTheBreak_TheRecordStandsAndTheLeaseIsHeld() => TurnRig.Run(async rig =>
    {
        using var theirs = await rig.Start().ClaimAsync(TurnRig.RunOf("m1"), TurnRig.Session);
        var tap = new BlobTap { Plan = (call, _) => call.Verb == BlobVerb.BreakLease ? TapAction.CrashBefore : TapAction.Pass };

        await Should.ThrowAsync<CrashException>(() => rig.Start(tap).Breaker.BreakAsync(TurnRig.Key, "anna", None));

        (await rig.NamesAsync("inbox/")).ShouldHaveSingleItem();
        (await rig.Outside.ReadAsync(TurnRig.Segment, 0, 0, None))!.IsLeased.ShouldBeTrue();
    });

    /// <summary>A turn that ended; its process died before the release, right after its last renewal.</summary>
    private static async Task FinishedButHeldAsync(TurnRig rig)
    {
        await rig.AcceptAsync("m1");
        var process = rig.Start(new BlobTap { Plan = (call, _) => call.Verb == BlobVerb.ReleaseLease ? TapAction.CrashBefore : TapAction.Pass });
        var turn = await TurnRig.OpenAsync(process);
        await process.StepAsync(turn);
        await Should.ThrowAsync<CrashException>(
            () => process.Finisher.FinishAsync(new FinishRequest(turn, TurnEnding.Replied, 0, null, TurnTally.Zero), None));
    }

    private static async Task<Task<StepReport>> SlowTurnAsync(TurnRig rig)
    {
        rig.Agent = rig.Agent with { Models = [ScriptedModel.Profile("first", between: 300)] };
        await rig.AcceptAsync("m1");
        rig.Model.Then(PlayedModel.Delta("slow "), new Act.Wait(TimeSpan.FromMinutes(4)), PlayedModel.Delta("but "),
            new Act.Wait(TimeSpan.FromMinutes(4)), PlayedModel.Delta("alive "),
            new Act.Wait(TimeSpan.FromMinutes(4)), PlayedModel.Stop());
        var process = rig.Start();
        var turn = await TurnRig.OpenAsync(process);
        var step = process.StepAsync(turn);
        await rig.PassAsync(TimeSpan.FromSeconds(5));
        return step;
    }
}
