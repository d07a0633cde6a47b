using Holdfast.Delivery;
using Holdfast.Ownership.Leases;
using Holdfast.Storage;
using Holdfast.Tests.Support.Blobs;
using Holdfast.Tests.Turns;
using Holdfast.Transcripts;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Ownership.Leases;

public sealed class LeaseRenewerTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly LeaseId Lease = new LeaseOptions().LeaseOf(TurnFixture.RunOf("a"));

    [Fact]
    public void Renewals_WhileTheOwnerWorks_KeepTheLeaseAndTellTheOwner() => TurnFixture.Run(async fixture =>
    {
        var (tap, news) = (new BlobTap(), new List<bool>());
        await using var renewer = await StartAsync(fixture, tap, news);

        await fixture.PassAsync(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(1));

        renewer.Renewals.ShouldBe(15);
        news.ShouldBe(Enumerable.Repeat(false, 15));
        (await fixture.Outside.AcquireLeaseAsync(
            TurnFixture.Segment, fixture.Leases.LeaseOf(TurnFixture.RunOf("b")), TimeSpan.FromSeconds(15), None))
            .ShouldBe(LeaseOutcome.Busy);
    });

    [Fact]
    public void Dispose_WhenDone_RenewsAndAcquiresNothingAfterwards() => TurnFixture.Run(async fixture =>
    {
        var tap = new BlobTap();
        var renewer = await StartAsync(fixture, tap, []);
        await fixture.PassAsync(TimeSpan.FromSeconds(21));
        await renewer.DisposeAsync();
        var calls = tap.Calls.Count;

        await fixture.PassAsync(TimeSpan.FromMinutes(5));

        tap.Calls.Count.ShouldBe(calls);
    });

    [Fact]
    public void Renewal_WhenRefused_TellsTheOwnerAtOnce() => TurnFixture.Run(async fixture =>
    {
        var news = new List<bool>();
        await using var renewer = await StartAsync(fixture, new BlobTap(), news);
        await fixture.Outside.BreakLeaseAsync(TurnFixture.Segment, None);

        await fixture.PassAsync(TimeSpan.FromSeconds(21));

        news.ShouldBe([true]);
    });

    [Fact]
    public void Renewal_WhenItsCallHangs_EndsWithTheLeasesTimeAndTellsTheOwner() => TurnFixture.Run(async fixture =>
    {
        var (tap, news, endedAt) = (new BlobTap(), new List<bool>(), new List<TimeSpan>());
        var begun = fixture.Clock.GetUtcNow();
        tap.HoldBefore = (call, _) =>
            call.Verb == BlobVerb.RenewLease ? Task.Delay(Timeout.InfiniteTimeSpan, fixture.Clock, call.CancellationToken) : null;
        var lease = new HeldLease(() => TurnFixture.Segment, Lease, DateTimeOffset.MaxValue - TimeSpan.FromDays(1), (isLost, _) =>
        {
            news.Add(isLost);
            endedAt.Add(fixture.Clock.GetUtcNow() - begun);
            return Task.CompletedTask;
        });
        await using var renewer = await StartAsync(fixture, tap, lease);

        await fixture.PassAsync(TimeSpan.FromSeconds(70));

        news[0].ShouldBeTrue();
        endedAt[0].ShouldBe(fixture.Leases.Duration, "the call had what was left of the lease, no more");
    });

    [Fact]
    public void Renewal_WhenOneFaults_IsNoLossWhileTheLeaseHasTimeLeft() => TurnFixture.Run(async fixture =>
    {
        var (tap, news, faults) = (new BlobTap(), new List<bool>(), 0);
        tap.Plan = (call, _) => call.Verb == BlobVerb.RenewLease && faults++ == 0 ? TapAction.FaultBefore : TapAction.Pass;
        await using var renewer = await StartAsync(fixture, tap, news);

        await fixture.PassAsync(TimeSpan.FromSeconds(41));

        news.ShouldBe([false, false]);
        renewer.Renewals.ShouldBe(1);
    });

    [Fact]
    public void Renewals_WhenTheTurnIsPastItsDeadlineAndTheMargin_EndAndTheLeaseLapses() => TurnFixture.Run(async fixture =>
    {
        var tap = new BlobTap();
        var lease =
            new HeldLease(
                () => TurnFixture.Segment, Lease, fixture.Clock.GetUtcNow() + TimeSpan.FromMinutes(1), (_, _) => Task.CompletedTask);
        await using var renewer = await StartAsync(fixture, tap, lease);

        await fixture.PassAsync(TimeSpan.FromMinutes(5));

        renewer.Renewals.ShouldBe(8, "every 20 s, until 1 min and 2 min of margin are over");
        (await fixture.Outside.ReadAsync(TurnFixture.Segment, 0, 0, None))!.IsLeased.ShouldBeFalse();
    });

    [Fact]
    public void Renewals_WhenTheOwnerDoesNotComeBack_GoOnAndItsNewsWait() => TurnFixture.Run(async fixture =>
    {
        var (news, atOnce, busy) = (new List<bool>(), 0, new TaskCompletionSource());
        await using var renewer = await StartAsync(fixture, new BlobTap(), HeldBy(fixture, async isLost =>
        {
            news.Add(isLost);
            (++atOnce).ShouldBe(1, "never twice at once");
            await busy.Task;
            atOnce--;
        }));

        await fixture.PassAsync(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(1));

        renewer.Renewals.ShouldBe(15);
        news.ShouldBe([false]);
        busy.SetResult();
        await fixture.PassAsync(TimeSpan.FromSeconds(21));
        news.ShouldBe([false, false]);
    });

    [Fact]
    public void Renewal_WhenRefusedWhileTheOwnerIsAtWork_IsToldWhenItComesBack() => TurnFixture.Run(async fixture =>
    {
        var (news, busy) = (new List<bool>(), new TaskCompletionSource());
        await using var renewer = await StartAsync(fixture, new BlobTap(), HeldBy(fixture, isLost =>
        {
            news.Add(isLost);
            return busy.Task;
        }));
        await fixture.PassAsync(TimeSpan.FromSeconds(21));
        await fixture.Outside.BreakLeaseAsync(TurnFixture.Segment, None);
        await fixture.PassAsync(TimeSpan.FromSeconds(20));
        await fixture.Outside.AcquireLeaseAsync(TurnFixture.Segment, Lease, fixture.Leases.Duration, None);
        await fixture.PassAsync(TimeSpan.FromSeconds(20));
        news.ShouldBe([false]);

        busy.SetResult();
        await fixture.PassAsync(TimeSpan.FromSeconds(40));

        news.ShouldBe([false, true, false], "the loss, though the lease is held again; and then no more");
    });

    public static TheoryData<bool> Faults => [true, false];

    [Theory]
    [MemberData(nameof(Faults))]
    public void Renewals_WhenTheOwnerFails_GoOnAndItIsAskedAgain(bool isStorage) => TurnFixture.Run(async fixture =>
    {
        var news = new List<bool>();
        await using var renewer = await StartAsync(fixture, new BlobTap(), HeldBy(fixture, isLost =>
        {
            news.Add(isLost);
            throw isStorage ? new StorageUnavailableException("out") : new InvalidOperationException("a defect");
        }));
        await fixture.Outside.BreakLeaseAsync(TurnFixture.Segment, None);
        await fixture.PassAsync(TimeSpan.FromSeconds(21));
        await fixture.Outside.AcquireLeaseAsync(TurnFixture.Segment, Lease, fixture.Leases.Duration, None);

        await fixture.PassAsync(TimeSpan.FromMinutes(2));

        renewer.Renewals.ShouldBe(6);
        news.ShouldBe(Enumerable.Repeat(true, 7), "nobody has looked yet who came");
        fixture.Log.Lines.Count(
            line =>
                line.Level == (isStorage ? LogLevel.Warning : LogLevel.Error)
                && line.Text.Contains("owner of the lease", StringComparison.Ordinal)).ShouldBe(7);
    });

    [Fact]
    public void Renewals_WhenOneThrowsWhatNobodyExpects_GoOn() => TurnFixture.Run(async fixture =>
    {
        var (tap, news, calls) = (new BlobTap(), new List<bool>(), 0);
        tap.Plan = (call, _) => call.Verb == BlobVerb.RenewLease && calls++ == 0 ? TapAction.Bug : TapAction.Pass;
        await using var renewer = await StartAsync(fixture, tap, news);

        await fixture.PassAsync(TimeSpan.FromSeconds(61));

        renewer.Renewals.ShouldBe(2);
        news.ShouldBe([false, false, false]);
        fixture.Log.Lines.ShouldHaveSingleItem().Level.ShouldBe(LogLevel.Error);
    });

    [Fact]
    public void Dispose_WhenTheOwnerDoesNotComeBack_LeavesItBehindAfterTheTimeOfARelease() => TurnFixture.Run(async fixture =>
    {
        var (tap, busy) = (new BlobTap(), new TaskCompletionSource());
        var renewer = await StartAsync(fixture, tap, HeldBy(fixture, _ => busy.Task));
        await fixture.PassAsync(TimeSpan.FromSeconds(21));
        var since = fixture.Clock.GetUtcNow();

        await renewer.DisposeAsync();

        (fixture.Clock.GetUtcNow() - since).ShouldBe(fixture.Leases.ReleaseWithin);
        fixture.Log.Lines.ShouldHaveSingleItem().Level.ShouldBe(LogLevel.Error);
    });

    [Fact]
    public void Dispose_WhileTheOwnerLooks_WaitsUntilItHasSeenThatItsTimeIsOver() => TurnFixture.Run(async fixture =>
    {
        var ended = false;
        var lease = new HeldLease(() => TurnFixture.Segment, Lease, fixture.Clock.GetUtcNow() + TimeSpan.FromHours(1), async (_, token) =>
        {
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, fixture.Clock, token);
            }
            finally
            {
                await fixture.PassAsync(TimeSpan.FromSeconds(1));
                ended = true;
            }
        });
        var renewer = await StartAsync(fixture, new BlobTap(), lease);
        await fixture.PassAsync(TimeSpan.FromSeconds(21));

        await renewer.DisposeAsync();

        ended.ShouldBeTrue("what it had begun, a lease taken again for example, comes before the release");
    });

    [Fact]
    public void AnswerAsync_WhenAnAppendHangsWhileSideEntriesWait_KeepsTheLease() => TurnFixture.Run(async fixture =>
    {
        var tap = new BlobTap();
        tap.HoldBefore = (call, _) =>
            call.Verb == BlobVerb.Append && tap.CountOf(BlobVerb.Append) == 2 ? fixture.PassAsync(TimeSpan.FromMinutes(4)) : null;
        fixture.Model.Then(
            SimulatedModel.Delta("one "), new Act.Wait(TimeSpan.FromSeconds(5)),
            new Act.Call(() => fixture.Start().Inbox.AddSideEntryAsync(
                TurnFixture.Key, TurnFixture.Delivery("side"), fixture.Clock.GetUtcNow(),
                TurnFixture.Lines(Lines.Custom(Lines.By("side", EntrySource.Side))), None)),
            new Act.Wait(TimeSpan.FromMinutes(3)), SimulatedModel.Delta("two"), SimulatedModel.Stop());
        await fixture.AcceptAsync("m1");

        (await new SimulatedOrchestration(fixture, tap).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        tap.CountOf(BlobVerb.RenewLease).ShouldBe(12, "one every 20 s, also while the append kept the side entries waiting");
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    private static HeldLease HeldBy(TurnFixture fixture, Func<bool, Task> atRenewal) =>
        new(() => TurnFixture.Segment, Lease, fixture.Clock.GetUtcNow() + TimeSpan.FromHours(1), (isLost, _) => atRenewal(isLost));

    private static Task<LeaseRenewer> StartAsync(TurnFixture fixture, BlobTap tap, List<bool> news) => StartAsync(
        fixture,
        tap,
        new HeldLease(() => TurnFixture.Segment, Lease, fixture.Clock.GetUtcNow() + TimeSpan.FromHours(1), (isLost, _) =>
        {
            news.Add(isLost);
            return Task.CompletedTask;
        }));

    private static async Task<LeaseRenewer> StartAsync(TurnFixture fixture, BlobTap tap, HeldLease lease)
    {
        await fixture.Outside.CreateAppendAsync(TurnFixture.Segment, new Dictionary<string, string>(), None);
        await fixture.Outside.AcquireLeaseAsync(TurnFixture.Segment, Lease, fixture.Leases.Duration, None);
        return LeaseRenewer.Start(
            fixture.Start(tap).Blobs, lease, fixture.Leases, fixture.Clock, fixture.Log.For<LeaseRenewerTests>(), None);
    }
}
