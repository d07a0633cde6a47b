using System.Net;
using Holdfast.Peers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Holdfast.Bench.Stage;

/// <summary>One request to storage as it passed on the wire.</summary>
/// <param name="Blob">Path below the container; empty for a listing.</param>
/// <param name="Prefix">What a listing asked for; empty otherwise.</param>
/// <param name="AnswerBytes">Bytes of the answer's body.</param>
/// <param name="FromMicros">When it came.</param>
/// <param name="AtMicros">When it was answered.</param>
internal sealed record StorageCall(string Method, string Blob, string Prefix, string? Component, long AnswerBytes, long FromMicros, long AtMicros)
{
    /// <summary>True for the durable engine's own histories.</summary>
    public bool IsEngine => Blob.StartsWith("taskhub/", StringComparison.Ordinal) || Prefix.StartsWith("taskhub", StringComparison.Ordinal);

    /// <summary>For example <c>PUT sessions ?comp=lease</c>.</summary>
    public string Kind => $"{Method} {(Blob + Prefix).Split('/')[0]}{(Component is null ? "" : " " + Component)}";
}

/// <summary>Passes HTTP on to storage and counts. Requests are signed without their host, so the signature stays right.</summary>
internal sealed class CountingProxy : IAsyncDisposable
{
    private static readonly HashSet<string> NotPassedOn = new(StringComparer.OrdinalIgnoreCase) { "Host", "Connection", "Transfer-Encoding", "Keep-Alive" };
    private readonly Lock _gate = new();
    private readonly List<StorageCall> _calls = [];
    private readonly HttpMessageInvoker _far = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, ActivityHeadersPropagator = null });
    private readonly WebApplication _app;
    private readonly Uri _target;
    private TaskCompletionSource _nextCall = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private CountingProxy(Uri target)
    {
        _target = target;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.AddServerHeader = false;
        });
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Run(PassAsync);
    }

    public Uri Endpoint { get; private set; } = null!;

    public static async Task<CountingProxy> StartAsync(Uri target)
    {
        var proxy = new CountingProxy(target);
        await proxy._app.StartAsync();
        proxy.Endpoint = new Uri(proxy._app.Urls.First());
        return proxy;
    }

    /// <summary>What passed since the last time it was taken.</summary>
    public IReadOnlyList<StorageCall> Take()
    {
        lock (_gate)
        {
            StorageCall[] taken = [.. _calls];
            _calls.Clear();
            return taken;
        }
    }

    /// <summary>Waits for a call, among those that were not taken yet or among those to come.</summary>
    public async Task<StorageCall> WaitForAsync(Func<StorageCall, bool> matches, TimeSpan within)
    {
        using var bound = new CancellationTokenSource(within);
        while (true)
        {
            Task next;
            lock (_gate)
            {
                if (_calls.Find(call => matches(call)) is { } found)
                {
                    return found;
                }

                next = _nextCall.Task;
            }

            await next.WaitAsync(bound.Token);
        }
    }

    /// <summary>Waits until nothing has passed for so long.</summary>
    public async Task WaitForQuietAsync(TimeSpan quiet)
    {
        while (true)
        {
            Task next;
            lock (_gate)
            {
                next = _nextCall.Task;
            }

            try
            {
                await next.WaitAsync(quiet);
            }
            catch (TimeoutException)
            {
                return;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _far.Dispose();
    }

    private async Task PassAsync(HttpContext http)
    {
        var from = PeerClock.NowMicros;
        var target = http.Features.Get<IHttpRequestFeature>()!.RawTarget;
        using var request = new HttpRequestMessage(new HttpMethod(http.Request.Method), _target.GetLeftPart(UriPartial.Authority) + target);
        request.Headers.ExpectContinue = false;
        if (http.Request.ContentLength is not null)
        {
            request.Content = new StreamContent(http.Request.Body);
        }

        foreach (var header in http.Request.Headers.Where(header => !NotPassedOn.Contains(header.Key)))
        {
            if (!request.Headers.TryAddWithoutValidation(header.Key, (IEnumerable<string?>)header.Value))
            {
                request.Content?.Headers.TryAddWithoutValidation(header.Key, (IEnumerable<string?>)header.Value);
            }
        }

        using var answer = await _far.SendAsync(request, http.RequestAborted);
        var body = await answer.Content.ReadAsByteArrayAsync(http.RequestAborted);
        http.Response.StatusCode = (int)answer.StatusCode;
        foreach (var header in answer.Headers.Concat(answer.Content.Headers).Where(header => !NotPassedOn.Contains(header.Key)))
        {
            http.Response.Headers[header.Key] = header.Value.ToArray();
        }

        Note(http.Request, body.Length, from);
        if (body.Length > 0 && !HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(body, http.RequestAborted);
        }
    }

    private void Note(HttpRequest request, long answerBytes, long from)
    {
        // /account/container/blob…
        var path = request.Path.Value!.Split('/', 4);
        var call = new StorageCall(
            request.Method,
            path.Length > 3 ? path[3] : "",
            request.Query["prefix"].ToString(),
            request.Query["comp"] is [var component] ? component : null,
            answerBytes,
            from,
            PeerClock.NowMicros);
        TaskCompletionSource passed;
        lock (_gate)
        {
            _calls.Add(call);
            (passed, _nextCall) = (_nextCall, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        passed.TrySetResult();
    }
}
