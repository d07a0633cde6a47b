using Microsoft.Extensions.Logging;

namespace Holdfast.Ownership;

internal sealed partial class Fence
{
    [LoggerMessage(
        EventId = 1310,
        Level = LogLevel.Information,
        Message = "Fence verdict {Verdict} for session {Session}, run {Run}, attempt {Attempt}, epoch {Epoch}: {Explanation}")]
    private static partial void LogVerdict(
        ILogger logger, string verdict, string session, string run, int attempt, long epoch, string explanation);

    [LoggerMessage(
        EventId = 1311, Level = LogLevel.Warning, Message = "Storage failed under session {Session}, run {Run} ({Faults} in a row)")]
    private static partial void LogFault(ILogger logger, Exception fault, string session, string run, int faults);

    [LoggerMessage(EventId = 1313, Level = LogLevel.Information, Message = "Session {Session} goes on in segment {Segment}, run {Run}")]
    private static partial void LogRolled(ILogger logger, string session, int segment, string run);
}
