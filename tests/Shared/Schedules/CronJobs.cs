using Holdfast.Configuration;
using Holdfast.Configuration.Agents;
using Holdfast.Schedules;
using Holdfast.Sessions;
using Holdfast.Tests.Turns;

namespace Holdfast.Tests.Schedules;

/// <summary>One job, <c>job</c>, and instances of the app that tick for it.</summary>
internal static class CronJobs
{
    public static CronTicker Ticker(TurnRig rig, HoldfastConfiguration configuration, BlobTap? tap = null)
    {
        var process = rig.Start(tap);
        return new CronTicker(configuration, process.Inbox, process.Receipts, process.Blobs, rig.Clock, rig.Log.For<CronTicker>());
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

    public static HoldfastConfiguration Every(
        TimeSpan interval,
        MissedRuns missed = MissedRuns.Once,
        OverlappingRuns overlap = OverlappingRuns.Skip,
        string? session = null,
        Holdfast.Configuration.Channels.DeliveryTarget? deliver = null) => new()
        {
            Agents = new Dictionary<string, AgentConfiguration>(),
            Models = new Dictionary<string, ModelConfiguration>(),
            Cron = new Dictionary<string, CronJobConfiguration>
            {
                ["job"] = new()
                {
                    Name = "job",
                    Schedule = new Schedule.Every(interval, DateTimeOffset.UnixEpoch),
                    Agent = "main",
                    Message = "do it",
                    Missed = missed,
                    Overlap = overlap,
                    SessionKey = session,
                    Deliver = deliver ?? new Holdfast.Configuration.Channels.DeliveryTarget.None(),
                },
            },
        };
}
