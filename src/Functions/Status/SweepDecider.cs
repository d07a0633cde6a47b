using Holdfast.Functions.Orchestrations;
using Microsoft.DurableTask.Client;

namespace Holdfast.Functions.Status;

/// <summary>What the sweep does about a session with something pending.</summary>
public enum SweepMove
{
    /// <summary>Its orchestration is at work on it.</summary>
    Leave,

    /// <summary>No orchestration is at work, or it waits for a signal that it has missed.</summary>
    Signal,

    /// <summary>Its orchestration has not moved for long: if nobody holds the session either, it never will.</summary>
    EndUnlessHeld,
}

/// <summary>Judges a session's orchestration by what the engine shows of it. Pure.</summary>
public static class SweepDecider
{
    /// <summary>
    /// Longer than the engine lets an activity wait whose worker died (10 min at most). What is held up for longer, with the session's
    /// lease free, was lost: an engine that was frozen for longer than it may hold an activity's message, and whose worker then died, drops
    /// that message whenever it comes again (DurableTask.AzureStorage 2.11).
    /// </summary>
    private static readonly TimeSpan MovesWithin = TimeSpan.FromMinutes(12);

    public static SweepMove Decide(OrchestrationMetadata? instance, DateTimeOffset now)
    {
        if (instance is null or { IsCompleted: true })
        {
            return SweepMove.Signal;
        }

        var status = instance.ReadCustomStatusAs<SessionStatus>();
        if (status?.Phase == SessionStatus.Idle)
        {
            return SweepMove.Signal;
        }

        // A pause that somebody wants may be longer: it moves again when that is over.
        var dueAt = status?.Until > instance.LastUpdatedAt ? status.Until.Value : instance.LastUpdatedAt;
        return now - dueAt > MovesWithin && instance.RuntimeStatus == OrchestrationRuntimeStatus.Running
            ? SweepMove.EndUnlessHeld
            : SweepMove.Leave;
    }
}
