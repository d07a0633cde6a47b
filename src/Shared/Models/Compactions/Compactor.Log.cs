using Microsoft.Extensions.Logging;

namespace Holdfast.Models.Compactions;

public sealed partial class Compactor
{
    [LoggerMessage(
        EventId = 1700,
        Level = LogLevel.Information,
        Message = "Run {Run} compacted: {LeftOut} entries and {Tokens} tokens became {Characters} characters of summary")]
    private static partial void LogCompacted(ILogger logger, string run, int leftOut, long tokens, int characters);

    [LoggerMessage(
        EventId = 1701, Level = LogLevel.Warning, Message = "Compaction for run {Run} failed ({Kind}); the turn goes on without it")]
    private static partial void LogNotSummarised(ILogger logger, string run, ModelFailureKind kind);

    [LoggerMessage(
        EventId = 1702, Level = LogLevel.Warning, Message = "Compaction for run {Run} was not written; the turn goes on without it")]
    private static partial void LogNotWritten(ILogger logger, Exception fault, string run);

    [LoggerMessage(
        EventId = 1703,
        Level = LogLevel.Debug,
        Message = "Compaction for run {Run} was not ready in time; the next model call tries again")]
    private static partial void LogNotInTime(ILogger logger, string run);
}
