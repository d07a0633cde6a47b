using Microsoft.Extensions.Logging;

namespace Holdfast.Turns.Steps;

public sealed partial class FencedSteps
{
    [LoggerMessage(
        EventId = 1431,
        Level = LogLevel.Warning,
        Message = "Session {Session} was taken over before run {Run} came back: {Explanation}")]
    private static partial void LogTakenOver(ILogger logger, string session, string run, string explanation);

    [LoggerMessage(
        EventId = 1440,
        Level = LogLevel.Information,
        Message = "An execution of run {Run}, step {Step}, was superseded by a later one and waits for its result")]
    private static partial void LogFollowing(ILogger logger, string run, int step);
}
