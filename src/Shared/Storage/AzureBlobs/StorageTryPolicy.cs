using Azure.Core;
using Azure.Core.Pipeline;
using Microsoft.Extensions.Logging;

namespace Holdfast.Storage.AzureBlobs;

/// <summary>
/// Sees every single try of a request: counts the repeated ones and logs those that the service or the network failed.
/// Takes the place of the SDK's own request logging, which costs on every call and is off.
/// </summary>
internal sealed partial class StorageTryPolicy(ILogger logger) : HttpPipelinePolicy
{
    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        Begin(message);
        try
        {
            ProcessNext(message, pipeline);
        }
        catch (Exception exception) when (NoteFailure(message, exception))
        {
            throw;
        }

        NoteAnswer(message);
    }

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        Begin(message);
        try
        {
            await ProcessNextAsync(message, pipeline);
        }
        catch (Exception exception) when (NoteFailure(message, exception))
        {
            throw;
        }

        NoteAnswer(message);
    }

    private static void Begin(HttpMessage message)
    {
        if (message.ProcessingContext.RetryNumber > 0)
        {
            StorageMeter.CountRetry();
        }
    }

    /// <summary>Always false: it runs as a filter, so that the exception passes untouched.</summary>
    private bool NoteFailure(HttpMessage message, Exception exception)
    {
        if (!message.CancellationToken.IsCancellationRequested)
        {
            TryBroke(message.Request.ClientRequestId, message.ProcessingContext.RetryNumber + 1, exception.GetType().Name);
        }

        return false;
    }

    private void NoteAnswer(HttpMessage message)
    {
        // 408 and 429 ask to come again, 5xx failed; all other answers are outcomes.
        if (message.Response.Status is 408 or 429 or >= 500)
        {
            message.Response.Headers.TryGetValue("x-ms-error-code", out var code);
            TryFailed(message.Request.ClientRequestId, message.ProcessingContext.RetryNumber + 1, message.Response.Status, code ?? "none");
        }
    }

    [LoggerMessage(1003, LogLevel.Warning, "Storage request {RequestId}, try {Try}: the connection failed ({Fault}).")]
    private partial void TryBroke(string requestId, int @try, string fault);

    [LoggerMessage(1004, LogLevel.Warning, "Storage request {RequestId}, try {Try}: status {Status}, code {Code}.")]
    private partial void TryFailed(string requestId, int @try, int status, string code);
}
