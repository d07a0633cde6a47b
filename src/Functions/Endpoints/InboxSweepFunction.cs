using Holdfast.Functions.Orchestrations;
using Holdfast.Functions.Status;
using Holdfast.Inbox;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Holdfast.Functions.Endpoints;

/// <summary>
/// Signals again for what lies in an inbox while no orchestration is at work on it: a signal was lost, or an operator terminated the instance.
/// One that waits for an activity which the engine has lost is ended, so that the next signal starts another.
/// </summary>
public sealed class InboxSweepFunction(InboxSweeper sweeper, SessionSignal signal, TimeProvider clock)
{
    [Function("InboxSweep")]
    public async Task RunAsync(
        [TimerTrigger("%HoldfastInboxSweepSchedule%")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        await foreach (var waiting in sweeper.FindAsync(cancellationToken))
        {
            var instance = await client.GetInstanceAsync(
                SessionOrchestrator.InstanceIdOf(waiting.KeyHash), getInputsAndOutputs: true, cancellationToken);
            var move = SweepDecider.Decide(instance, clock.GetUtcNow());
            if (move == SweepMove.Leave || await sweeper.KeyOfAsync(waiting, cancellationToken) is not { } key)
            {
                continue;
            }

            if (move == SweepMove.Signal)
            {
                await signal.SendAsync(client, key, cancellationToken);
            }
            else if (!await sweeper.IsHeldAsync(key, cancellationToken))
            {
                await signal.EndStuckAsync(client, key, cancellationToken);
            }
        }
    }
}
