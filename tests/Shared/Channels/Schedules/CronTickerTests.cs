using Holdfast.Channels.Schedules;
using Holdfast.Delivery;
using Holdfast.Storage;
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
    public void TickAsync_WhenItDiesBetweenMessageAndOccurrence_TheMessageIsOne() => TurnFixture.Run(async fixture =>
    {
        var configuration = Every(TimeSpan.FromMinutes(10));
        await Ticker(fixture, configuration).TickAsync(None);
        await fixture.PassAsync(TimeSpan.FromMinutes(10));
        var tap = new BlobTap { Plan = (call, _) => call.Verb == Holdfast.Storage.BlobVerb.Create && call.Name.StartsWith("cron/", StringComparison.Ordinal) ? TapAction.CrashBefore : TapAction.Pass };
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
    public void TickAsync_WhenTheRunBeforeIsNotFinished_FollowsThePolicyUntilItIs(OverlappingRuns overlap, int messages) => TurnFixture.Run(async fixture =>
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
            new Receipt(delivery.Turn.Value, "r", "k", "s", TurnEnding.Replied, "stored", [], fixture.Clock.GetUtcNow(), fixture.Clock.GetUtcNow(), TurnTally.Zero), None);
        await fixture.PassAsync(TimeSpan.FromMinutes(1));

        (await ticker.TickAsync(None)).ShouldHaveSingleItem().Value.ShouldBe("agent:main:agents-own");
        (await fixture.NamesAsync("deliveries/")).Count.ShouldBe(2);
    });

    [Fact]
    public void TickAsync_WhenTheLastOccurrenceCannotBeRead_GoesOnFromItsName() => TurnFixture.Run(async fixture =>
    {
        var configuration = Every(TimeSpan.FromMinutes(1));
        await Ticker(fixture, configuration).TickAsync(None);
        await fixture.PassAsync(TimeSpan.FromMinutes(1));
        await Ticker(fixture, configuration).TickAsync(None);
        var path = BlobPath.Parse((await fixture.NamesAsync("cron/job/"))[^1]);
        await fixture.Outside.ReplaceAsync(path, "no json"u8.ToArray(), (await fixture.Outside.ReadAsync(path, 0, 0, None))!.ETag, None);
        await fixture.PassAsync(TimeSpan.FromMinutes(1));
        var ticker = Ticker(fixture, configuration);

        (await ticker.TickAsync(None)).ShouldBeEmpty("the run before it is not finished");

        await fixture.PassAsync(TimeSpan.FromMinutes(1));
        await new SimulatedOrchestration(fixture) { Key = Holdfast.Sessions.SessionKey.Parse("agent:main:cron:job:20260101T000100Z") }.RunAsync();
        (await ticker.TickAsync(None)).ShouldHaveSingleItem();
        fixture.Log.Lines.ShouldContain(line => line.Level == Microsoft.Extensions.Logging.LogLevel.Error && line.Text.Contains(path.Value, StringComparison.Ordinal));
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
}
