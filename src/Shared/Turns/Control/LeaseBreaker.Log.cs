using Microsoft.Extensions.Logging;

namespace Holdfast.Turns.Control;

public sealed partial class LeaseBreaker
{
    [LoggerMessage(
        EventId =
            1230, Level = LogLevel.Warning, Message = "The lease on {Path}, held under the claim of run {Run}, is broken by {Operator}")]
    private static partial void LogBroken(ILogger logger, string path, string? run, string @operator);
}
