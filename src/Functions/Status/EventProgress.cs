using Holdfast.Functions.Orchestrations;
using Holdfast.Turns;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Holdfast.Functions.Status;

/// <summary>Makes the progress reporter of an activity, from the client that the host binds.</summary>
public sealed class EventProgressFactory(ILogger<EventProgress> log)
{
    public ITurnProgress For(DurableTaskClient client) => new EventProgress(client, log);
}

/// <summary>Reports a step's progress to its own orchestration, as an event: only an orchestration may set its custom status.</summary>
public sealed partial class EventProgress(DurableTaskClient client, ILogger<EventProgress> log) : ITurnProgress
{
    public async Task ReportAsync(TurnReference turn, TurnProgress progress, CancellationToken cancellationToken)
    {
        try
        {
            var instance = SessionOrchestrator.InstanceIdOf(Sessions.SessionKey.Parse(turn.SessionKey).Hash);
            await client.RaiseEventAsync(instance, ProgressFeed.Event, progress, cancellationToken);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            // A door outwards: whatever keeps the engine from taking it, the stream is more important than its status.
            LogNotReported(log, fault, progress.RunId);
        }
    }

    [LoggerMessage(EventId = 2100, Level = LogLevel.Debug, Message = "Progress of run {Run} was not reported")]
    private static partial void LogNotReported(ILogger logger, Exception fault, string run);
}
