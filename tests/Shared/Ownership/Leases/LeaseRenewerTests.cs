using Holdfast.Ownership.Leases;
using Holdfast.Storage;
using Holdfast.Tests.Support.Blobs;
using Holdfast.Tests.Turns;
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
        (await fixture.Outside.AcquireLeaseAsync(TurnFixture.Segment, fixture.Leases.LeaseOf(TurnFixture.RunOf("b")), TimeSpan.FromSeconds(15), None)).ShouldBe(LeaseOutcome.Busy);
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
        tap.HoldBefore = (call, _) => call.Verb == BlobVerb.RenewLease ? Task.Delay(Timeout.InfiniteTimeSpan, fixture.Clock, call.CancellationToken) : null;
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
        var lease = new HeldLease(() => TurnFixture.Segment, Lease, fixture.Clock.GetUtcNow() + TimeSpan.FromMinutes(1), (_, _) => Task.CompletedTask);
        await using var renewer = await StartAsync(fixture, tap, lease);

        await fixture.PassAsync(TimeSpan.FromMinutes(5));

        renewer.Renewals.ShouldBe(8, "every 20 s, until 1 min and 2 min of margin are over");
        (await fixture.Outside.ReadAsync(TurnFixture.Segment, 0, 0, None))!.IsLeased.ShouldBeFalse();
    });

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
        return LeaseRenewer.Start(fixture.Start(tap).Blobs, lease, fixture.Leases, fixture.Clock, fixture.Log.For<LeaseRenewerTests>(), None);
    }
}
