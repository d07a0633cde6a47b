using Holdfast.LocalHost.Functions;
using Holdfast.LocalHost.Workers;

namespace Holdfast.LocalHost.Http;

/// <summary>
/// The endpoints of HTTP functions. A request is forwarded to the worker's own HTTP address while its invocation goes over the channel; a
/// header ties the two.
/// </summary>
internal sealed partial class HttpFunctions(
    FunctionInvoker invoker, WorkerSupervisor workers, Forwarding forwarding, ILogger<HttpFunctions> log)
{
    private static readonly string[] AllMethods = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"];

    /// <summary>A caller waits so long for a worker that starts, before he is asked to come again.</summary>
    private static readonly TimeSpan CallerWaits = TimeSpan.FromSeconds(5);

    public void Map(IEndpointRouteBuilder routes, IEnumerable<FunctionDefinition> functions, string prefix)
    {
        foreach (var function in functions.Where(function => function.IsHttp))
        {
            var methods = function.Trigger.Texts("methods").Select(method => method.ToUpperInvariant()).ToArray();
            var pattern = $"{prefix}/{function.Trigger.Text("route") ?? function.Name}";
            routes.MapMethods(pattern, methods.Length == 0 ? AllMethods : methods, http => HandleAsync(http, function))
                .WithMetadata(new RequiredLevel(LevelOf(function)));
        }
    }

    /// <summary>A known path with another method: the Functions host answers 404, and so does this one.</summary>
    public static async Task HideMethodsAsync(HttpContext http, RequestDelegate next)
    {
        await next(http);
        if (http.Response is
            {
                HasStarted: false, StatusCode: StatusCodes.Status404NotFound
            or StatusCodes.Status405MethodNotAllowed, ContentLength: null or 0
            }
            && http.GetEndpoint()?.Metadata.GetMetadata<RequiredLevel>() is null)
        {
            http.Response.Headers.Remove("Allow");
            await Problems.WriteAsync(http, StatusCodes.Status404NotFound, "There is nothing at this address.");
        }
    }

    private static AccessLevel LevelOf(FunctionDefinition function) => function.Trigger.Text("authLevel")?.ToUpperInvariant() switch
    {
        "ANONYMOUS" => AccessLevel.Anonymous,
        "ADMIN" => AccessLevel.Admin,
        // What says nothing is a function's level in Azure as well.
        _ => AccessLevel.Function,
    };

    private async Task HandleAsync(HttpContext http, FunctionDefinition function)
    {
        try
        {
            var worker = await workers.ReadyAsync(http.RequestAborted, CallerWaits);
            await RunAsync(http, function, worker);
        }
        catch (WorkerProcessExitException)
        {
            http.Response.Headers.RetryAfter = "1";
            await RefuseAsync(http, StatusCodes.Status503ServiceUnavailable, "The app is starting again.");
        }
        catch (FunctionFailedException fault)
        {
            if (!http.RequestAborted.IsCancellationRequested)
            {
                LogFailed(log, fault, function.Name);
            }

            await RefuseAsync(http, StatusCodes.Status500InternalServerError, "The function failed.");
        }
        catch (OperationCanceledException)
        {
            await RefuseAsync(http, StatusCodes.Status503ServiceUnavailable, "The function was cancelled.");
        }
    }

    private async Task RunAsync(HttpContext http, FunctionDefinition function, Worker worker)
    {
        var invocation = Invocation.New(
            http.Request.RouteValues.Where(value => value.Value is not null)
                .ToDictionary(value => value.Key, value => value.Value!.ToString()!));
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        var outcome = invoker.InvokeHttpAsync(worker, function, invocation, ended.Token);
        var forwarded = forwarding.SendAsync(http, worker.HttpAddress, invocation.Id, ended.Token);
        if (await Task.WhenAny(outcome, forwarded) == outcome ? !outcome.IsCompletedSuccessfully : !await forwarded)
        {
            // One half has failed: nobody waits for the other.
            await ended.CancelAsync();
        }

        // A function that threw leaves an empty 200 on the forwarded way, which has not been sent yet: what came over the channel decides.
        await forwarded;
        await outcome;
    }

    private static Task RefuseAsync(HttpContext http, int status, string detail)
    {
        if (!http.Response.HasStarted)
        {
            return Problems.WriteAsync(http, status, detail);
        }

        // Half an answer must not look like a whole one.
        http.Abort();
        return Task.CompletedTask;
    }
}
