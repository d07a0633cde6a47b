using Microsoft.Extensions.Logging;

namespace Holdfast.Embedded.Durable.Dispatch;

/// <content>What it logs: ids and counts only.</content>
internal sealed partial class ActivityRunner
{
    [LoggerMessage(7301, LogLevel.Information, "Activity {Name} #{TaskId} of {InstanceId} was interrupted by the stop; it runs again after the next start.")]
    private partial void LogInterrupted(string instanceId, string name, int taskId);

    [LoggerMessage(7302, LogLevel.Warning, "Activity {Name} #{TaskId} of {InstanceId} failed with {ErrorType}.")]
    private partial void LogFailed(string instanceId, string name, int taskId, string errorType);
}
