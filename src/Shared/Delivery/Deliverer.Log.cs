using Microsoft.Extensions.Logging;

namespace Holdfast.Delivery;

public sealed partial class Deliverer
{
    [LoggerMessage(EventId = 1500, Level = LogLevel.Debug, Message = "{Channel}: part {Part} of turn {Turn}: {Outcome}")]
    private static partial void LogTried(ILogger logger, string channel, string turn, int part, string outcome);

    [LoggerMessage(
        EventId = 1501, Level = LogLevel.Warning,
        Message = "{Channel} does not let us look for turn {Turn} ({Reason}); it is sent again and may stand twice")]
    private static partial void LogMayDouble(ILogger logger, string channel, string turn, string reason);
}
