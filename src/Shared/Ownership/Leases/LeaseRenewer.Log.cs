using Holdfast.Storage;
using Microsoft.Extensions.Logging;

namespace Holdfast.Ownership.Leases;

public sealed partial class LeaseRenewer
{
    [LoggerMessage(
        EventId = 1200, Level = LogLevel.Information, Message = "Lease on {Path} was not renewed ({Outcome}); its owner looks who came")]
    private static partial void LogNotRenewed(ILogger logger, string path, LeaseOutcome outcome);

    [LoggerMessage(
        EventId = 1201, Level = LogLevel.Warning,
        Message = "Renewing the lease on {Path} failed or took too long; trying again at the next renewal")]
    private static partial void LogFault(ILogger logger, Exception fault, string path);

    [LoggerMessage(
        EventId = 1202, Level = LogLevel.Error,
        Message = "Renewing the lease on {Path} failed in a way that nobody expects; trying again at the next renewal")]
    private static partial void LogUnexpected(ILogger logger, Exception fault, string path);

    [LoggerMessage(EventId = 1203, Message = "The owner of the lease on {Path} failed at a renewal; renewals go on")]
    private static partial void LogNotTold(ILogger logger, LogLevel level, Exception fault, string path);

    [LoggerMessage(
        EventId = 1204, Level = LogLevel.Error,
        Message = "What was begun at a renewal of the lease on {Path} does not end; it is left behind")]
    private static partial void LogStillAtWork(ILogger logger, string path);
}
