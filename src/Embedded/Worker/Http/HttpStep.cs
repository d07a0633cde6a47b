using Holdfast.Embedded.Invocation;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Holdfast.Embedded.Http;

/// <summary>
/// The pipeline step of HTTP functions: gives the request to what follows and executes the result that comes back. It stands
/// where <c>ConfigureFunctionsWebApplication</c> was called, so that later middleware sees the request and may replace the result.
/// </summary>
internal static partial class HttpStep
{
    /// <summary>The key of the public package; code that reads the item directly finds it.</summary>
    public const string HttpContextKey = "HttpRequestContext";

    public static FunctionExecutionDelegate Around(FunctionExecutionDelegate next) => async context =>
    {
        if (context is not FunctionInvocation { Trigger: HttpContext http } invocation)
        {
            await next(context);
            return;
        }

        context.Items[HttpContextKey] = http;
        http.RequestServices = context.InstanceServices;
        await next(context);
        await AnswerAsync(invocation, http);
    };

    private static async Task AnswerAsync(FunctionInvocation invocation, HttpContext http)
    {
        switch (invocation.Returned.Value)
        {
            case IActionResult result:
                await result.ExecuteResultAsync(new ActionContext(http, http.GetRouteData(), new ActionDescriptor()));
                break;
            case IResult result:
                await result.ExecuteAsync(http);
                break;
            default:
                // The function wrote its answer itself, or there is none and the status stays 200.
                NoResult(
                    invocation.InstanceServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(HttpStep)),
                    invocation.FunctionDefinition.Name,
                    invocation.InvocationId);
                break;
        }
    }

    [LoggerMessage(9020, LogLevel.Debug, "Function {FunctionName} returned no HTTP result (invocation {InvocationId})")]
    private static partial void NoResult(ILogger logger, string functionName, string invocationId);
}
