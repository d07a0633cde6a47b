using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Holdfast.Tests.Faults.Injection;

/// <summary>
/// The way to one service of the account, on loopback, in all faults. A request that was let through runs to its end at the service also
/// when
/// its caller is gone by then, as it would in a network.
/// </summary>
public sealed class StorageProxy : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _service;
    private readonly Uri _target;
    private readonly Func<string, (string Name, Forecast Forecast)> _storageFaults;
    private readonly FaultLog _log;
    private readonly CancellationTokenSource _stopping = new();

    private StorageProxy(Uri target, Func<string, (string Name, Forecast Forecast)> faults, FaultLog log)
    {
        (_target, _storageFaults, _log) = (target, faults, log);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
        };
        _service = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
        });
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Run(ServeAsync);
    }

    public Uri Endpoint { get; private set; } = null!;

    /// <param name="target">The service.</param>
    /// <param name="faults">What happens to a request for this path, and whose faults that is.</param>
    public static async Task<StorageProxy> StartAsync(Uri target, Func<string, (string Name, Forecast Forecast)> faults, FaultLog log)
    {
        var proxy = new StorageProxy(target, faults, log);
        await proxy._app.StartAsync();
        proxy.Endpoint = new Uri(proxy._app.Urls.First());
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _app.StopAsync(_stopping.Token);
        await _app.DisposeAsync();
        _service.Dispose();
        _stopping.Dispose();
    }

    private async Task ServeAsync(HttpContext http)
    {
        try
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body, _stopping.Token);
            var (name, forecast) = _storageFaults(http.Request.Path);
            if (forecast is not Forecast.Fair and not Forecast.Delayed)
            {
                _log.Note($"{name}: {FaultNames.Of(forecast)}", $"{http.Request.Method} {TargetOf(http).Split("sig=")[0]}");
            }

            await PlayAsync(http, body.ToArray(), forecast);
        }
        catch (Exception fault) when (fault is OperationCanceledException or IOException or HttpRequestException or BadHttpRequestException)
        {
            // The caller went, or the run is over.
            http.Abort();
        }
    }

    private async Task PlayAsync(HttpContext http, byte[] body, Forecast forecast)
    {
        switch (forecast)
        {
            case Forecast.Refused refused:
                await RefuseAsync(http, refused);
                return;
            case Forecast.Reset:
                http.Abort();
                return;
            case Forecast.Delayed delayed:
                await Task.Delay(delayed.By, _stopping.Token);
                break;
            case Forecast.Held held:
                await Task.Delay(held.For, _stopping.Token);
                break;
            case Forecast.StalledRequest stalled:
                await Task.Delay(stalled.For, _stopping.Token);
                break;
        }

        using var answer = await AskAsync(http, body);
        if (forecast is Forecast.StalledAnswer late)
        {
            await Task.Delay(late.For, _stopping.Token);
        }

        await AnswerAsync(http, answer, forecast);
    }

    private async Task<HttpResponseMessage> AskAsync(HttpContext http, byte[] body)
    {
        // The signature covers the path as it was written.
        var target = new Uri(_target.GetLeftPart(UriPartial.Authority) + TargetOf(http),
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(new HttpMethod(http.Request.Method), target);
        if (body.Length > 0 || http.Request.ContentLength is not null)
        {
            request.Content = new ByteArrayContent(body);
        }

        foreach (var (name, values) in http.Request.Headers)
        {
            if (name is not ("Host" or "Connection" or "Content-Length" or "Transfer-Encoding")
                && !request.Headers.TryAddWithoutValidation(name, values.ToArray()))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, values.ToArray());
            }
        }

        return await _service.SendAsync(request, HttpCompletionOption.ResponseContentRead, _stopping.Token);
    }

    private async Task AnswerAsync(HttpContext http, HttpResponseMessage answer, Forecast forecast)
    {
        if (forecast is Forecast.LostAnswer)
        {
            http.Abort();
            return;
        }

        http.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers))
        {
            if (name is not ("Connection" or "Keep-Alive" or "Transfer-Encoding"))
            {
                http.Response.Headers[name] = values.ToArray();
            }
        }

        var content = await answer.Content.ReadAsByteArrayAsync(_stopping.Token);
        if (forecast is Forecast.CutAnswer)
        {
            if (content.Length > 1)
            {
                http.Response.ContentLength = content.Length;
                await http.Response.Body.WriteAsync(content.AsMemory(0, content.Length / 2), _stopping.Token);
                await http.Response.Body.FlushAsync(_stopping.Token);
            }

            http.Abort();
            return;
        }

        if (content.Length > 0)
        {
            await http.Response.Body.WriteAsync(content, http.RequestAborted);
        }
    }

    private static async Task RefuseAsync(HttpContext http, Forecast.Refused refused)
    {
        http.Response.StatusCode = refused.Status;
        http.Response.ContentType = "application/xml";
        http.Response.Headers["x-ms-error-code"] = refused.ErrorCode;
        await http.Response.WriteAsync(
            $"""<?xml version="1.0" encoding="utf-8"?><Error><Code>{refused.ErrorCode}</Code><Message>Faults.</Message></Error>""");
    }

    private static string TargetOf(HttpContext http) => http.Features.Get<IHttpRequestFeature>()!.RawTarget;
}
