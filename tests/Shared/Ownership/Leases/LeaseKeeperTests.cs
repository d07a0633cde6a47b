using Holdfast.Ownership.Leases;
using Holdfast.Storage;
using Holdfast.Tests.Support.Blobs;
using Holdfast.Tests.Turns;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Ownership.Leases;

public sealed class LeaseKeeperTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly LeaseId Lease = new LeaseOptions().LeaseOf(TurnRig.RunOf("a"));

    [Fact]
    public void Renewals_WhileTheOwnerWorks_KeepTheLeaseAndTellTheOwner() => TurnRig.Run(async rig =>
    {
        var (tap, news) = (new BlobTap(), new List<bool>());
        await using var keeper = await StartAsync(rig, tap, news);

        await rig.PassAsync(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(1));

        keeper.Renewals.ShouldBe(15);
        news.ShouldBe(Enumerable.Repeat(false, 15));
        (await rig.Outside.AcquireLeaseAsync(TurnRig.Segment, rig.Leases.LeaseOf(TurnRig.RunOf("b")), TimeSpan.FromSeconds(15), None)).ShouldBe(LeaseOutcome.Busy);
    });

    [Fact]
    public void Dispose_WhenDone_RenewsAndAcquiresNothingAfterwards() => TurnRig.Run(async rig =>
    {
        var tap = new BlobTap();
        var keeper = await StartAsync(rig, tap, []);
        await rig.PassAsync(TimeSpan.FromSeconds(21));
        await keeper.DisposeAsync();
        var calls = tap.Calls.Count;

        await rig.PassAsync(TimeSpan.FromMinutes(5));

        tap.Calls.Count.ShouldBe(calls);
    });

    [Fact]
    public void Renewal_WhenRefused_TellsTheOwnerAtOnce() => TurnRig.Run(async rig =>
    {
        var news = new List<bool>();
        await using var keeper = await StartAsync(rig, new BlobTap(), news);
        await rig.Outside.BreakLeaseAsync(TurnRig.Segment, None);

        await rig.PassAsync(TimeSpan.FromSeconds(21));

        news.ShouldBe([true]);
    });

    [Fact]
    public void Renewal_WhenItsCallHangs_EndsWithTheLeasesTimeAndTellsTheOwner() => TurnRig.Run(async rig =>
    {
        var (tap, news, endedAt) = (new BlobTap(), new List<bool>(), new List<TimeSpan>());
        var begun = rig.Clock.GetUtcNow();
        tap.HoldBefore = (call, _) => call.Verb == BlobVerb.RenewLease ? Task.Delay(Timeout.InfiniteTimeSpan, rig.Clock, call.CancellationToken) : null;
        var lease = new HeldLease(() => TurnRig.Segment, Lease, DateTimeOffset.MaxValue - TimeSpan.FromDays(1), (isLost, _) =>
        {
            news.Add(isLost);
            endedAt.Add(rig.Clock.GetUtcNow() - begun);
            return Task.CompletedTask;
        });
        await using var keeper = await StartAsync(rig, tap, lease);

        await rig.PassAsync(TimeSpan.FromSeconds(70));

        news[0].ShouldBeTrue();
        endedAt[0].ShouldBe(rig.Leases.Duration, "the call had what was left of the lease, no more");
    });

    [Fact]
    public void Renewal_WhenOneFaults_IsNoLossWhileTheLeaseHasTimeLeft() => TurnRig.Run(async rig =>
    {
        var (tap, news, faults) = (new BlobTap(), new List<bool>(), 0);
        tap.Plan = (call, _) => call.Verb == BlobVerb.RenewLease && faults++ == 0 ? TapAction.FaultBefore : TapAction.Pass;
        await using var keeper = await StartAsync(rig, tap, news);

        await rig.PassAsync(TimeSpan.FromSeconds(41));

        news.ShouldBe([false, false]);
        keeper.Renewals.ShouldBe(1);
    });

    [Fact]
    public void Renewals_WhenTheTurnIsPastItsDeadlineAndTheMargin_EndAndTheLeaseLapses() => TurnRig.Run(async rig =>
    {
        var tap = new BlobTap();
        var lease = new HeldLease(() => TurnRig.Segment, Lease, rig.Clock.GetUtcNow() + TimeSpan.FromMinutes(1), (_, _) => Task.CompletedTask);
        await using var keeper = await StartAsync(rig, tap, lease);

        await rig.PassAsync(TimeSpan.FromMinutes(5));

        keeper.Renewals.ShouldBe(8, "every 20 s, until 1 min and 2 min of margin are over");
        (await rig.Outside.ReadAsync(TurnRig.Segment, 0, 0, None))!.IsLeased.ShouldBeFalse();
    });

    private static Task<LeaseKeeper> StartAsync(TurnRig rig, BlobTap tap, List<bool> news) => StartAsync(
        rig,
        tap,
        new HeldLease(() => TurnRig.Segment, Lease, rig.Clock.GetUtcNow() + TimeSpan.FromHours(1), (isLost, _) =>
        {
            news.Add(isLost);
            return Task.CompletedTask;
        }));

    private static async Task<LeaseKeeper> StartAsync(TurnRig rig, BlobTap tap, HeldLease lease)
    {
        await rig.Outside.CreateAppendAsync(TurnRig.Segment, new Dictionary<string, string>(), None);
        await rig.Outside.AcquireLeaseAsync(TurnRig.Segment, Lease, rig.Leases.Duration, None);
        return LeaseKeeper.Start(rig.Start(tap).Blobs, lease, rig.Leases, rig.Clock, rig.Log.For<LeaseKeeperTests>(), None);
    }
}
