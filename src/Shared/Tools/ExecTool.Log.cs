using Microsoft.Extensions.Logging;

namespace Holdfast.Tools;

// Event ids 8000 to 8099. The command is a name of the configuration; arguments and output never get here.
public sealed partial class ExecTool
{
    [LoggerMessage(
        8001, LogLevel.Information,
        "Call {CallId}: {Command} exited with {ExitCode} after {Milliseconds} ms and {OutputBytes} bytes of output.")]
    private static partial void LogEnded(
        ILogger logger, string callId, string command, int exitCode, long outputBytes, double milliseconds);

    [LoggerMessage(
        8002, LogLevel.Warning, "Call {CallId}: {Command} was stopped after {Milliseconds} ms and {OutputBytes} bytes of output.")]
    private static partial void LogTimedOut(ILogger logger, string callId, string command, long outputBytes, double milliseconds);

    [LoggerMessage(8003, LogLevel.Warning, "Call {CallId}: {Command} could not be started ({Fault}).")]
    private static partial void LogNotStarted(ILogger logger, string callId, string command, string fault);

    [LoggerMessage(8004, LogLevel.Information, "Call {CallId} was refused ({Reason}).")]
    private static partial void LogRefused(ILogger logger, string callId, string reason);
}
