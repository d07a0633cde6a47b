using Microsoft.Extensions.Logging;

namespace Holdfast.Embedded.Durable.Dispatch;

/// <content>What it logs: ids and counts only.</content>
internal sealed partial class TaskHub
{
    [LoggerMessage(7003, LogLevel.Information, "The engine was stopped before it had started ({Reason}).")]
    private partial void LogStartStopped(string reason);

    [LoggerMessage(7004, LogLevel.Critical, "The engine could not start.")]
    private partial void LogStartFailed(Exception exception);
}
