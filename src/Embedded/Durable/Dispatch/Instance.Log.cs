using Holdfast.Embedded.Durable.Store;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Holdfast.Embedded.Durable.Dispatch;

/// <content>What it logs: ids and counts only.</content>
internal sealed partial class Instance
{
    [LoggerMessage(7101, LogLevel.Information, "Orchestration {InstanceId} ended as {Status} {ErrorType}.")]
    private partial void LogEnded(string instanceId, OrchestrationRuntimeStatus status, string? errorType);

    [LoggerMessage(7102, LogLevel.Warning, "An append to the history of {InstanceId} was refused ({Outcome}): somebody else writes it. Reading it again.")]
    private partial void LogRefused(string instanceId, AppendOutcome outcome);

    [LoggerMessage(7103, LogLevel.Error, "A turn of {InstanceId} failed unexpectedly.")]
    private partial void LogTurnFailed(string instanceId, Exception exception);

    [LoggerMessage(7104, LogLevel.Information, "Old blobs of {InstanceId} could not be tidied away ({ErrorCode}); that is done later.")]
    private partial void LogUntidy(string instanceId, string errorCode);
}
