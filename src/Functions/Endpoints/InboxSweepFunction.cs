using Holdfast.Functions.Orchestrations;
using Holdfast.Functions.Status;
using Holdfast.Inbox;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Holdfast.Functions.Endpoints;

/// <summary>
/// Signals again for what lies in an inbox while no orchestration is at work on it: a signal was lost, or an operator terminated the
/// instance. One that waits for what the engine has lost is ended, so that the next signal starts another; where that is of no use, a
/// stand-in takes the session's messages. A session that fails is left to the next sweep, and the others are none the worse.
/// </summary>
public sealed partial class InboxSweepFunction(
    InboxSweeper sweeper, SessionSignal signal, TimeProvider clock, ILogger<InboxSweepFunction> log)
{
    [Function("InboxSweep")]
    public async Task RunAsync(
        [TimerTrigger("%HoldfastInboxSweepSchedule%")] TimerInfo timer,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken)
    {
        await foreach (var waiting in sweeper.FindAsync(cancellationToken))
        {
            try
            {
                await SweepAsync(client, waiting, cancellationToken);
            }
            catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
            {
                LogFailed(log, fault, waiting.KeyHash);
            }
        }
    }

    private async Task SweepAsync(DurableTaskClient client, InboxItem waiting, CancellationToken cancellationToken)
    {
        var instance = await client.GetInstanceAsync(
            SessionOrchestrator.InstanceIdOf(waiting.KeyHash), getInputsAndOutputs: true, cancellationToken);
        if (await sweeper.ReadAsync(waiting, cancellationToken) is not var (key, since))
        {
            return;
        }

        var move = SweepDecider.Decide(instance, since, clock.GetUtcNow());
        if (move == SweepMove.Signal)
        {
            await signal.SendAsync(client, key, cancellationToken);
        }
        else if (move != SweepMove.Leave && !await sweeper.IsHeldAsync(key, cancellationToken))
        {
            await (move == SweepMove.EndUnlessHeld
                ? signal.EndStuckAsync(client, key, cancellationToken)
                : signal.SendToStandInAsync(client, key, instance!, cancellationToken));
        }
    }

    [LoggerMessage(EventId = 2021, Level = LogLevel.Error, Message = "Session {Session} could not be swept; it is left to the next sweep")]
    private static partial void LogFailed(ILogger logger, Exception fault, string session);
}
