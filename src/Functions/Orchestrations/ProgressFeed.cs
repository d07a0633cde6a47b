using Holdfast.Turns;
using Microsoft.DurableTask;

namespace Holdfast.Functions.Orchestrations;

/// <summary>
/// Progress reports of running steps, one waiter for the whole orchestration: an event goes to whoever waited first, so a waiter that a
/// finished turn left behind would swallow the next turn's news.
/// </summary>
internal sealed class ProgressFeed(TaskOrchestrationContext context)
{
    /// <summary>The event by which a running step reports its progress.</summary>
    public const string Event = "progress";

    /// <summary>Completes with the next report.</summary>
    public Task<TurnProgress> Next { get; private set; } = context.WaitForExternalEvent<TurnProgress>(Event, CancellationToken.None);

    /// <summary>Takes the report that came, and waits for the one after it.</summary>
    public async Task<TurnProgress?> TakeAsync()
    {
        var news = await Next;
        Next = context.WaitForExternalEvent<TurnProgress>(Event, CancellationToken.None);
        return news;
    }
}
