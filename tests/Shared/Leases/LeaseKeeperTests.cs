using Holdfast.Leases;
using Holdfast.Outbox;
using Holdfast.Storage;
using Holdfast.Tests.Support.Blobs;
using Holdfast.Tests.Turns;
using Holdfast.Transcripts;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Leases;

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

    [Fact]
    public void Renewals_WhenTheOwnerDoesNotComeBack_GoOnAndItsNewsWait() => TurnRig.Run(async rig =>
    {
        var (news, atOnce, busy) = (new List<bool>(), 0, new TaskCompletionSource());
        await using var keeper = await StartAsync(rig, new BlobTap(), HeldBy(rig, async isLost =>
        {
            news.Add(isLost);
            (++atOnce).ShouldBe(1, "never twice at once");
            await busy.Task;
            atOnce--;
        }));

        await rig.PassAsync(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(1));

        keeper.Renewals.ShouldBe(15);
        news.ShouldBe([false]);
        busy.SetResult();
        await rig.PassAsync(TimeSpan.FromSeconds(21));
        news.ShouldBe([false, false]);
    });

    [Fact]
    public void Renewal_WhenRefusedWhileTheOwnerIsAtWork_IsToldWhenItComesBack() => TurnRig.Run(async rig =>
    {
        var (news, busy) = (new List<bool>(), new TaskCompletionSource());
        await using var keeper = await StartAsync(rig, new BlobTap(), HeldBy(rig, isLost =>
        {
            news.Add(isLost);
            return busy.Task;
        }));
        await rig.PassAsync(TimeSpan.FromSeconds(21));
        await rig.Outside.BreakLeaseAsync(TurnRig.Segment, None);
        await rig.PassAsync(TimeSpan.FromSeconds(20));
        await rig.Outside.AcquireLeaseAsync(TurnRig.Segment, Lease, rig.Leases.Duration, None);
        await rig.PassAsync(TimeSpan.FromSeconds(20));
        news.ShouldBe([false]);

        busy.SetResult();
        await rig.PassAsync(TimeSpan.FromSeconds(40));

        news.ShouldBe([false, true, false], "the loss, though the lease is held again; and then no more");
    });

    public static TheoryData<bool> Faults => [true, false];

    [Theory]
    [MemberData(nameof(Faults))]
    public void Renewals_WhenTheOwnerFails_GoOnAndItIsAskedAgain(bool isStorage) => TurnRig.Run(async rig =>
    {
        var news = new List<bool>();
        await using var keeper = await StartAsync(rig, new BlobTap(), HeldBy(rig, isLost =>
        {
            news.Add(isLost);
            throw isStorage ? new StorageUnavailableException("out") : new InvalidOperationException("a defect");
        }));
        await rig.Outside.BreakLeaseAsync(TurnRig.Segment, None);
        await rig.PassAsync(TimeSpan.FromSeconds(21));
        await rig.Outside.AcquireLeaseAsync(TurnRig.Segment, Lease, rig.Leases.Duration, None);

        await rig.PassAsync(TimeSpan.FromMinutes(2));

        keeper.Renewals.ShouldBe(6);
        news.ShouldBe(Enumerable.Repeat(true, 7), "nobody has looked yet who came");
        rig.Log.Lines.Count(line => line.Level == (isStorage ? LogLevel.Warning : LogLevel.Error) && line.Text.Contains("owner of the lease", StringComparison.Ordinal)).ShouldBe(7);
    });

    [Fact]
    public void Renewals_WhenOneThrowsWhatNobodyExpects_GoOn() => TurnRig.Run(async rig =>
    {
        var (tap, news, calls) = (new BlobTap(), new List<bool>(), 0);
        tap.Plan = (call, _) => call.Verb == BlobVerb.RenewLease && calls++ == 0 ? TapAction.Bug : TapAction.Pass;
        await using var keeper = await StartAsync(rig, tap, news);

        await rig.PassAsync(TimeSpan.FromSeconds(61));

        keeper.Renewals.ShouldBe(2);
        news.ShouldBe([false, false, false]);
        rig.Log.Lines.ShouldHaveSingleItem().Level.ShouldBe(LogLevel.Error);
    });

    [Fact]
    public void Dispose_WhenTheOwnerDoesNotComeBack_LeavesItBehindAfterTheTimeOfARelease() => TurnRig.Run(async rig =>
    {
        var (tap, busy) = (new BlobTap(), new TaskCompletionSource());
        var keeper = await StartAsync(rig, tap, HeldBy(rig, _ => busy.Task));
        await rig.PassAsync(TimeSpan.FromSeconds(21));
        var since = rig.Clock.GetUtcNow();

        await keeper.DisposeAsync();

        (rig.Clock.GetUtcNow() - since).ShouldBe(rig.Leases.ReleaseWithin);
        rig.Log.Lines.ShouldHaveSingleItem().Level.ShouldBe(LogLevel.Error);
    });

    [Fact]
    public void Dispose_WhileTheOwnerLooks_WaitsUntilItHasSeenThatItsTimeIsOver() => TurnRig.Run(async rig =>
    {
        var ended = false;
        var lease = new HeldLease(() => TurnRig.Segment, Lease, rig.Clock.GetUtcNow() + TimeSpan.FromHours(1), async (_, token) =>
        {
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, rig.Clock, token);
            }
            finally
            {
                await rig.PassAsync(TimeSpan.FromSeconds(1));
                ended = true;
            }
        });
        var keeper = await StartAsync(rig, new BlobTap(), lease);
        await rig.PassAsync(TimeSpan.FromSeconds(21));

        await keeper.DisposeAsync();

        ended.ShouldBeTrue("what it had begun, a lease taken again for example, comes before the release");
    });

    [Fact]
    public void AnswerAsync_WhenAnAppendHangsWhileSideEntriesWait_KeepsTheLease() => TurnRig.Run(async rig =>
    {
        var tap = new BlobTap();
        tap.HoldBefore = (call, _) => call.Verb == BlobVerb.Append && tap.CountOf(BlobVerb.Append) == 2 ? rig.PassAsync(TimeSpan.FromMinutes(4)) : null;
        rig.Model.Then(
            PlayedModel.Delta("one "), new Act.Wait(TimeSpan.FromSeconds(5)),
            new Act.Call(() => rig.Start().Inbox.AddSideEntryAsync(
                TurnRig.Key, TurnRig.Delivery("side"), rig.Clock.GetUtcNow(), TurnRig.Lines(Lines.Custom(Lines.By("side", EntrySource.Side))), None)),
            new Act.Wait(TimeSpan.FromMinutes(3)), PlayedModel.Delta("two"), PlayedModel.Stop());
        await rig.AcceptAsync("m1");

        (await new PlayedOrchestration(rig, tap).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        tap.CountOf(BlobVerb.RenewLease).ShouldBe(12, "one every 20 s, also while the append kept the side entries waiting");
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    private static HeldLease HeldBy(TurnRig rig, Func<bool, Task> atRenewal) =>
        new(() => TurnRig.Segment, Lease, rig.Clock.GetUtcNow() + TimeSpan.FromHours(1), (isLost, _) => atRenewal(isLost));

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
