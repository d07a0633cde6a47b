using Azure;
using Azure.Identity;

namespace Holdfast.Storage.AzureBlobs;

public sealed partial class AzureBlobContainer
{
    /// <summary>
    /// A code that is no outcome, a lost connection, a try that ran into the network timeout (which surfaces as a cancellation that
    /// nobody asked for), or several of them in a row. The caller's own cancellation passes as it is.
    /// </summary>
    private static bool IsFault(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        RequestFailedException or AggregateException or IOException or HttpRequestException or AuthenticationFailedException => true,
        _ => false,
    };

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
