using Holdfast.Delivery;
using Holdfast.Models;
using Holdfast.Sessions;

namespace Holdfast.Turns;

/// <summary>What a turn does next. Carried by orchestrations: numbers are pinned.</summary>
public enum TurnMove
{
    /// <summary>Ask the model: open the session's next message, unless a turn is open, and run its step.</summary>
    Answer = 1,

    /// <summary>Run the tools that the model asked for, all at once.</summary>
    RunTools = 2,

    /// <summary>Deliver what there is and write the receipt.</summary>
    Finish = 3,

    /// <summary>Somebody else holds the session, or storage is out of reach: the message stays in the inbox, come back later.</summary>
    ComeBackLater = 4,

    /// <summary>Nothing is left to do.</summary>
    End = 5,
}

/// <summary>
/// How far a turn has come and what it does next: all that an orchestration carries of it, in names and counts. Each activity takes one
/// and gives the next; <see cref="TurnDecider"/> says which.
/// </summary>
/// <param name="SessionKey">Whose inbox it is opened from.</param>
/// <param name="Orchestration">The execution of the orchestration that runs it; its claims say so. Null for a turn that none runs.</param>
/// <param name="EndedOrchestration">The execution before it, when that failed or was terminated: its claims have no owner any more.</param>
/// <param name="IsTerminated">The execution before it was terminated: the turn that it had begun gets a notice, not an answer.</param>
public sealed record TurnCourse(SessionKey SessionKey, string? Orchestration, string? EndedOrchestration, bool IsTerminated)
{
    public TurnMove Next { get; init; } = TurnMove.Answer;

    /// <summary>Null until a message is taken.</summary>
    public TurnReference? Turn { get; init; }

    /// <summary>The step that is run next, or was run last; 0 for the first model call.</summary>
    public int Step { get; init; }

    /// <summary>The calls of the last step: to be run, or, when the model is asked next, to be told to it.</summary>
    public IReadOnlyList<ToolCallReference> ToolCalls { get; init; } = [];

    /// <summary>Not before this: a platform or a model's provider wants a pause. Null as a rule.</summary>
    public DateTimeOffset? ResumeAt { get; init; }

    /// <summary>The model calls of the step that failed before the pause; empty as a rule.</summary>
    public IReadOnlyList<FailedCall> FailedCalls { get; init; } = [];

    /// <summary>How the turn ends; only with <see cref="TurnMove.Finish"/>.</summary>
    public TurnEnding? Ending { get; init; }

    /// <summary>Why there is no answer; only with <see cref="TurnMove.Finish"/>.</summary>
    public TurnFailure? Failure { get; init; }

    /// <summary>What it took so far.</summary>
    public TurnTally Tally { get; init; } = TurnTally.Zero;

    /// <summary>More waits in the inbox; only at the end.</summary>
    public bool HasMore { get; init; }
}
