using DurableTask.Core.Exceptions;
using Holdfast.Functions.Orchestrations;
using Holdfast.Sessions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Holdfast.Functions.Status;

/// <summary>
/// Rings a session's orchestration: starts it, or tells a running one to look again. The bell may be lost, the message may not: it is
/// in the inbox, and the sweeper rings again.
/// </summary>
public sealed partial class SessionBell(ILogger<SessionBell> log)
{
    /// <returns>The instance id. Never throws for a bell that was not heard.</returns>
    public async Task<string> RingAsync(DurableTaskClient client, SessionKey key, CancellationToken cancellationToken)
    {
        var instance = SessionOrchestrator.InstanceIdOf(key.Hash);
        try
        {
            var standing = await client.GetInstanceAsync(instance, getInputsAndOutputs: false, cancellationToken);
            if (standing is { IsCompleted: false })
            {
                // An event that comes while the instance ends is lost or refused: what counts is how it stands afterwards.
                await RaiseAsync(client, instance, cancellationToken);
                standing = await client.GetInstanceAsync(instance, getInputsAndOutputs: false, cancellationToken);
            }

            if (standing is not { IsCompleted: false })
            {
                await StartAsync(client, instance, await InputAsync(client, key, standing, cancellationToken), cancellationToken);
            }
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            // The message is durable, so the sender gets his 2xx; the sweeper rings again.
            LogNotHeard(log, fault, instance);
        }

        return instance;
    }

    private async Task StartAsync(DurableTaskClient client, string instance, SessionInput input, CancellationToken cancellationToken)
    {
        try
        {
            await client.ScheduleNewOrchestrationInstanceAsync(
                nameof(SessionOrchestrator), input, new StartOrchestrationOptions(instance), cancellationToken);
        }
        catch (OrchestrationAlreadyExistsException)
        {
            // Another bell was faster.
            await RaiseAsync(client, instance, cancellationToken);
        }
    }

    private async Task RaiseAsync(DurableTaskClient client, string instance, CancellationToken cancellationToken)
    {
        try
        {
            await client.RaiseEventAsync(instance, SessionOrchestrator.BellEvent, true, cancellationToken);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            // Hosts differ in what they throw for an instance that has ended.
            LogRefused(log, fault, instance);
        }
    }

    /// <summary>
    /// What is known of an instance that did not end by itself: the turn that was at work when an operator terminated it gets a notice
    /// instead of a second try, and what its execution claimed has no owner any more.
    /// </summary>
    private static async Task<SessionInput> InputAsync(
        DurableTaskClient client, SessionKey key, OrchestrationMetadata? standing, CancellationToken cancellationToken)
    {
        if (standing is not { RuntimeStatus: OrchestrationRuntimeStatus.Terminated or OrchestrationRuntimeStatus.Failed })
        {
            return new SessionInput(key.Value, EndedRun: null, EndedOrchestration: null);
        }

        // Payloads of an ended instance cost a read: asked for in this rare case alone.
        var whole = await client.GetInstanceAsync(standing.InstanceId, getInputsAndOutputs: true, cancellationToken);
        var status = whole?.ReadCustomStatusAs<SessionStatus>();
        var isTerminated = standing.RuntimeStatus == OrchestrationRuntimeStatus.Terminated;
        return new SessionInput(key.Value, isTerminated ? status?.RunId : null, status?.Orchestration);
    }

    [LoggerMessage(EventId = 2111, Level = LogLevel.Debug, Message = "The event to {Instance} was refused")]
    private static partial void LogRefused(ILogger logger, Exception fault, string instance);

    [LoggerMessage(EventId = 2110, Level = LogLevel.Warning, Message = "The bell of {Instance} was not heard; the sweeper rings again")]
    private static partial void LogNotHeard(ILogger logger, Exception fault, string instance);
}
