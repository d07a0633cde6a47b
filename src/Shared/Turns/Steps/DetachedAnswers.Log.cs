using Microsoft.Extensions.Logging;

namespace Holdfast.Turns.Steps;

public sealed partial class DetachedAnswers
{
    [LoggerMessage(
        EventId = 1450,
        Level = LogLevel.Warning,
        Message = "Run {Run} was taken over; its finished answer is detached beside session {Session} and goes out marked")]
    private static partial void LogDetached(ILogger logger, string run, string session);
}
