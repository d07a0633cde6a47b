using Holdfast.Channels;
using Holdfast.Channels.Schedules;
using Holdfast.Configuration;
using Holdfast.Tests.Turns;

namespace Holdfast.Tests.Channels.Schedules;

/// <summary>One job, <c>job</c>, and instances of the app that tick for it.</summary>
internal static class CronJobs
{
    public static CronTicker Ticker(TurnFixture fixture, CronJobConfiguration job, BlobTap? tap = null)
    {
        var process = fixture.Start(tap);
        var options = new CronOptions([job], new LimitsConfiguration().CronPunctualWithin);
        return new CronTicker(options, process.Inbox, process.Receipts, process.Blobs, fixture.Clock, fixture.Log.For<CronTicker>());
    }

    public static CronJobConfiguration Every(
        TimeSpan interval,
        MissedRuns missed = MissedRuns.Once,
        OverlappingRuns overlap = OverlappingRuns.Skip,
        string? session = null,
        DeliveryTarget? deliver = null) => new()
        {
            Name = "job",
            Schedule = new Schedule.Every(interval, DateTimeOffset.UnixEpoch),
            Agent = "main",
            Message = "do it",
            Missed = missed,
            Overlap = overlap,
            SessionKey = session,
            Deliver = deliver ?? new DeliveryTarget.None(),
        };
}
