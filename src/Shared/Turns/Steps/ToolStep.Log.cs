using Microsoft.Extensions.Logging;

namespace Holdfast.Turns.Steps;

public sealed partial class ToolStep
{
    [LoggerMessage(EventId = 1470, Level = LogLevel.Information, Message = "Tool {Tool} ran (error: {IsError}) for run {Run}, step {Step}")]
    private static partial void LogRan(ILogger logger, string tool, bool isError, string run, int step);

    [LoggerMessage(
        EventId = 1471, Level = LogLevel.Warning, Message = "Tool {Tool} was interrupted for run {Run}, step {Step}; it is not run again")]
    private static partial void LogInterrupted(ILogger logger, string tool, string run, int step);
}
