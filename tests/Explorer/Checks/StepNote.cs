using Holdfast.Delivery;
using Holdfast.Sessions;
using Holdfast.Turns;
using Holdfast.Turns.Steps;

namespace Holdfast.Tests.Explorer.Checks;

/// <summary>How a step of a run ended, and whether its process's model was heard to the end.</summary>
/// <param name="Verdicts">Kinds of verdicts that the fence gave in it.</param>
internal sealed record StepNote(
    string Actor, RunId RunId, StepEnding Ending, TurnFailure? Failure, IReadOnlySet<string> Verdicts, bool ModelWasHeard)
{
    /// <summary>The turn in the key's next session; only for <see cref="StepEnding.SessionEnded"/>.</summary>
    public TurnReference? Reopened { get; private init; }

    public static StepNote Of(string actor, TurnReference turn, StepResult result, bool modelWasHeard)
    {
        var verdicts = result.Tally.Verdicts.Keys.ToHashSet();
        return new StepNote(actor, turn.RunId, result.Ending, result.Failure, verdicts, modelWasHeard) { Reopened = result.Reopened };
    }

    /// <summary>What the step was that brought a turn from one course to the next.</summary>
    /// <returns>Null when none was run.</returns>
    public static StepNote? Of(string actor, TurnCourse before, TurnCourse after, bool modelWasHeard)
    {
        if (before.Next != TurnMove.Answer || after is { Next: TurnMove.Answer, ResumeAt: not null } || after.Turn is not { } turn)
        {
            return null;
        }

        var verdicts = after.Tally.Verdicts
            .Where(verdict => verdict.Value > before.Tally.Verdicts.GetValueOrDefault(verdict.Key)).Select(verdict => verdict.Key);
        var (ending, run) = after switch
        {
            { Next: TurnMove.ComeBackLater } => (StepEnding.Busy, turn.RunId),
            { Next: TurnMove.Answer } => IsQueuedAgain(before, turn)
                ? (StepEnding.TakenOver, RunId.First(turn.RunId.Turn))
                : (StepEnding.SessionEnded, turn.RunId),
            { Ending: TurnEnding.Replied } => (StepEnding.Answered, turn.RunId),
            { Ending: TurnEnding.Superseded } => (StepEnding.Detached, turn.RunId),
            { Failure: TurnFailure.TakenOver } => (StepEnding.TakenOver, turn.RunId),
            { Ending: TurnEnding.Failed } => (StepEnding.Failed, turn.RunId),
            _ => (StepEnding.Ended, turn.RunId),
        };
        return new StepNote(actor, run, ending, after.Failure, verdicts.ToHashSet(), modelWasHeard);
    }

    private static bool IsQueuedAgain(TurnCourse before, TurnReference turn) =>
        turn.RunId.Number > (before.Turn?.RunId.Number ?? 1);
}
