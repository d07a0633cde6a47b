using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Holdfast.LocalHost.App;

public sealed class HttpFunctions(Trail trail, IConfiguration configuration, ILogger<HttpFunctions> log)
{
    [Function("Ping")]
    public static IResult Ping(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "ping")] HttpRequest request) =>
            Results.Text($"pong {request.Scheme}://{request.Host}");

    [Function("Guarded")]
    public static async Task<IResult> GuardedAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "post", Route = "guarded/{name?}")] HttpRequest request, string? name)
    {
        using var reader = new StreamReader(request.Body);
        return Results.Text($"{name}:{await reader.ReadToEndAsync()}");
    }

    [Function("Locked")]
    public static IResult Locked(
        [HttpTrigger(AuthorizationLevel.Admin, "get", Route = "locked")] HttpRequest request) => Results.Text("unlocked");

    [Function("Setting")]
    public IResult Setting([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "settings/{name}")] HttpRequest request, string name)
    {
        log.LogInformation("Setting {Name} was read", name);
        return Results.Text(configuration[name] ?? "(none)");
    }

    [Function("Throw")]
    public static IResult Throw(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "throw")] HttpRequest request) =>
            throw new InvalidOperationException("thrown on purpose");

    /// <summary>A line each time that a test opens the next one, for as long as the caller listens.</summary>
    [Function("Stream")]
    public async Task StreamAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "stream/{name}")] HttpRequest request, string name,
        FunctionContext context)
    {
        var response = request.HttpContext.Response;
        response.ContentType = "text/event-stream";
        // Each by its own: the invocation is cancelled over the channel, the request by its connection.
        using var cancelled = context.CancellationToken.Register(() => trail.Leave(name, "cancelled"));
        var isAborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var aborted = request.HttpContext.RequestAborted.Register(() =>
        {
            trail.Leave(name, "aborted");
            isAborted.SetResult();
        });
        try
        {
            for (var number = 1; ; number++)
            {
                await trail.OpenedAsync($"{name}-{number}", context.CancellationToken);
                await response.WriteAsync($"data: {number}\n\n", context.CancellationToken);
                await response.Body.FlushAsync(context.CancellationToken);
            }
        }
        finally
        {
            // Either may come first: the function stays for the other.
            await Task.WhenAny(isAborted.Task, Task.Delay(TimeSpan.FromSeconds(5)));
            trail.Leave(name, "ended");
        }
    }

    /// <summary>Notes how much of the body has come, part by part.</summary>
    [Function("Upload")]
    public async Task<IResult> UploadAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "upload/{name}")] HttpRequest request, string name,
        CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        var total = 0;
        while (await request.Body.ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            trail.Leave(name, $"{total += count}");
        }

        return Results.Text($"{total}");
    }

    [Function("Tick")]
    public void Tick([TimerTrigger("%TickSchedule%")] TimerInfo timer) => trail.Leave("ticks", timer.IsPastDue ? "late" : "tick");

    /// <summary>Writes to the console and ends the process under the host.</summary>
    [Function("Crash")]
    public static void Crash([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "crash")] HttpRequest request)
    {
        Console.Error.WriteLine("told to crash");
        Environment.Exit(7);
    }
}
