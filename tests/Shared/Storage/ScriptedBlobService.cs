using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Holdfast.Tests.Storage;

/// <summary>
/// An HTTP server on loopback that answers the storage SDK by script, one step a request; the last step serves all that follow.
/// </summary>
internal sealed class ScriptedBlobService : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly Func<HttpContext, Task>[] _steps;

    private ScriptedBlobService(Func<HttpContext, Task>[] steps)
    {
        _steps = steps;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    /// <summary>Method, path with query, and the range where one was asked for.</summary>
    public IReadOnlyCollection<string> Requests => _requests;

    public Uri Endpoint => new(_app.Urls.Single());

    public static async Task<ScriptedBlobService> StartAsync(params Func<HttpContext, Task>[] steps)
    {
        var service = new ScriptedBlobService(steps);
        await service._app.StartAsync();
        return service;
    }

    /// <summary>A refusal or fault as the service words it.</summary>
    public static Func<HttpContext, Task> Fails(int status, string code) => async http =>
    {
        http.Response.StatusCode = status;
        http.Response.Headers["x-ms-error-code"] = code;
        http.Response.ContentType = "application/xml";
        await http.Response.WriteAsync(
            $"<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{code}</Code><Message>scripted</Message></Error>");
    };

    /// <summary>The answer to an append that stands.</summary>
    public static Task Appended(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status201Created;
        http.Response.Headers.ETag = "\"0x1\"";
        http.Response.Headers.LastModified = "Thu, 01 Jan 2026 00:00:00 GMT";
        http.Response.Headers["x-ms-blob-append-offset"] = "0";
        http.Response.Headers["x-ms-blob-committed-block-count"] = "1";
        return Task.CompletedTask;
    }

    /// <summary>Takes the request and never answers.</summary>
    public static Task Hangs(HttpContext http) => Task.Delay(Timeout.Infinite, http.RequestAborted);

    /// <summary>Takes the request and cuts the connection.</summary>
    public static Task Breaks(HttpContext http)
    {
        http.Abort();
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        // A hanging request would hold an orderly stop up: abort.
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        _requests.Enqueue(
            $"{http.Request.Method} {http.Request.Path}{http.Request.QueryString} {http.Request.Headers["x-ms-range"]}".TrimEnd());
        await http.Request.Body.CopyToAsync(Stream.Null);
        await _steps[Math.Min(_requests.Count, _steps.Length) - 1](http);
    }
}
