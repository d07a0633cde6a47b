using Holdfast.Functions.Orchestrations;
using Holdfast.Functions.Status;
using Holdfast.Inbox;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Holdfast.Functions.Doors;

/// <summary>
/// Rings again for what lies in an inbox while no orchestration is at work on it: a bell was lost, an instance ended as a message
/// came, or an operator terminated one.
/// </summary>
public sealed class InboxSweepFunction(InboxSweeper sweeper, SessionBell bell)
{
    [Function("InboxSweep")]
    public async Task RunAsync(
        [TimerTrigger("%HoldfastInboxSweepSchedule%")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        await foreach (var waiting in sweeper.FindAsync(cancellationToken))
        {
            var instance = await client.GetInstanceAsync(
                SessionOrchestrator.InstanceIdOf(waiting.KeyHash), getInputsAndOutputs: false, cancellationToken);
            if (instance is null or { IsCompleted: true } && await sweeper.KeyOfAsync(waiting, cancellationToken) is { } key)
            {
                await bell.RingAsync(client, key, cancellationToken);
            }
        }
    }
}
