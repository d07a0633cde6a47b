using Holdfast.Channels.Schedules;
using Holdfast.Functions.Status;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Holdfast.Functions.Endpoints;

/// <summary>The clock's endpoint: looks which cron jobs are due. May fire twice; the occurrence's blob makes one turn of it.</summary>
public sealed class CronTickFunction(CronTicker ticker, SessionSignal signal)
{
    [Function("CronTick")]
    public async Task RunAsync(
        [TimerTrigger("%HoldfastCronTickSchedule%")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        foreach (var key in await ticker.TickAsync(cancellationToken))
        {
            await signal.SendAsync(client, key, cancellationToken);
        }
    }
}
