using System.Net;
using Holdfast.Peers;
using Holdfast.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Holdfast.Bench.Fixtures;

/// <summary>
/// Stands before the three services of storage, passes HTTP on and counts. Requests are signed without their host, so the signature stays
/// right.
/// </summary>
internal sealed class CountedStorage : IAsyncDisposable
{
    private static readonly HashSet<string> NotPassedOn = new(
        StringComparer.OrdinalIgnoreCase) { "Host", "Connection", "Transfer-Encoding", "Keep-Alive" };
    private readonly Lock _gate = new();
    private readonly List<StorageCall> _calls = [];
    private readonly HttpMessageInvoker _far = new(
        new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, ActivityHeadersPropagator = null });
    private readonly WebApplication _app;
    private readonly Uri[] _targets;
    private Uri[] _endpoints = [];
    private TaskCompletionSource _nextCall = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private CountedStorage(Azurite azurite)
    {
        _targets = [azurite.Endpoint, azurite.QueueEndpoint, azurite.TableEndpoint];
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            Array.ForEach(_targets, _ => kestrel.Listen(IPAddress.Loopback, 0));
            kestrel.AddServerHeader = false;
        });
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Run(PassAsync);
    }

    public string ConnectionString { get; private set; } = null!;

    public static async Task<CountedStorage> StartAsync(Azurite azurite)
    {
        var storage = new CountedStorage(azurite);
        await storage._app.StartAsync();
        storage._endpoints = [.. storage._app.Urls.Select(url => new Uri(url))];
        var (text, ends) = (azurite.ConnectionString, storage._endpoints);
        for (var service = 0; service < ends.Length; service++)
        {
            text = text.Replace(storage._targets[service].Authority, ends[service].Authority, StringComparison.Ordinal);
        }

        storage.ConnectionString = text;
        return storage;
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
        var service = Array.FindIndex(_endpoints, endpoint => endpoint.Port == http.Connection.LocalPort);
        using var request = new HttpRequestMessage(
            new HttpMethod(http.Request.Method), _targets[service].GetLeftPart(UriPartial.Authority) + target);
        request.Headers.ExpectContinue = false;
        if (http.Request.ContentLength is not null || http.Request.Headers.TransferEncoding.Count > 0)
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

        Note(http.Request, (StorageService)service, (int)answer.StatusCode, body, from);
        if (body.Length > 0 && !HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(body, http.RequestAborted);
        }
    }

    private void Note(HttpRequest request, StorageService service, int status, byte[] answer, long from)
    {
        // /account/container/blob…
        var path = request.Path.Value!.Split('/', 4);
        var isLook = service == StorageService.Queues && HttpMethods.IsGet(request.Method) && path is [.., "messages"];
        var call = new StorageCall(
            service,
            request.Method,
            path.Length > 2 ? path[2] : "",
            path.Length > 3 ? path[3] : "",
            request.Query["prefix"].ToString(),
            request.Query["comp"] is [var component] ? component : null,
            request.Headers["x-ms-lease-action"] is [var action] ? action : null,
            isLook && answer.AsSpan().IndexOf("<QueueMessage>"u8) < 0,
            status,
            answer.Length,
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
