using DurableTask.Core.Exceptions;
using Holdfast.Functions.Orchestrations;
using Holdfast.Sessions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Holdfast.Functions.Status;

/// <summary>
/// Tells a session's orchestration to look into the inbox: raises an event, and starts an instance only where that is refused. The signal
/// may be lost, the message may not: it is in the inbox, and the sweeper signals again.
/// </summary>
public sealed partial class SessionSignal(ILogger<SessionSignal> log)
{
    /// <summary>Tells an instance that the sweep has ended from one that an operator has.</summary>
    private const string StuckReason = "holdfast: stuck";

    /// <returns>The instance id. Never throws for a signal that did not arrive.</returns>
    public async Task<string> SendAsync(DurableTaskClient client, SessionKey key, CancellationToken cancellationToken)
    {
        var instance = SessionOrchestrator.InstanceIdOf(key.Hash);
        try
        {
            if (!await RaiseAsync(client, instance, cancellationToken))
            {
                await StartAsync(client, key, instance, cancellationToken);
            }
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            // The message is durable, so the sender gets his 2xx; the sweeper signals again.
            LogNotSent(log, fault, instance);
        }

        return instance;
    }

    /// <summary>
    /// Ends an instance that waits for what never comes. The next signal starts another, which finds what was done of the turn.
    /// </summary>
    public async Task EndStuckAsync(DurableTaskClient client, SessionKey key, CancellationToken cancellationToken)
    {
        var instance = SessionOrchestrator.InstanceIdOf(key.Hash);
        LogStuck(log, instance);
        await client.TerminateInstanceAsync(instance, StuckReason, cancellationToken);
    }

    /// <returns>False when the engine takes no event for the instance: there is none, or it has ended.</returns>
    private async Task<bool> RaiseAsync(DurableTaskClient client, string instance, CancellationToken cancellationToken)
    {
        try
        {
            await client.RaiseEventAsync(instance, SessionOrchestrator.SignalEvent, true, cancellationToken);
            return true;
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            // Hosts differ in what they throw for an instance that is not there or has ended.
            LogRefused(log, fault, instance);
            return false;
        }
    }

    private async Task StartAsync(DurableTaskClient client, SessionKey key, string instance, CancellationToken cancellationToken)
    {
        var input = await InputAsync(client, key, instance, cancellationToken);
        try
        {
            await client.ScheduleNewOrchestrationInstanceAsync(
                nameof(SessionOrchestrator), input, new StartOrchestrationOptions(instance), cancellationToken);
        }
        catch (OrchestrationAlreadyExistsException)
        {
            // Another signal was faster.
            await RaiseAsync(client, instance, cancellationToken);
        }
    }

    /// <summary>
    /// What is known of an instance that did not end by itself: what it claimed has no owner any more, and the turn that it had begun when
    /// an operator terminated it gets a notice instead of a second try.
    /// </summary>
    private static async Task<SessionInput> InputAsync(
        DurableTaskClient client, SessionKey key, string instance, CancellationToken cancellationToken) =>
        await client.GetInstanceAsync(instance, getInputsAndOutputs: true, cancellationToken)
            is { RuntimeStatus: OrchestrationRuntimeStatus.Terminated or OrchestrationRuntimeStatus.Failed } ended
                ? new SessionInput(
                    key.Value,
                    ended.ReadCustomStatusAs<SessionStatus>()?.Orchestration,
                    ended.RuntimeStatus == OrchestrationRuntimeStatus.Terminated
                        && ended.SerializedOutput?.Contains(StuckReason, StringComparison.Ordinal) != true)
                : new SessionInput(key.Value);

    [LoggerMessage(
        EventId = 2112, Level = LogLevel.Error,
        Message = "{Instance} has not moved for long and nobody holds its session; it is ended and started again")]
    private static partial void LogStuck(ILogger logger, string instance);

    [LoggerMessage(EventId = 2111, Level = LogLevel.Debug, Message = "The engine takes no event for {Instance}")]
    private static partial void LogRefused(ILogger logger, Exception fault, string instance);

    [LoggerMessage(EventId = 2110, Level = LogLevel.Warning, Message = "{Instance} was not signalled; the sweeper does it again")]
    private static partial void LogNotSent(ILogger logger, Exception fault, string instance);
}
