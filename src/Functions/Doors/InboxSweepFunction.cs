using Holdfast.Functions.Orchestrations;
using Holdfast.Functions.Status;
using Holdfast.Inbox;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Holdfast.Functions.Doors;

/// <summary>
/// Signals again for what lies in an inbox while no orchestration is at work on it: a signal was lost, or an operator terminated the instance.
/// </summary>
public sealed class InboxSweepFunction(InboxSweeper sweeper, SessionSignal signal)
{
    [Function("InboxSweep")]
    public async Task RunAsync(
        [TimerTrigger("%HoldfastInboxSweepSchedule%")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        await foreach (var waiting in sweeper.FindAsync(cancellationToken))
        {
            var instance = await client.GetInstanceAsync(
                SessionOrchestrator.InstanceIdOf(waiting.KeyHash), getInputsAndOutputs: true, cancellationToken);
            if (!IsAtWork(instance) && await sweeper.KeyOfAsync(waiting, cancellationToken) is { } key)
            {
                await signal.SendAsync(client, key, cancellationToken);
            }
        }
    }

    /// <summary>An instance that waits for a signal, while messages wait for it, has missed one.</summary>
    private static bool IsAtWork(OrchestrationMetadata? instance) =>
        instance is { IsCompleted: false } && instance.ReadCustomStatusAs<SessionStatus>()?.Phase != SessionStatus.Idle;
}
