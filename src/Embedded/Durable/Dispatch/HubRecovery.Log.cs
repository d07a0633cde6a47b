using Microsoft.Extensions.Logging;

namespace Holdfast.Embedded.Durable.Dispatch;

/// <content>What it logs: ids and counts only.</content>
internal sealed partial class HubRecovery
{
    [LoggerMessage(7001, LogLevel.Information, "The task hub holds {Count} orchestrations, {Open} of them not ended.")]
    private partial void LogFound(int count, int open);

    [LoggerMessage(7002, LogLevel.Error, "The history of {InstanceId} cannot be read ({Blob}: {Reason}); the instance stays as it is.")]
    private partial void LogUnreadable(string instanceId, string blob, string reason);
}
