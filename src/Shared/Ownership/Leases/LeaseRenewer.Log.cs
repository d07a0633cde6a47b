using Holdfast.Storage;
using Microsoft.Extensions.Logging;

namespace Holdfast.Ownership.Leases;

public sealed partial class LeaseRenewer
{
    [LoggerMessage(EventId = 1200, Level = LogLevel.Information, Message = "Lease on {Path} was not renewed ({Outcome}); its owner looks who came")]
    private static partial void LogNotRenewed(ILogger logger, string path, LeaseOutcome outcome);

    [LoggerMessage(EventId = 1201, Level = LogLevel.Warning, Message = "Renewing the lease on {Path} failed or took too long; trying again at the next renewal")]
    private static partial void LogFault(ILogger logger, Exception fault, string path);
}
