using Microsoft.Extensions.Logging;

namespace Holdfast.Ownership.Resets;

public sealed partial class SessionReset
{
    [LoggerMessage(
        EventId = 1320, Level = LogLevel.Information, Message = "Session {Ended} is closed by a reset; its key goes on in session {Next}")]
    private static partial void LogDone(ILogger logger, string ended, string next);

    [LoggerMessage(
        EventId = 1321, Level = LogLevel.Warning, Message = "A reset breaks the lease on {Path}, held under the claim of run {Holder}")]
    private static partial void LogBrokenIn(ILogger logger, string path, string? holder);
}
