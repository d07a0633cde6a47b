using Holdfast.Sessions;
using Holdfast.Turns;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Holdfast.Functions.Orchestrations;

/// <summary>
/// One instance per session: drains the inbox in order, one turn at a time (I7). Carries references, never content. It ends when the
/// inbox is empty and no bell rang meanwhile; a bell that is lost all the same is made up for by the sweeper.
/// </summary>
public sealed class SessionOrchestrator
{
    /// <summary>The event that says "look into the inbox again".</summary>
    public const string BellEvent = "bell";

    /// <summary>Turns before the history is cut: replaying a long one costs more than starting over.</summary>
    private const int TurnsPerHistory = 5;

    private static readonly TimeSpan ComeBackAfter = TimeSpan.FromSeconds(15);

    /// <summary>The orchestration's instance id for a session.</summary>
    public static string InstanceIdOf(string sessionKeyHash) => "session-" + sessionKeyHash;

    [Function(nameof(SessionOrchestrator))]
    public static async Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var input = context.GetInput<SessionInput>() ?? throw new ArgumentException("A session's orchestration needs its session key.");
        var bell = context.WaitForExternalEvent<bool>(BellEvent, CancellationToken.None);
        var progress = new ProgressFeed(context);
        var mark = context.NewGuid().ToString("N");
        for (var turns = 0; turns < TurnsPerHistory;)
        {
            var turn = await context.CallActivityAsync<TurnReference?>(nameof(OpenTurnActivity), input.SessionKey, Retries.OfStorage);
            if (turn is not null)
            {
                turn = turn with { Orchestration = mark, EndedOrchestration = input.EndedOrchestration };
                var ended = input.EndedRun is { } run && RunId.Parse(run).Turn == RunId.Parse(turn.RunId).Turn;
                var flow = new TurnFlow(context, progress, ended ? turn with { RunId = input.EndedRun! } : turn);
                if (await flow.RunAsync(endedByOperator: ended) == TurnFlowEnding.SessionBusy)
                {
                    await WaitAsync(context, bell);
                    bell = bell.IsCompleted ? context.WaitForExternalEvent<bool>(BellEvent, CancellationToken.None) : bell;
                }

                turns++;
            }
            else if (bell.IsCompleted)
            {
                bell = context.WaitForExternalEvent<bool>(BellEvent, CancellationToken.None);
                turns++;
            }
            else
            {
                context.SetCustomStatus(SessionStatus.Idle);
                return;
            }
        }

        // The inbox is looked into first, so a bell that is dropped here is not missed.
        context.ContinueAsNew(input, preserveUnprocessedEvents: false);
    }

    /// <summary>
    /// While another deployment holds the session. A bell ends the wait: by the time of a new message the session is often free again, and
    /// that message came through this deployment's door alone.
    /// </summary>
    private static async Task WaitAsync(TaskOrchestrationContext context, Task bell)
    {
        using var rung = new CancellationTokenSource();
        var timer = context.CreateTimer(ComeBackAfter, rung.Token);
        if (await Task.WhenAny(timer, bell) == bell)
        {
            rung.Cancel();
        }
    }
}
