using Holdfast.Delivery;
using Holdfast.Inbox;
using Holdfast.Ownership;
using Holdfast.Sessions;

namespace Holdfast.Turns;

/// <summary>What an orchestration carries of a turn: names of things, never their content.</summary>
/// <param name="InboxPath">The pending message.</param>
/// <param name="InboxETag">Its version, for taking it away.</param>
/// <param name="AcceptedAt">When the message was accepted.</param>
/// <param name="DeadlineAt">After this the turn ends with a notice.</param>
/// <param name="StorageCalls">What opening it cost.</param>
/// <param name="HasSideEntries">Entries for the transcript were pending when the turn was opened.</param>
public sealed record TurnReference(
    string RunId,
    string SessionKey,
    string SessionId,
    int Segment,
    string AgentId,
    MessagePriority Priority,
    string InboxPath,
    string InboxETag,
    DateTimeOffset AcceptedAt,
    DateTimeOffset DeadlineAt,
    int StorageCalls,
    bool HasSideEntries)
{
    /// <summary>See <see cref="TurnCourse"/>; claims name it.</summary>
    public string? Orchestration { get; init; }

    /// <summary>See <see cref="TurnCourse"/>.</summary>
    public string? EndedOrchestration { get; init; }

    internal ClaimRequest ClaimRequest() => new(DeadlineAt, Orchestration);

    internal RunId Run() => Sessions.RunId.Parse(RunId);

    internal SessionId Session() => Sessions.SessionId.Parse(SessionId);

    internal SessionKey Key() => Sessions.SessionKey.Parse(SessionKey);
}

/// <summary>One tool call of a step, by name only: its arguments stand in the transcript.</summary>
public sealed record ToolCallReference(TurnReference Turn, int Step, string CallId, string ToolName);

/// <summary>How to end a turn.</summary>
/// <param name="Step">The last step: its stub is the one that is left where none was.</param>
/// <param name="Failure">Why there is no answer; null when there is one.</param>
/// <param name="Tally">What the turn took so far.</param>
public sealed record FinishRequest(
    TurnReference Turn, TurnEnding Ending, int Step, TurnFailure? Failure, TurnTally Tally);

/// <summary>What the end of a turn came to.</summary>
public abstract record FinishOutcome
{
    private FinishOutcome()
    {
    }

    /// <summary>The receipt stands.</summary>
    public sealed record Finished(Receipt Receipt) : FinishOutcome;

    /// <summary>The delivery goes on then; message and intent stand.</summary>
    public sealed record PutOff(DateTimeOffset ResumeAt) : FinishOutcome;
}
