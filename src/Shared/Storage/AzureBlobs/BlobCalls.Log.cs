using Microsoft.Extensions.Logging;

namespace Holdfast.Storage.AzureBlobs;

// Event ids 1000 to 1099 are the storage folder's; 1003 and 1004 are in StorageTryPolicy.
internal sealed partial class BlobCalls
{
    [LoggerMessage(1000, LogLevel.Debug, "{Verb} of {Path} was refused: {Why}.")]
    private partial void LogRefused(BlobVerb verb, BlobPath path, BlobRefusal why);

    [LoggerMessage(1001, LogLevel.Debug, "{Verb} of {Path}: {Outcome}.")]
    private partial void LogLease(BlobVerb verb, BlobPath path, LeaseOutcome outcome);

    [LoggerMessage(1002, LogLevel.Error, "{Verb} of {Name} failed: {Code} ({Fault}).")]
    private partial void LogFailed(BlobVerb verb, string name, string code, string fault);
}
