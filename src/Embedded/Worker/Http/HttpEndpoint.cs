using Holdfast.Embedded.Hosting;
using Holdfast.Embedded.Invocation;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Holdfast.Embedded.Http;

/// <summary>
/// The door of one HTTP function. An exception that nobody caught is answered with 500 and an empty body, or by cutting the
/// connection when the answer has begun; the invoker has logged it.
/// </summary>
internal sealed partial class HttpEndpoint(
    FunctionDescriptor function,
    IFunctionInvoker invoker,
    RunningInvocations running,
    ILogger<HttpEndpoint> logger)
{
    public async Task ServeAsync(HttpContext http)
    {
        using var invocation = running.Begin(http.RequestAborted);
        try
        {
            await invoker.InvokeAsync(function, http, invocation.Token);
        }
        catch (Exception failure)
        {
            if (http.RequestAborted.IsCancellationRequested)
            {
                CallerGone(function.Name);
                return;
            }

            if (http.Response.HasStarted)
            {
                http.Abort();
                return;
            }

            http.Response.Clear();
            http.Response.StatusCode = StatusOf(failure, invocation.Token);
        }
    }

    // A body above this host's limit is answered as the host in front of a real worker would; a function that gave up because
    // the host stops has not failed.
    private static int StatusOf(Exception failure, CancellationToken stopping) => failure switch
    {
        BadHttpRequestException bad => bad.StatusCode,
        OperationCanceledException when stopping.IsCancellationRequested => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    [LoggerMessage(9021, LogLevel.Debug, "The caller of function {FunctionName} has gone")]
    private partial void CallerGone(string functionName);
}
