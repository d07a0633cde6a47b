using System.Collections.Immutable;
using Holdfast.Delivery;
using Holdfast.Models;
using Holdfast.Transcripts;

namespace Holdfast.Turns.Steps;

/// <summary>How a step ended. Numbers are pinned.</summary>
public enum StepEnding
{
    /// <summary>The answer stands in the transcript.</summary>
    Answered = 1,

    /// <summary>The model asked for tools; the calls stand in the transcript.</summary>
    ToolsRequested = 2,

    /// <summary>There will be no answer.</summary>
    Failed = 3,

    /// <summary>Another run took the session over before the answer was finished.</summary>
    TakenOver = 4,

    /// <summary>
    /// Another run took the session over; what is delivered stands in the outbox: the finished answer, marked, or what was begun before.
    /// </summary>
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

/// <summary>
/// What a step came to, in names and counts; <see cref="TurnDecider"/> says what follows from it. Every execution of a step makes the same
/// one of what stands in the transcript.
/// </summary>
public sealed record StepResult(StepEnding Ending)
{
    /// <summary>Only for <see cref="StepEnding.ToolsRequested"/>.</summary>
    public IReadOnlyList<ToolCallReference> ToolCalls { get; init; } = [];

    /// <summary>Only for <see cref="StepEnding.Failed"/>.</summary>
    public TurnFailure? Failure { get; init; }

    /// <summary>When the step is to be run again; only for <see cref="StepEnding.PutOff"/>.</summary>
    public DateTimeOffset? ResumeAt { get; init; }

    /// <summary>The calls that failed, oldest first; only for <see cref="StepEnding.PutOff"/>.</summary>
    public IReadOnlyList<FailedCall> FailedCalls { get; init; } = [];

    /// <summary>The turn in the key's next session; only for <see cref="StepEnding.SessionEnded"/>.</summary>
    public TurnReference? Reopened { get; init; }

    /// <summary>What this execution took.</summary>
    public TurnTally Tally { get; init; } = TurnTally.Zero;

    /// <summary>There is no answer, and this is why.</summary>
    public static StepResult Failed(TurnFailure failure) => new(StepEnding.Failed) { Failure = failure };

    /// <summary>The model's answer: the last one, or a wish for tools, unless the agent's model has wished too often.</summary>
    /// <param name="turn">With the segment in which the answer stands: it is its lease that the tools renew.</param>
    internal static StepResult Answered(TurnReference turn, int step, AgentProfile agent, ImmutableArray<ContentBlock> content)
    {
        var calls = content.OfType<ContentBlock.ToolCall>().Select(call => new ToolCallReference(turn, step, call.Id, call.Name)).ToArray();
        return calls.Length == 0 ? new StepResult(StepEnding.Answered)
            : step < agent.MaxToolRounds ? new StepResult(StepEnding.ToolsRequested) { ToolCalls = calls }
            : Failed(TurnFailure.TooManyToolRounds);
    }

    /// <returns>The result of a step that was recorded before, by whichever execution; null when there is none.</returns>
    internal static StepResult? Recorded(TurnReference turn, int step, AgentProfile agent, Conversation conversation) =>
        TurnHistory.FindAnswer(conversation, turn.RunId, step) is { } answer
            ? Answered(turn, step, agent, answer.Content)
            : TurnHistory.FindFailure(conversation, turn.RunId, step) is { } failure
                ? Failed(TurnHistory.FailureOf(failure))
                : null;
}
