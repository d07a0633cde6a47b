using Holdfast.Channels.Schedules;
using Holdfast.Configuration;
using Holdfast.Inbox;
using Holdfast.Sessions;
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

    /// <summary>Looks at every job once.</summary>
    /// <returns>The sessions that have a new message.</returns>
    public static async Task<IReadOnlyList<SessionKey>> TickAsync(this CronTicker ticker, CancellationToken cancellationToken)
    {
        var signalled = new List<SessionKey>();
        foreach (var job in ticker.Jobs)
        {
            if (await ticker.TickAsync(job, cancellationToken) is { } key)
            {
                signalled.Add(key);
            }
        }

        return signalled;
    }

    public static CronJobConfiguration Every(
        TimeSpan interval,
        MissedRuns missed = MissedRuns.Once,
        OverlappingRuns overlap = OverlappingRuns.Skip,
        string? session = null,
        ReplyTarget? deliver = null) => new()
        {
            Name = "job",
            Schedule = new Schedule.Every(interval, DateTimeOffset.UnixEpoch),
            Agent = "main",
            Message = "do it",
            Missed = missed,
            Overlap = overlap,
            SessionKey = session,
            Deliver = deliver ?? new ReplyTarget.Stored(),
        };
}
