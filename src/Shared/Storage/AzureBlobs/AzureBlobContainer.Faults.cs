using Azure;

namespace Holdfast.Storage.AzureBlobs;

public sealed partial class AzureBlobContainer
{
    /// <summary>
    /// Whatever the SDK throws, but the caller's own cancellation: a code that is no outcome, a lost connection, a try that ran into the
    /// network timeout (which surfaces as a cancellation that nobody asked for), several of them in a row, or an answer that was cut short or
    /// is no answer of the service, which its readers meet with exceptions of any type. Our own arguments are checked before.
    /// </summary>
    private static bool IsFault(Exception exception, CancellationToken cancellationToken) =>
        exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested;

    private Exception ToFault(BlobVerb verb, string name, Exception exception, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            // The SDK wraps a cancellation that comes during a retry.
            return new OperationCanceledException($"{verb} of {name} was cancelled.", exception, cancellationToken);
        }

        var code = ErrorCodeOf(exception);
        CallFailed(verb, name, code, exception.GetType().Name);
        return new StorageUnavailableException($"{verb} of {name} failed: {code}.", exception);
    }

    private static string ErrorCodeOf(Exception exception) => exception switch
    {
        RequestFailedException { ErrorCode: { Length: > 0 } code } => code,
        AggregateException { InnerExceptions: [.., var last] } => ErrorCodeOf(last),
        _ => exception.GetType().Name,
    };
}
