using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace Holdfast.Embedded.Worker.Tests;

public sealed class OuterMiddleware(Probe probe) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        probe.Events.Enqueue($"outer in {context.FunctionDefinition.Name} {context.GetHttpContext() is not null}");
        context.Items["from"] = "outer";
        await next(context);
        probe.Events.Enqueue($"outer out {context.GetInvocationResult().Value?.GetType().Name ?? "null"}");
    }
}

public sealed class InnerMiddleware(Probe probe) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        probe.Events.Enqueue($"inner in {context.Items["from"]} {context.FunctionDefinition.InputBindings.Values.Single().Type}");
        await next(context);
        if (context.GetHttpContext()?.Request.Query.ContainsKey("replace") is true)
        {
            context.GetInvocationResult().Value = Results.StatusCode(418);
        }

        probe.Events.Enqueue("inner out");
    }
}

public static class WrappedFunctions
{
    [Function("wrapped")]
    public static IResult Run([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request, FunctionContext context)
    {
        context.InstanceServices.ShouldBeRequestServicesOf(request.HttpContext);
        return Results.Text($"{context.Items["from"]}");
    }

    private static void ShouldBeRequestServicesOf(this IServiceProvider services, HttpContext http)
    {
        if (!ReferenceEquals(services, http.RequestServices))
        {
            throw new InvalidOperationException("The request has other services than its invocation.");
        }
    }
}
