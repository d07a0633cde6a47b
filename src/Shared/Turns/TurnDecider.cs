using Holdfast.Delivery;
using Holdfast.Storage;
using Holdfast.Turns.Steps;

namespace Holdfast.Turns;

/// <summary>
/// The order of a turn's steps: model → tools → model … → finish, and what becomes of it where a step cannot go on. Pure. The orchestrator
/// runs it over what activities report, and the activities themselves to see whether a step was the last.
/// </summary>
public static class TurnDecider
{
    /// <summary>
    /// The longest pause, wished for by a platform or between two model calls, that an activity waits for; longer ones are the
    /// orchestration's.
    /// </summary>
    public static readonly TimeSpan LongestPauseInside = TimeSpan.FromSeconds(5);

    /// <summary>After a model step.</summary>
    public static TurnCourse AfterStep(TurnCourse course, StepResult result)
    {
        var now = course with { Tally = course.Tally + result.Tally, ToolCalls = result.ToolCalls, ResumeAt = null, FailedCalls = [] };
        return result.Ending switch
        {
            StepEnding.ToolsRequested => now with { Next = TurnMove.RunTools },
            StepEnding.Answered => Finish(now, TurnEnding.Replied, failure: null),
            StepEnding.Detached => Finish(now, TurnEnding.Superseded, failure: null),
            StepEnding.Busy => now with { Next = TurnMove.ComeBackLater },
            StepEnding.Ended => now with { Next = TurnMove.End },

            // The same step again, with what it was to tell the model and which calls have failed.
            StepEnding.PutOff => now with { ToolCalls = course.ToolCalls, ResumeAt = result.ResumeAt, FailedCalls = result.FailedCalls },

            // Closed before the turn began in it: it begins in the next session.
            StepEnding.SessionEnded when course.Step == 0 => Begin(now, result.Reopened!),

            // Queued again once, as a new run that comes after what took the session over.
            StepEnding.TakenOver or StepEnding.SessionEnded when course.Turn!.RunId is { Number: 1 } run =>
                Begin(now, (result.Reopened ?? course.Turn) with { RunId = run.Next() }),
            _ => Finish(now, TurnEnding.Failed, result.Failure ?? TurnFailure.TakenOver),
        };
    }

    /// <summary>After the tools of a step, by what each took.</summary>
    public static TurnCourse AfterTools(TurnCourse course, IEnumerable<TurnTally> tallies) => course with
    {
        Next = TurnMove.Answer,
        Step = course.Step + 1,
        Tally = tallies.Aggregate(course.Tally, TurnTally.Add),
    };

    /// <summary>
    /// After an activity that the engine has run as often as it may. What may pass is tried again: the message stays in the inbox, and what
    /// was done of its turn is found. After anything else whoever wrote the message is told.
    /// </summary>
    public static TurnCourse AfterFailure(TurnCourse course, bool mayPass) => mayPass || course.Next == TurnMove.Finish
        ? course with { Next = TurnMove.ComeBackLater }
        : Finish(course, TurnEnding.Failed, TurnFailure.Internal);

    /// <param name="exceptionType">The full name of what an activity threw.</param>
    /// <returns>True for faults of storage or of a platform: nothing about the turn itself is wrong.</returns>
    public static bool MayPass(string exceptionType) =>
        exceptionType == typeof(StorageUnavailableException).FullName || exceptionType == typeof(DeliveryUnfinishedException).FullName;

    /// <summary>A turn that an operator ended, by terminating the orchestration that had begun it.</summary>
    public static TurnCourse Terminated(TurnCourse course) => Finish(course, TurnEnding.Terminated, TurnFailure.Terminated);

    private static TurnCourse Begin(TurnCourse course, TurnReference turn) =>
        course with { Next = TurnMove.Answer, Turn = turn, Step = 0, ToolCalls = [] };

    private static TurnCourse Finish(TurnCourse course, TurnEnding ending, TurnFailure? failure) =>
        course with { Next = TurnMove.Finish, Ending = ending, Failure = failure, ToolCalls = [] };
}
