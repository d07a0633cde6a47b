using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Holdfast.Embedded.Worker.Tests;

/// <summary>Created per invocation; knows how often from its own scope.</summary>
public sealed class HttpFunctions(Probe probe, Ticket ticket)
{
    [Function("plain")]
    public IActionResult Plain([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request)
        => new OkObjectResult(new { Path = request.Path.Value, Ticket = ticket.Number });

    [Function("result")]
    public static async Task<IResult> Result([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post")] HttpRequest request)
    {
        using var body = new StreamReader(request.Body);
        return Results.Text($"{request.Method} {await body.ReadToEndAsync()}", statusCode: 201);
    }

    [Function("nothing")]
    public static Task Nothing([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) => Task.CompletedTask;

    [Function("value")]
    public static ValueTask<IActionResult> Value([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request)
        => ValueTask.FromResult<IActionResult>(new StatusCodeResult(204));

    [Function("item")]
    public static IResult Item(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "items/{id:guid}/{count:int?}")] HttpRequest request,
        Guid id,
        int? count,
        FunctionContext context,
        CancellationToken cancellationToken)
        => Results.Text($"{id:N} {count?.ToString() ?? "none"} {context.FunctionDefinition.Name} {cancellationToken.CanBeCanceled}");

    [Function("named")]
    public static IResult Named([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "items/{name}")] HttpRequest request, string name)
        => Results.Text($"named {name}");

    [Function("special")]
    public static IResult Special([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "items/special")] HttpRequest request)
        => Results.Text("special");

    [Function("rest")]
    public static IResult Rest([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "rest/{number}/{*tail}")] HttpRequest request, int number, string? tail)
        => Results.Text($"{number} {tail ?? "none"}");

    [Function("boom")]
    public static IActionResult Boom([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request)
        => throw new InvalidOperationException("for the log only");

    [Function("late-boom")]
    public static async Task LateBoom([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request)
    {
        await request.HttpContext.Response.WriteAsync("begun");
        await request.HttpContext.Response.Body.FlushAsync();
        throw new InvalidOperationException("too late for a status");
    }

    [Function("stream")]
    public async Task Stream([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request, CancellationToken cancellationToken)
    {
        request.HttpContext.Response.ContentType = "text/event-stream";
        try
        {
            await foreach (var line in probe.Lines.Reader.ReadAllAsync(cancellationToken))
            {
                await request.HttpContext.Response.WriteAsync($"data: {line}\n\n", cancellationToken);
                await request.HttpContext.Response.Body.FlushAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            probe.Events.Enqueue("caller gone");
            throw;
        }
    }

    [Function("file")]
    public static IActionResult File([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request)
        => new FileStreamResult(new MemoryStream([1, 2, 3]), "application/octet-stream");
}

/// <summary>Scoped: a new number per invocation.</summary>
public sealed class Ticket(Probe probe) : IDisposable
{
    private static int _last;

    public int Number { get; } = Interlocked.Increment(ref _last);

    public void Dispose() => probe.Events.Enqueue($"disposed {Number}");
}

public static class GuardedFunctions
{
    [Function("open")]
    public static IResult Open([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) => Results.Text("open");

    [Function("guarded")]
    public static IResult Guarded([HttpTrigger(AuthorizationLevel.Function)] HttpRequest request) => Results.Text("guarded");

    [Function("master")]
    public static IResult Master([HttpTrigger(AuthorizationLevel.Admin)] HttpRequest request) => Results.Text("master");

    [Function("unsaid")]
    public static IResult Unsaid([HttpTrigger("get")] HttpRequest request) => Results.Text("unsaid");
}

public static class ProcessFunctions
{
    [Function("ping")]
    public static IResult Ping([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) => Results.Text("pong");

    /// <summary>Goes on for half a second after the host was told to stop, then answers.</summary>
    [Function("slow")]
    public static async Task<IResult> Slow([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request, CancellationToken cancellationToken)
    {
        await request.HttpContext.Response.WriteAsync("begun ", CancellationToken.None);
        await request.HttpContext.Response.Body.FlushAsync(CancellationToken.None);
        var stopped = new TaskCompletionSource();
        await using var registration = cancellationToken.Register(stopped.SetResult);
        await stopped.Task;
        await Task.Delay(500, CancellationToken.None);
        await request.HttpContext.Response.WriteAsync("finished", CancellationToken.None);
        return Results.Empty;
    }
}
