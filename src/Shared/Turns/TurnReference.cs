using Holdfast.Inbox;
using Holdfast.Sessions;
using Holdfast.Storage;

namespace Holdfast.Turns;

/// <summary>What an orchestration carries of a turn: names of things, never their content.</summary>
public sealed record TurnReference
{
    public required RunId RunId { get; init; }

    public required SessionKey SessionKey { get; init; }

    public required SessionId SessionId { get; init; }

    /// <summary>A segment of the session that was its last one; later ones are found from it.</summary>
    public required int Segment { get; init; }

    public required string AgentId { get; init; }

    public required MessagePriority Priority { get; init; }

    /// <summary>The pending message.</summary>
    public required BlobPath InboxPath { get; init; }

    /// <summary>Its version, for taking it away.</summary>
    public required BlobETag InboxETag { get; init; }

    /// <summary>When the message was accepted.</summary>
    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary>After this the turn ends with a notice.</summary>
    public required DateTimeOffset DeadlineAt { get; init; }

    /// <summary>Entries for the transcript were pending when the turn was opened.</summary>
    public bool HasSideEntries { get; init; }

    /// <summary>See <see cref="TurnCourse"/>; claims name it.</summary>
    public string? Orchestration { get; init; }
}

/// <summary>One tool call of a step, by name only: its arguments stand in the transcript.</summary>
public sealed record ToolCallReference(TurnReference Turn, int Step, string CallId, string ToolName);
