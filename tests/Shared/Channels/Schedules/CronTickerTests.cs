using Holdfast.Channels.Schedules;
using Holdfast.Delivery;
using Holdfast.Sessions;
using Holdfast.Tests.Turns;
using Shouldly;
using Xunit;
using static Holdfast.Tests.Channels.Schedules.CronJobs;

namespace Holdfast.Tests.Channels.Schedules;

public sealed class CronTickerTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public void TickAsync_WhenTwoInstancesTick_EachOccurrenceIsOneMessage() => TurnFixture.Run(async fixture =>
    {
        var configuration = Every(TimeSpan.FromMinutes(10), overlap: OverlappingRuns.Queue);
        var (one, two) = (Ticker(fixture, configuration), Ticker(fixture, configuration));
        for (var minute = 0; minute <= 30; minute++)
        {
            await Task.WhenAll(one.TickAsync(None), two.TickAsync(None));
            await fixture.PassAsync(TimeSpan.FromMinutes(1));
        }

        (await fixture.NamesAsync("deliveries/")).Count.ShouldBe(3);
        (await fixture.NamesAsync("inbox/")).Count.ShouldBe(3);
    });

    [Fact]
    public void TickAsync_WhenTheProcessRestarts_NothingRunsTwiceOrIsForgotten() => TurnFixture.Run(async fixture =>
    {
        var configuration = Every(TimeSpan.FromMinutes(10), overlap: OverlappingRuns.Queue);
        for (var minute = 0; minute <= 30; minute++)
        {
            await Ticker(fixture, configuration).TickAsync(None);
            await fixture.PassAsync(TimeSpan.FromMinutes(1));
        }

        (await fixture.NamesAsync("deliveries/")).Count.ShouldBe(3);
    });

    [Fact]
    public void TickAsync_WhenItDiesBetweenMessageAndState_TheMessageIsOne() => TurnFixture.Run(async fixture =>
    {
        var configuration = Every(TimeSpan.FromMinutes(10));
        await Ticker(fixture, configuration).TickAsync(None);
        await fixture.PassAsync(TimeSpan.FromMinutes(10));
        var tap = new BlobTap
        {
            Plan = (call, _) =>
                call.Verb == Holdfast.Storage.BlobVerb.Replace && call.Name.StartsWith("schedules/", StringComparison.Ordinal)
                    ? TapAction.CrashBefore
                    : TapAction.Pass,
        };
        await Should.ThrowAsync<CrashException>(() => Ticker(fixture, configuration, tap).TickAsync(None));

        (await Ticker(fixture, configuration).TickAsync(None)).ShouldHaveSingleItem();
        (await fixture.NamesAsync("deliveries/")).ShouldHaveSingleItem();
    });

    [Theory]
    [InlineData(MissedRuns.Once, 1)]
    [InlineData(MissedRuns.Skip, 0)]
    public void TickAsync_WhenRunsWereMissed_FollowsThePolicy(MissedRuns missed, int messages) => TurnFixture.Run(async fixture =>
    {
        var configuration = Every(TimeSpan.FromHours(1), missed);
        await Ticker(fixture, configuration).TickAsync(None);
        await fixture.PassAsync(TimeSpan.FromMinutes(150));

        await Ticker(fixture, configuration).TickAsync(None);

        (await fixture.NamesAsync("deliveries/")).Count.ShouldBe(messages);
        (await Ticker(fixture, configuration).TickAsync(None)).ShouldBeEmpty();
    });

    [Theory]
    [InlineData(OverlappingRuns.Skip, 1)]
    [InlineData(OverlappingRuns.Queue, 5)]
    public void TickAsync_WhenTheRunBeforeIsNotFinished_FollowsThePolicyUntilItIs(OverlappingRuns overlap, int messages) =>
        TurnFixture.Run(async fixture =>
    {
        var configuration = Every(TimeSpan.FromMinutes(1), overlap: overlap);
        var ticker = Ticker(fixture, configuration);
        for (var minute = 0; minute <= 5; minute++)
        {
            await ticker.TickAsync(None);
            await fixture.PassAsync(TimeSpan.FromMinutes(1));
        }

        (await fixture.NamesAsync("deliveries/")).Count.ShouldBe(messages);
    });

    [Fact]
    public void TickAsync_WhenTheRunBeforeIsFinished_RunsAgain() => TurnFixture.Run(async fixture =>
    {
        var ticker = Ticker(fixture, Every(TimeSpan.FromMinutes(1), session: "agents-own"));
        await ticker.TickAsync(None);
        await fixture.PassAsync(TimeSpan.FromMinutes(1));
        await ticker.TickAsync(None);
        var delivery = Holdfast.Inbox.DeliveryId.Parse("cron:job:20260101T000100Z");
        await fixture.Start().Receipts.CreateAsync(
            new Receipt(RunId.First(delivery.Turn), TurnFixture.Key, TurnFixture.Session, TurnEnding.Replied, "stored", [], TurnTally.Zero)
            {
                AcceptedAt = fixture.Clock.GetUtcNow(),
                FinishedAt = fixture.Clock.GetUtcNow(),
            },
            None);
        await fixture.PassAsync(TimeSpan.FromMinutes(1));

        (await ticker.TickAsync(None)).ShouldHaveSingleItem().Value.ShouldBe("agent:main:agents-own");
        (await fixture.NamesAsync("deliveries/")).Count.ShouldBe(2);
    });

    [Fact]
    public void TickAsync_WhenAnotherInstanceRanTheLastOne_ItsRunCountsForTheOverlap() => TurnFixture.Run(async fixture =>
    {
        var configuration = Every(TimeSpan.FromMinutes(1));
        var (one, two) = (Ticker(fixture, configuration), Ticker(fixture, configuration));
        await one.TickAsync(None);
        await two.TickAsync(None);
        await fixture.PassAsync(TimeSpan.FromMinutes(1));
        await one.TickAsync(None);
        await fixture.PassAsync(TimeSpan.FromMinutes(1));

        (await two.TickAsync(None)).ShouldBeEmpty();
        (await fixture.NamesAsync("deliveries/")).ShouldHaveSingleItem();
    });

    [Theory]
    [InlineData("cron/", "deliveries/")]
    [InlineData("cron/")]
    [InlineData("deliveries/")]
    public void TickAsync_WhenOldRecordsWereSwept_TheJobIsNotNewAndWhatItMissedIsRunOnce(params string[] swept) =>
        TurnFixture.Run(async fixture =>
    {
        var configuration = Every(TimeSpan.FromMinutes(30), overlap: OverlappingRuns.Queue);
        await Ticker(fixture, configuration).TickAsync(None);
        await fixture.PassAsync(TimeSpan.FromMinutes(30));
        await Ticker(fixture, configuration).TickAsync(None);
        await SweepAsync(fixture, swept);
        await fixture.PassAsync(TimeSpan.FromMinutes(100));

        (await Ticker(fixture, configuration).TickAsync(None)).ShouldHaveSingleItem().Value.ShouldEndWith(":20260101T020000Z");
        (await Ticker(fixture, configuration).TickAsync(None)).ShouldBeEmpty();
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TickAsync_WhenTheRunBeforeIsUnfinishedAndItsRecordsWereSwept_OverlapsAllTheSame(bool restarts) =>
        TurnFixture.Run(async fixture =>
    {
        var configuration = Every(TimeSpan.FromMinutes(30));
        var ticker = Ticker(fixture, configuration);
        await ticker.TickAsync(None);
        await fixture.PassAsync(TimeSpan.FromMinutes(30));
        (await ticker.TickAsync(None)).ShouldHaveSingleItem();
        await SweepAsync(fixture, "cron/", "deliveries/");
        await fixture.PassAsync(TimeSpan.FromMinutes(30));

        (await (restarts ? Ticker(fixture, configuration) : ticker).TickAsync(None)).ShouldBeEmpty();

        (await fixture.NamesAsync("inbox/")).ShouldHaveSingleItem();
    });

    [Fact]
    public void TickAsync_WhenTheJobsSessionWasChangedMeanwhile_ItsRunInTheOldOneCountsForTheOverlap() => TurnFixture.Run(async fixture =>
    {
        await Ticker(fixture, Every(TimeSpan.FromMinutes(1), session: "old")).TickAsync(None);
        await fixture.PassAsync(TimeSpan.FromMinutes(1));
        (await Ticker(fixture, Every(TimeSpan.FromMinutes(1), session: "old")).TickAsync(None)).ShouldHaveSingleItem();
        await fixture.PassAsync(TimeSpan.FromMinutes(1));

        (await Ticker(fixture, Every(TimeSpan.FromMinutes(1), session: "new")).TickAsync(None)).ShouldBeEmpty();
    });

    [Theory]
    [InlineData(OverlappingRuns.Skip, 0)]
    [InlineData(OverlappingRuns.Queue, 1)]
    public void TickAsync_WhenAnEarlierVersionLeftOccurrencesAlone_TheyAreCarriedOver(OverlappingRuns overlap, int runs) =>
        TurnFixture.Run(async fixture =>
    {
        var configuration = Every(TimeSpan.FromMinutes(30), overlap: overlap);
        await Ticker(fixture, configuration).TickAsync(None);
        await fixture.PassAsync(TimeSpan.FromMinutes(30));
        await Ticker(fixture, configuration).TickAsync(None);
        await SweepAsync(fixture, "schedules/");
        await fixture.PassAsync(TimeSpan.FromMinutes(5));
        (await Ticker(fixture, configuration).TickAsync(None)).ShouldBeEmpty();
        await SweepAsync(fixture, "cron/");
        await fixture.PassAsync(TimeSpan.FromMinutes(85));

        (await Ticker(fixture, configuration).TickAsync(None)).Count.ShouldBe(runs);
    });

    [Fact]
    public void TickAsync_WhenAJobThatRunsOnceHasRunAndItsRecordsWereSwept_DoesNotRunAgain() => TurnFixture.Run(async fixture =>
    {
        var configuration = Every(TimeSpan.FromMinutes(1));
        configuration = configuration with { Schedule = new Schedule.At(fixture.Clock.GetUtcNow()) };
        (await Ticker(fixture, configuration).TickAsync(None)).ShouldHaveSingleItem();
        await SweepAsync(fixture, "cron/", "deliveries/", "inbox/");
        await fixture.PassAsync(TimeSpan.FromMinutes(1));

        (await Ticker(fixture, configuration).TickAsync(None)).ShouldBeEmpty();
    });

    [Fact]
    public void TickAsync_WhenAnotherInstanceHasComeFurther_ItsStateStands() => TurnFixture.Run(async fixture =>
    {
        var configuration = Every(TimeSpan.FromMinutes(1), overlap: OverlappingRuns.Queue);
        await Ticker(fixture, configuration).TickAsync(None);
        await fixture.PassAsync(TimeSpan.FromMinutes(1));
        var tap = new BlobTap();
        tap.HoldBefore = (call, _) =>
            call.Verb == Holdfast.Storage.BlobVerb.Replace && call.Name.StartsWith("schedules/", StringComparison.Ordinal)
            && tap.CountOf(Holdfast.Storage.BlobVerb.Replace) == 1
            ? fixture.PassAsync(TimeSpan.FromMinutes(3)) : null;
        var slow = Ticker(fixture, configuration, tap).TickAsync(None);
        await fixture.PassAsync(TimeSpan.FromMinutes(2));
        await Ticker(fixture, configuration).TickAsync(None);

        await slow;

        (await Ticker(fixture, configuration).TickAsync(None)).ShouldHaveSingleItem().Value.ShouldEndWith(":20260101T000400Z");
    });

    [Theory]
    [InlineData("schedules/")]
    [InlineData("schedules/", "cron/")]
    public void TickAsync_WhenAJobsStateCannotBeRead_SaysSoAndGoesOn(params string[] broken) => TurnFixture.Run(async fixture =>
    {
        var job = Every(TimeSpan.FromMinutes(30), overlap: OverlappingRuns.Queue);
        await Ticker(fixture, job).TickAsync(None);
        await fixture.PassAsync(TimeSpan.FromMinutes(30));
        await Ticker(fixture, job).TickAsync(None);
        foreach (var prefix in broken)
        {
            await foreach (var row in fixture.Outside.ListAsync(prefix, None))
            {
                await fixture.Outside.ReplaceAsync(row.Path, "not JSON"u8.ToArray(), row.ETag, None);
            }
        }

        (await Ticker(fixture, job).TickAsync(None)).ShouldBeEmpty();
        await fixture.PassAsync(TimeSpan.FromMinutes(30));
        (await Ticker(fixture, job).TickAsync(None)).ShouldHaveSingleItem().Value.ShouldEndWith(":20260101T010000Z");
        fixture.Log.Lines.Count(line => line.Text.Contains("cannot be read", StringComparison.Ordinal)).ShouldBe(1, "it was written anew");
    });

    /// <summary>What a rule by age, or a person, deletes.</summary>
    private static async Task SweepAsync(TurnFixture fixture, params string[] prefixes)
    {
        foreach (var prefix in prefixes)
        {
            await foreach (var row in fixture.Outside.ListAsync(prefix, None))
            {
                await fixture.Outside.DeleteAsync(row.Path, row.ETag, None);
            }
        }
    }
}
