using Holdfast.Sessions;

namespace Holdfast.Inbox;

/// <summary>What became of an inbound message. Each case but the last may be answered with 2xx.</summary>
public abstract record AcceptOutcome
{
    private AcceptOutcome()
    {
    }

    /// <summary>New, and durable.</summary>
    public sealed record Accepted(TurnId Turn) : AcceptOutcome;

    /// <summary>Came before. <paramref name="IsFinished"/> tells whether its turn has its receipt; else it is (again) pending.</summary>
    public sealed record Repeated(TurnId Turn, bool IsFinished) : AcceptOutcome;

    /// <summary>The id came before with another session or text: a sender's mistake. No message was stored.</summary>
    public sealed record Conflicting(TurnId Turn) : AcceptOutcome;
}
