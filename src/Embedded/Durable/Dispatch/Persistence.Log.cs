using Microsoft.Extensions.Logging;

namespace Holdfast.Embedded.Durable.Dispatch;

/// <content>What it logs: ids and counts only.</content>
internal sealed partial class Persistence
{
    [LoggerMessage(7201, LogLevel.Warning, "The store did not take a write or read of {InstanceId} ({ErrorCode}); trying again in {Pause}.")]
    private partial void LogFault(string instanceId, string errorCode, TimeSpan pause);
}
