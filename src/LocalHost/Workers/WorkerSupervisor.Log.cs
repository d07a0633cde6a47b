namespace Holdfast.LocalHost.Workers;

internal sealed partial class WorkerSupervisor
{
    [LoggerMessage(EventId = 9110, Level = LogLevel.Information, Message = "Worker started: pid {ProcessId}")]
    private static partial void LogStarted(ILogger logger, int processId);

    [LoggerMessage(EventId = 9111, Level = LogLevel.Error, Message = "Worker {ProcessId} has ended: {Fault}")]
    private static partial void LogEnded(ILogger logger, int processId, string fault);
}
