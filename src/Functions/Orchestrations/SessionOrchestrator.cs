using Holdfast.Delivery;
using Holdfast.Turns;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Holdfast.Functions.Orchestrations;

/// <summary>
/// One instance per session: takes its messages in order, one turn at a time (I7). Carries references, never content. It looks into the
/// inbox, then waits for the next signal, and ends after a day of quiet: an instance that ended with each turn would lose the signals that
/// come as it ends. One that is lost all the same is made up for by the sweeper.
/// </summary>
public sealed class SessionOrchestrator
{
    /// <summary>The event that says "look into the inbox".</summary>
    public const string SignalEvent = "signal";

    /// <summary>Looks before the history is cut: replaying a long one costs more than starting over.</summary>
    private const int LooksPerHistory = 8;

    private static readonly TimeSpan ComeBackAfter = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan QuietFor = TimeSpan.FromDays(1);

    /// <summary>How often the engine runs an activity that failed: some four minutes, for faults of storage or of a platform.</summary>
    private static readonly TaskOptions Retries = TaskOptions.FromRetryPolicy(new RetryPolicy(
        maxNumberOfAttempts: 10,
        firstRetryInterval: TimeSpan.FromSeconds(1),
        backoffCoefficient: 2,
        maxRetryInterval: TimeSpan.FromSeconds(60)));

    /// <summary>The orchestration's instance id for a session.</summary>
    public static string InstanceIdOf(string sessionKeyHash) => "session-" + sessionKeyHash;

    /// <summary>Of the one that takes its place while the engine cannot move it.</summary>
    public static string StandInIdOf(string sessionKeyHash) => InstanceIdOf(sessionKeyHash) + "-standin";

    [Function(nameof(SessionOrchestrator))]
    public static async Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var input = context.GetInput<SessionInput>() ?? throw new ArgumentException("A session's orchestration needs its session key.");
        var mark = context.NewGuid().ToString("N");
        var signal = context.WaitForExternalEvent<bool>(SignalEvent, CancellationToken.None);

        // One for all looks of this history: a timer costs as much as an activity.
        using var ending = new CancellationTokenSource();
        var quiet = context.CreateTimer(QuietFor, ending.Token);
        for (var looks = 0; looks < LooksPerHistory; looks++)
        {
            var course = await TurnAsync(context, new TurnCourse(input.SessionKey, mark, input.EndedOrchestration, input.IsTerminated));
            if (course.HasMore)
            {
                continue;
            }

            if (course.Next == TurnMove.ComeBackLater)
            {
                Show(context, mark, SessionStatus.Waiting);
                await ComeBackAsync(context, signal);
            }
            else if (!signal.IsCompleted)
            {
                Show(context, mark, SessionStatus.Idle);
                if (await Task.WhenAny(signal, quiet) == quiet)
                {
                    if (looks == 0)
                    {
                        return;
                    }

                    break; // The day began before the last turn.
                }
            }

            signal = signal.IsCompleted ? context.WaitForExternalEvent<bool>(SignalEvent, CancellationToken.None) : signal;
        }

        // The next history looks into the inbox first, so a signal that was taken here is not missed.
        ending.Cancel();
        context.ContinueAsNew(input, preserveUnprocessedEvents: true);
    }

    /// <summary>One turn, to its end or to where it has to come back later.</summary>
    private static async Task<TurnCourse> TurnAsync(TaskOrchestrationContext context, TurnCourse course)
    {
        while (course.Next is not (TurnMove.End or TurnMove.ComeBackLater))
        {
            try
            {
                if (course.ResumeAt is { } resumeAt)
                {
                    context.SetCustomStatus(new SessionStatus(SessionStatus.Waiting, course.Orchestration!, resumeAt));
                    await context.CreateTimer(resumeAt.UtcDateTime, CancellationToken.None);
                    course = course with { ResumeAt = null };
                }

                course = await MoveAsync(context, course);
            }
            catch (TaskFailedException fault)
            {
                course = TurnDecider.AfterFailure(course, TurnDecider.MayPass(fault.FailureDetails.ErrorType));
            }
        }

        return course;
    }

    private static async Task<TurnCourse> MoveAsync(TaskOrchestrationContext context, TurnCourse course)
    {
        Show(context, course.Orchestration!, course.Next switch
        {
            TurnMove.RunTools => SessionStatus.Tools,
            TurnMove.Finish => SessionStatus.Delivering,
            _ => SessionStatus.Turn,
        });
        switch (course.Next)
        {
            case TurnMove.RunTools:
                var calls = course.ToolCalls.Select(
                    call => context.CallActivityAsync<TurnTally>(TurnActivities.ToolCall, call, Retries));
                return TurnDecider.AfterTools(course, await Task.WhenAll(calls));
            case TurnMove.Finish:
                return await context.CallActivityAsync<TurnCourse>(TurnActivities.Finish, course, Retries);
            default:
                var activity = course.Turn is null ? TurnActivities.Turn : TurnActivities.ModelStep;
                return await context.CallActivityAsync<TurnCourse>(activity, course, Retries);
        }
    }

    /// <summary>
    /// While another deployment holds the session. A signal ends the wait: by the time of a new message the session is often free again,
    /// and that message came through this deployment's endpoints alone.
    /// </summary>
    private static async Task ComeBackAsync(TaskOrchestrationContext context, Task signal)
    {
        using var signalled = new CancellationTokenSource();
        var timer = context.CreateTimer(ComeBackAfter, signalled.Token);
        if (await Task.WhenAny(timer, signal) == signal)
        {
            signalled.Cancel();
        }
    }

    private static void Show(TaskOrchestrationContext context, string mark, string phase) =>
        context.SetCustomStatus(new SessionStatus(phase, mark));
}
