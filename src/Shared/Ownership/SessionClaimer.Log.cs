using Microsoft.Extensions.Logging;

namespace Holdfast.Ownership;

public sealed partial class SessionClaimer
{
    [LoggerMessage(
        EventId = 1300, Level = LogLevel.Debug, Message = "Session {Session} claimed by run {Run}, attempt {Attempt}, epoch {Epoch}")]
    private static partial void LogClaimed(ILogger logger, string session, string run, int attempt, long epoch);

    [LoggerMessage(
        EventId = 1301, Level = LogLevel.Information, Message = "Session {Session} is held by somebody else; run {Run} comes back later")]
    private static partial void LogBusy(ILogger logger, string session, string run);
}
