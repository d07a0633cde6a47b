using Holdfast.Channels.Schedules;
using Holdfast.Functions.Status;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Holdfast.Functions.Endpoints;

/// <summary>
/// The clock's endpoint: looks which cron jobs are due. May fire twice; the occurrence's delivery makes one turn of it. A job that fails is
/// tried again at the next tick, and the others are none the worse.
/// </summary>
public sealed partial class CronTickFunction(CronTicker ticker, SessionSignal signal, ILogger<CronTickFunction> log)
{
    [Function("CronTick")]
    public async Task RunAsync(
        [TimerTrigger("%HoldfastCronTickSchedule%")] TimerInfo timer, [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken)
    {
        foreach (var job in ticker.Jobs)
        {
            try
            {
                if (await ticker.TickAsync(job, cancellationToken) is { } key)
                {
                    await signal.SendAsync(client, key, cancellationToken);
                }
            }
            catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
            {
                LogFailed(log, fault, job.Name);
            }
        }
    }

    [LoggerMessage(EventId = 2020, Level = LogLevel.Error, Message = "Cron job {Job} failed; it is tried again at the next tick")]
    private static partial void LogFailed(ILogger logger, Exception fault, string job);
}
