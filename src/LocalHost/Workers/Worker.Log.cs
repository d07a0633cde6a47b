using Holdfast.LocalHost.Workers.Protocol;

namespace Holdfast.LocalHost.Workers;

internal sealed partial class Worker
{
    [LoggerMessage(EventId = 9100, Level = LogLevel.Information, Message = "Worker says: {Line}")]
    private static partial void LogLine(ILogger logger, string line);

    [LoggerMessage(EventId = 9101, Message = "Function {Function} started ({Invocation})")]
    private static partial void LogStarted(ILogger logger, LogLevel level, string function, string invocation);

    [LoggerMessage(EventId = 9102, Message = "Function {Function} ended ({Invocation}): {Status} after {Elapsed}")]
    private static partial void LogEnded(
        ILogger logger, LogLevel level, string function, string invocation, StatusResult.Types.Status status, TimeSpan elapsed);
}
