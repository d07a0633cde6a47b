using Microsoft.Extensions.Logging;

namespace Holdfast.Turns;

public sealed partial class SessionOwnership
{
    [LoggerMessage(
        EventId = 1430,
        Level = LogLevel.Warning,
        Message = "Side entries wait in the inbox of run {Run}'s session; trying again at the next renewal")]
    private static partial void LogNotFlushed(ILogger logger, Exception fault, string run);

    [LoggerMessage(
        EventId = 1432,
        Level = LogLevel.Information,
        Message = "Run {Run} goes on in session {Next}: session {Ended} was closed by a reset")]
    private static partial void LogMovedOn(ILogger logger, string run, string ended, string next);
}
