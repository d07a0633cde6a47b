using Holdfast.Delivery;
using Microsoft.Extensions.Logging;

namespace Holdfast.Turns;

public sealed partial class TurnFinisher
{
    [LoggerMessage(
        EventId =
            1460, Level = LogLevel.Information, Message = "Turn ended ({Ending}): run {Run}, channel {Channel}, {Parts} parts delivered")]
    private static partial void LogFinished(ILogger logger, TurnEnding ending, string run, string channel, int parts);

    [LoggerMessage(EventId = 1461, Level = LogLevel.Information, Message = "The delivery of run {Run} goes on at {RetryAt}")]
    private static partial void LogPutOff(ILogger logger, string run, DateTimeOffset retryAt);
}
