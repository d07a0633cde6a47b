using Holdfast.Outbox;
using Holdfast.Schedules;
using Holdfast.Tests.Turns;
using Shouldly;
using Xunit;
using static Holdfast.Tests.Schedules.CronJobs;

namespace Holdfast.Tests.Schedules;

public sealed class CronTickerTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public void TickAsync_WhenTwoInstancesTick_EachOccurrenceIsOneMessage() => TurnRig.Run(async rig =>
    {
        var configuration = Every(TimeSpan.FromMinutes(10), overlap: OverlappingRuns.Queue);
        var (one, two) = (Ticker(rig, configuration), Ticker(rig, configuration));
        for (var minute = 0; minute <= 30; minute++)
        {
            await Task.WhenAll(one.TickAsync(None), two.TickAsync(None));
            await rig.PassAsync(TimeSpan.FromMinutes(1));
        }

        (await rig.NamesAsync("deliveries/")).Count.ShouldBe(3);
        (await rig.NamesAsync("inbox/")).Count.ShouldBe(3);
    });

    [Fact]
    public void TickAsync_WhenTheProcessRestarts_NothingRunsTwiceOrIsForgotten() => TurnRig.Run(async rig =>
    {
        var configuration = Every(TimeSpan.FromMinutes(10), overlap: OverlappingRuns.Queue);
        for (var minute = 0; minute <= 30; minute++)
        {
            await Ticker(rig, configuration).TickAsync(None);
            await rig.PassAsync(TimeSpan.FromMinutes(1));
        }

        (await rig.NamesAsync("deliveries/")).Count.ShouldBe(3);
    });

    [Fact]
    public void TickAsync_WhenItDiesBetweenMessageAndState_TheMessageIsOne() => TurnRig.Run(async rig =>
    {
        var configuration = Every(TimeSpan.FromMinutes(10));
        await Ticker(rig, configuration).TickAsync(None);
        await rig.PassAsync(TimeSpan.FromMinutes(10));
        var tap = new BlobTap { Plan = (call, _) => call.Verb == Holdfast.Storage.BlobVerb.Replace && call.Name.StartsWith("schedules/", StringComparison.Ordinal) ? TapAction.CrashBefore : TapAction.Pass };
        await Should.ThrowAsync<CrashException>(() => Ticker(rig, configuration, tap).TickAsync(None));

        (await Ticker(rig, configuration).TickAsync(None)).ShouldHaveSingleItem();
        (await rig.NamesAsync("deliveries/")).ShouldHaveSingleItem();
    });

    [Theory]
    [InlineData(MissedRuns.Once, 1)]
    [InlineData(MissedRuns.Skip, 0)]
    public void TickAsync_WhenRunsWereMissed_FollowsThePolicy(MissedRuns missed, int messages) => TurnRig.Run(async rig =>
    {
        var configuration = Every(TimeSpan.FromHours(1), missed);
        await Ticker(rig, configuration).TickAsync(None);
        await rig.PassAsync(TimeSpan.FromMinutes(150));

        await Ticker(rig, configuration).TickAsync(None);

        (await rig.NamesAsync("deliveries/")).Count.ShouldBe(messages);
        (await Ticker(rig, configuration).TickAsync(None)).ShouldBeEmpty();
    });

    [Theory]
    [InlineData(OverlappingRuns.Skip, 1)]
    [InlineData(OverlappingRuns.Queue, 5)]
    public void TickAsync_WhenTheRunBeforeIsNotFinished_FollowsThePolicyUntilItIs(OverlappingRuns overlap, int messages) => TurnRig.Run(async rig =>
    {
        var configuration = Every(TimeSpan.FromMinutes(1), overlap: overlap);
        var ticker = Ticker(rig, configuration);
        for (var minute = 0; minute <= 5; minute++)
        {
            await ticker.TickAsync(None);
            await rig.PassAsync(TimeSpan.FromMinutes(1));
        }

        (await rig.NamesAsync("deliveries/")).Count.ShouldBe(messages);
    });

    [Fact]
    public void TickAsync_WhenTheRunBeforeIsFinished_RunsAgain() => TurnRig.Run(async rig =>
    {
        var ticker = Ticker(rig, Every(TimeSpan.FromMinutes(1), session: "agents-own"));
        await ticker.TickAsync(None);
        await rig.PassAsync(TimeSpan.FromMinutes(1));
        await ticker.TickAsync(None);
        var delivery = Holdfast.Inbox.DeliveryId.Parse("cron:job:20260101T000100Z");
        await rig.Start().Receipts.CreateAsync(
            new Receipt(delivery.Turn.Value, "r", "k", "s", TurnEnding.Replied, "stored", [], rig.Clock.GetUtcNow(), rig.Clock.GetUtcNow(), TurnTally.Zero), None);
        await rig.PassAsync(TimeSpan.FromMinutes(1));

        (await ticker.TickAsync(None)).ShouldHaveSingleItem().Value.ShouldBe("agent:main:agents-own");
        (await rig.NamesAsync("deliveries/")).Count.ShouldBe(2);
    });

    [Fact]
    public void TickAsync_WhenAnotherInstanceRanTheLastOne_ItsRunCountsForTheOverlap() => TurnRig.Run(async rig =>
    {
        var configuration = Every(TimeSpan.FromMinutes(1));
        var (one, two) = (Ticker(rig, configuration), Ticker(rig, configuration));
        await one.TickAsync(None);
        await two.TickAsync(None);
        await rig.PassAsync(TimeSpan.FromMinutes(1));
        await one.TickAsync(None);
        await rig.PassAsync(TimeSpan.FromMinutes(1));

        (await two.TickAsync(None)).ShouldBeEmpty();
        (await rig.NamesAsync("deliveries/")).ShouldHaveSingleItem();
    });

    [Theory]
    [InlineData("cron/", "deliveries/")]
    [InlineData("cron/")]
    [InlineData("deliveries/")]
    public void TickAsync_WhenOldRecordsWereSwept_TheJobIsNotNewAndWhatItMissedIsRunOnce(params string[] swept) => TurnRig.Run(async rig =>
    {
        var configuration = Every(TimeSpan.FromMinutes(30), overlap: OverlappingRuns.Queue);
        await Ticker(rig, configuration).TickAsync(None);
        await rig.PassAsync(TimeSpan.FromMinutes(30));
        await Ticker(rig, configuration).TickAsync(None);
        await SweepAsync(rig, swept);
        await rig.PassAsync(TimeSpan.FromMinutes(100));

        (await Ticker(rig, configuration).TickAsync(None)).ShouldHaveSingleItem().Value.ShouldEndWith(":20260101T020000Z");
        (await Ticker(rig, configuration).TickAsync(None)).ShouldBeEmpty();
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TickAsync_WhenTheRunBeforeIsUnfinishedAndItsRecordsWereSwept_OverlapsAllTheSame(bool restarts) => TurnRig.Run(async rig =>
    {
        var configuration = Every(TimeSpan.FromMinutes(30));
        var ticker = Ticker(rig, configuration);
        await ticker.TickAsync(None);
        await rig.PassAsync(TimeSpan.FromMinutes(30));
        (await ticker.TickAsync(None)).ShouldHaveSingleItem();
        await SweepAsync(rig, "cron/", "deliveries/");
        await rig.PassAsync(TimeSpan.FromMinutes(30));

        (await (restarts ? Ticker(rig, configuration) : ticker).TickAsync(None)).ShouldBeEmpty();

        (await rig.NamesAsync("inbox/")).ShouldHaveSingleItem();
    });

    [Fact]
    public void TickAsync_WhenTheJobsSessionWasChangedMeanwhile_ItsRunInTheOldOneCountsForTheOverlap() => TurnRig.Run(async rig =>
    {
        await Ticker(rig, Every(TimeSpan.FromMinutes(1), session: "old")).TickAsync(None);
        await rig.PassAsync(TimeSpan.FromMinutes(1));
        (await Ticker(rig, Every(TimeSpan.FromMinutes(1), session: "old")).TickAsync(None)).ShouldHaveSingleItem();
        await rig.PassAsync(TimeSpan.FromMinutes(1));

        (await Ticker(rig, Every(TimeSpan.FromMinutes(1), session: "new")).TickAsync(None)).ShouldBeEmpty();
    });

    [Theory]
    [InlineData(OverlappingRuns.Skip, 0)]
    [InlineData(OverlappingRuns.Queue, 1)]
    public void TickAsync_WhenAnEarlierVersionLeftOccurrencesAlone_TheyAreCarriedOver(OverlappingRuns overlap, int runs) => TurnRig.Run(async rig =>
    {
        var configuration = Every(TimeSpan.FromMinutes(30), overlap: overlap);
        await Ticker(rig, configuration).TickAsync(None);
        await rig.PassAsync(TimeSpan.FromMinutes(30));
        await Ticker(rig, configuration).TickAsync(None);
        await SweepAsync(rig, "schedules/");
        await rig.PassAsync(TimeSpan.FromMinutes(5));
        (await Ticker(rig, configuration).TickAsync(None)).ShouldBeEmpty();
        await SweepAsync(rig, "cron/");
        await rig.PassAsync(TimeSpan.FromMinutes(85));

        (await Ticker(rig, configuration).TickAsync(None)).Count.ShouldBe(runs);
    });

    [Fact]
    public void TickAsync_WhenAJobThatRunsOnceHasRunAndItsRecordsWereSwept_DoesNotRunAgain() => TurnRig.Run(async rig =>
    {
        var configuration = Every(TimeSpan.FromMinutes(1));
        var job = configuration.Cron["job"] with { Schedule = new Schedule.At(rig.Clock.GetUtcNow()) };
        configuration = configuration with { Cron = new Dictionary<string, Holdfast.Configuration.CronJobConfiguration> { ["job"] = job } };
        (await Ticker(rig, configuration).TickAsync(None)).ShouldHaveSingleItem();
        await SweepAsync(rig, "cron/", "deliveries/", "inbox/");
        await rig.PassAsync(TimeSpan.FromMinutes(1));

        (await Ticker(rig, configuration).TickAsync(None)).ShouldBeEmpty();
    });

    [Fact]
    public void TickAsync_WhenAnotherInstanceHasComeFurther_ItsStateStands() => TurnRig.Run(async rig =>
    {
        var configuration = Every(TimeSpan.FromMinutes(1), overlap: OverlappingRuns.Queue);
        await Ticker(rig, configuration).TickAsync(None);
        await rig.PassAsync(TimeSpan.FromMinutes(1));
        var tap = new BlobTap();
        tap.HoldBefore = (call, _) => call.Verb == Holdfast.Storage.BlobVerb.Replace && call.Name.StartsWith("schedules/", StringComparison.Ordinal) && tap.CountOf(Holdfast.Storage.BlobVerb.Replace) == 1
            ? rig.PassAsync(TimeSpan.FromMinutes(3)) : null;
        var slow = Ticker(rig, configuration, tap).TickAsync(None);
        await rig.PassAsync(TimeSpan.FromMinutes(2));
        await Ticker(rig, configuration).TickAsync(None);

        await slow;

        (await Ticker(rig, configuration).TickAsync(None)).ShouldHaveSingleItem().Value.ShouldEndWith(":20260101T000400Z");
    });

    [Theory]
    [InlineData("schedules/")]
    [InlineData("schedules/", "cron/")]
    public void TickAsync_WhenAJobsStateCannotBeRead_SaysSoAndGoesOn(params string[] broken) => TurnRig.Run(async rig =>
    {
        var configuration = Every(TimeSpan.FromMinutes(30), overlap: OverlappingRuns.Queue);
        await Ticker(rig, configuration).TickAsync(None);
        await rig.PassAsync(TimeSpan.FromMinutes(30));
        await Ticker(rig, configuration).TickAsync(None);
        foreach (var prefix in broken)
        {
            await foreach (var row in rig.Outside.ListAsync(prefix, None))
            {
                await rig.Outside.ReplaceAsync(row.Path, "not JSON"u8.ToArray(), row.ETag, None);
            }
        }

        (await Ticker(rig, configuration).TickAsync(None)).ShouldBeEmpty();
        await rig.PassAsync(TimeSpan.FromMinutes(30));
        (await Ticker(rig, configuration).TickAsync(None)).ShouldHaveSingleItem().Value.ShouldEndWith(":20260101T010000Z");
        rig.Log.Lines.Count(line => line.Text.Contains("cannot be read", StringComparison.Ordinal)).ShouldBe(1, "it was written anew");
    });

    /// <summary>What a rule by age, or a person, deletes.</summary>
    private static async Task SweepAsync(TurnRig rig, params string[] prefixes)
    {
        foreach (var prefix in prefixes)
        {
            await foreach (var row in rig.Outside.ListAsync(prefix, None))
            {
                await rig.Outside.DeleteAsync(row.Path, row.ETag, None);
            }
        }
    }
}
