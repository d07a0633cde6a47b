using Holdfast.Delivery;

namespace Holdfast.Turns.Steps;

/// <summary>How a step ended. Carried by orchestrations: numbers are pinned.</summary>
public enum StepEnding
{
    /// <summary>The answer stands in the transcript.</summary>
    Answered = 1,

    /// <summary>The model asked for tools; the calls stand in the transcript.</summary>
    ToolsRequested = 2,

    /// <summary>There will be no answer; a stub stands in the transcript.</summary>
    Failed = 3,

    /// <summary>Another run took the session over before the answer was finished.</summary>
    TakenOver = 4,

    /// <summary>Another run took the session over; what is delivered stands in the outbox: the finished answer, marked, or what was begun before.</summary>
    Detached = 5,

    /// <summary>Somebody else holds the session. Nothing was done.</summary>
    Busy = 6,

    /// <summary>The turn's receipt stands: another deployment ended it. Nothing was done.</summary>
    Ended = 7,

    /// <summary>The session was closed by a reset. Nothing was done; the turn belongs to the key's next session.</summary>
    SessionEnded = 8,

    /// <summary>The model is asked again after a pause; stubs of what failed stand in the transcript.</summary>
    PutOff = 9,
}

/// <summary>A step's outcome, in names and counts.</summary>
/// <param name="ToolCalls">Only for <see cref="StepEnding.ToolsRequested"/>.</param>
/// <param name="Failure">Only for <see cref="StepEnding.Failed"/>.</param>
public sealed record StepReport(
    StepEnding Ending, int Attempt, long Epoch, IReadOnlyList<ToolCallReference> ToolCalls, TurnFailure? Failure, TurnTally Tally)
{
    /// <summary>How often the agent lets its model ask for tools within a turn.</summary>
    public int MaxToolRounds { get; init; }

    /// <summary>When the step is to be run again; only for <see cref="StepEnding.PutOff"/>.</summary>
    public DateTimeOffset? ResumeAt { get; init; }

    /// <summary>The calls that failed, oldest first; only for <see cref="StepEnding.PutOff"/>.</summary>
    public IReadOnlyList<FailedCall> FailedCalls { get; init; } = [];

    /// <summary>The turn in the key's next session; only for <see cref="StepEnding.SessionEnded"/>.</summary>
    public TurnReference? Reopened { get; init; }
}
