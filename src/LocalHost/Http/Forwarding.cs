using System.Net;
using Yarp.ReverseProxy.Forwarder;

namespace Holdfast.LocalHost.Http;

/// <summary>Passes requests on to the worker's own HTTP address, bodies and answers as they flow.</summary>
internal sealed class Forwarding(IHttpForwarder forwarder) : IDisposable
{
    private const string InvocationHeader = "x-ms-invocation-id";

    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
    });

    /// <summary>A stream may be silent for as long as it likes: its two ends decide when it is over.</summary>
    private readonly ForwarderRequestConfig _patience = new() { ActivityTimeout = Timeout.InfiniteTimeSpan };

    /// <summary>The scheme that the caller used, where something in front of this host took the request by TLS.</summary>
    public static string SchemeOf(HttpRequest request) =>
        request.Headers["X-Forwarded-Proto"] is ["https" or "http"] forwarded ? forwarded.ToString() : request.Scheme;

    /// <param name="http">The caller's request and answer.</param>
    /// <param name="worker">The worker's address.</param>
    /// <param name="invocationId">The invocation that the request belongs to.</param>
    /// <param name="cancellationToken">Ends both halves.</param>
    /// <returns>False when there is no whole answer.</returns>
    public async Task<bool> SendAsync(HttpContext http, Uri worker, string invocationId, CancellationToken cancellationToken) =>
        await forwarder.SendAsync(
            http, worker.ToString(), _client, _patience, new Transformer(invocationId), cancellationToken) == ForwarderError.None;

    public void Dispose() => _client.Dispose();

    private sealed class Transformer(string invocationId) : HttpTransformer
    {
        public override async ValueTask TransformRequestAsync(
            HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            Set(proxyRequest, InvocationHeader, invocationId);
            Set(proxyRequest, "X-Forwarded-Host", httpContext.Request.Host.ToString());
            Set(proxyRequest, "X-Forwarded-Proto", SchemeOf(httpContext.Request));
            Set(proxyRequest, "X-Forwarded-For", httpContext.Connection.RemoteIpAddress?.ToString() ?? "");
        }

        private static void Set(HttpRequestMessage request, string name, string value)
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }
    }
}
