using Microsoft.Extensions.Logging;

namespace Holdfast.Turns.Steps;

public sealed partial class StreamedCall
{
    [LoggerMessage(
        EventId = 1410, Level = LogLevel.Warning, Message = "A streamed part of run {Run} was not written; it goes with the next one")]
    private static partial void LogPartNotWritten(ILogger logger, Exception fault, string run);
}
