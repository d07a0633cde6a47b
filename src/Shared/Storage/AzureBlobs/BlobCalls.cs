using Azure;
using Microsoft.Extensions.Logging;

namespace Holdfast.Storage.AzureBlobs;

/// <summary>Makes the SDK's calls: each is counted, and what it throws is an outcome, the caller's cancellation, or a fault.</summary>
internal sealed partial class BlobCalls(ILogger logger)
{
    public async Task<T> MakeAsync<T>(BlobVerb verb, string name, Func<Task<T>> call, CancellationToken cancellationToken)
    {
        StorageMeter.Count(verb, name);
        return await GuardAsync(verb, name, call, cancellationToken);
    }

    public Task<BlobWriteOutcome> WriteAsync(
        BlobVerb verb, BlobPath path, Func<Task<BlobWriteOutcome.Written>> write, CancellationToken cancellationToken) =>
        MakeAsync<BlobWriteOutcome>(
            verb,
            path.Value,
            async () =>
            {
                try
                {
                    return await write();
                }
                catch (RequestFailedException refused) when (BlobErrorCodes.TryToRefusal(verb, refused.ErrorCode, out var why))
                {
                    LogRefused(verb, path, why);
                    return new BlobWriteOutcome.Refused(why);
                }
            },
            cancellationToken);

    /// <param name="success">What it means when the call does not throw.</param>
    public Task<LeaseOutcome> LeaseAsync(
        BlobVerb verb, BlobPath path, Func<Task> call, LeaseOutcome success, CancellationToken cancellationToken) =>
        MakeAsync(
            verb,
            path.Value,
            async () =>
            {
                try
                {
                    await call();
                    return success;
                }
                catch (RequestFailedException refused) when (BlobErrorCodes.TryToLease(verb, refused.ErrorCode, out var outcome))
                {
                    LogLease(verb, path, outcome);
                    return outcome;
                }
            },
            cancellationToken);

    /// <summary>For calls that are counted where they are made, as they may be several requests.</summary>
    /// <remarks>
    /// A fault is whatever the SDK throws, but the caller's own cancellation: a code that is no outcome, a lost connection, a try that ran
    /// into the network timeout (which surfaces as a cancellation that nobody asked for), several of them in a row, or an answer that was
    /// cut short or is no answer of the service, which its readers meet with exceptions of any type. Our own arguments are checked before.
    /// </remarks>
    public async Task<T> GuardAsync<T>(BlobVerb verb, string name, Func<Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call();
        }
        catch (Exception fault) when (cancellationToken.IsCancellationRequested && fault is not OperationCanceledException)
        {
            // The SDK wraps a cancellation that comes during a retry.
            throw new OperationCanceledException($"{verb} of {name} was cancelled.", fault, cancellationToken);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested && fault is not StorageUnavailableException)
        {
            var code = ErrorCodeOf(fault);
            LogFailed(verb, name, code, fault.GetType().Name);
            throw new StorageUnavailableException($"{verb} of {name} failed: {code}.", fault);
        }
    }

    private static string ErrorCodeOf(Exception exception) => exception switch
    {
        RequestFailedException { ErrorCode: { Length: > 0 } code } => code,
        AggregateException { InnerExceptions: [.., var last] } => ErrorCodeOf(last),
        _ => exception.GetType().Name,
    };
}
