using Holdfast.Outbox;
using Holdfast.Schedules;
using Holdfast.Storage;
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
    public void TickAsync_WhenItDiesBetweenMessageAndOccurrence_TheMessageIsOne() => TurnRig.Run(async rig =>
    {
        var configuration = Every(TimeSpan.FromMinutes(10));
        await Ticker(rig, configuration).TickAsync(None);
        await rig.PassAsync(TimeSpan.FromMinutes(10));
        var tap = new BlobTap { Plan = (call, _) => call.Verb == Holdfast.Storage.BlobVerb.Create && call.Name.StartsWith("cron/", StringComparison.Ordinal) ? TapAction.CrashBefore : TapAction.Pass };
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
    public void TickAsync_WhenTheLastOccurrenceCannotBeRead_GoesOnFromItsName() => TurnRig.Run(async rig =>
    {
        var configuration = Every(TimeSpan.FromMinutes(1));
        await Ticker(rig, configuration).TickAsync(None);
        await rig.PassAsync(TimeSpan.FromMinutes(1));
        await Ticker(rig, configuration).TickAsync(None);
        var path = BlobPath.Parse((await rig.NamesAsync("cron/job/"))[^1]);
        await rig.Outside.ReplaceAsync(path, "no json"u8.ToArray(), (await rig.Outside.ReadAsync(path, 0, 0, None))!.ETag, None);
        await rig.PassAsync(TimeSpan.FromMinutes(1));
        var ticker = Ticker(rig, configuration);

        (await ticker.TickAsync(None)).ShouldBeEmpty("the run before it is not finished");

        await rig.PassAsync(TimeSpan.FromMinutes(1));
        await new PlayedOrchestration(rig) { Key = Holdfast.Sessions.SessionKey.Parse("agent:main:cron:job:20260101T000100Z") }.RunAsync();
        (await ticker.TickAsync(None)).ShouldHaveSingleItem();
        rig.Log.Lines.ShouldContain(line => line.Level == Microsoft.Extensions.Logging.LogLevel.Error && line.Text.Contains(path.Value, StringComparison.Ordinal));
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
}
