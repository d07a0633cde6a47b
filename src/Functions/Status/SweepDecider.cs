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

    /// <summary>The same, and it was told to end and has not: another takes the session's messages.</summary>
    StandInUnlessHeld,
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

    /// <summary>
    /// An instance that is told to end does so at once, unless its host has locked it up: when giving a message back fails at storage, the
    /// same engine keeps the instance as taken until the host's process ends, and whatever is sent to it waits.
    /// </summary>
    private static readonly TimeSpan EndsWithin = TimeSpan.FromMinutes(3);

    /// <param name="waitingSince">When the message came in that waits.</param>
    public static SweepMove Decide(OrchestrationMetadata? instance, DateTimeOffset waitingSince, DateTimeOffset now)
    {
        if (instance is null or { IsCompleted: true })
        {
            return SweepMove.Signal;
        }

        if (instance.RuntimeStatus == OrchestrationRuntimeStatus.Suspended)
        {
            return SweepMove.Leave;
        }

        // A pause that somebody wants may be longer: it moves again when that is over. One without work moves by what comes in.
        var status = instance.ReadCustomStatusAs<SessionStatus>();
        var isIdle = status?.Phase == SessionStatus.Idle;
        var dueAt = status?.Until > instance.LastUpdatedAt ? status.Until.Value : instance.LastUpdatedAt;
        var late = now - (isIdle && waitingSince > dueAt ? waitingSince : dueAt);
        return late <= MovesWithin ? isIdle ? SweepMove.Signal : SweepMove.Leave
            : late <= MovesWithin + EndsWithin ? SweepMove.EndUnlessHeld
            : SweepMove.StandInUnlessHeld;
    }
}
