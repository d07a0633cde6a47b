using System.Net;
using Holdfast.LocalHost.Functions;
using Holdfast.LocalHost.Http;
using Holdfast.LocalHost.Workers;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Holdfast.LocalHost;

/// <summary>The host's two listeners: HTTP/1 for callers, and HTTP/2 on a loopback port of its own for the worker's stream.</summary>
internal static class HostServer
{
    /// <summary>The limit of the Functions host.</summary>
    private const long MaxBodyBytes = 100 * 1024 * 1024;

    public static WebApplication Build(HostArguments arguments, ILoggerFactory loggers, Action<IServiceCollection> services)
    {
        var bind = arguments.Bind is null ? IPAddress.Loopback : IPAddress.TryParse(arguments.Bind, out var address)
            ? address
            : throw new StartUpException($"--bind: '{arguments.Bind}' is not an IP address.");
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
            // A slow stream is a stream.
            (kestrel.Limits.MinRequestBodyDataRate, kestrel.Limits.MinResponseDataRate) = (null, null);
            kestrel.Listen(bind, arguments.Port, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        services(builder.Services);
        builder.Services.AddSingleton(loggers);
        builder.Services.AddRouting().AddHttpForwarder();
        builder.Services.AddGrpc(grpc => (grpc.MaxReceiveMessageSize, grpc.MaxSendMessageSize) = (null, null));
        return builder.Build();
    }

    public static void Map(WebApplication web, IEnumerable<FunctionDefinition> functions, string routePrefix)
    {
        // No listener for callers speaks HTTP/2, so none of them gets to the stream; and the stream's listener serves nothing else.
        web.MapWhen(
            http => HttpProtocol.IsHttp2(http.Request.Protocol),
            channel => channel.UseRouting().UseEndpoints(routes => routes.MapGrpcService<WorkerStreams>()));
        web.Use(HttpFunctions.HideMethodsAsync);
        web.UseRouting();
        web.Use(web.Services.GetRequiredService<CallerPolicy>().InvokeAsync);
        var state = web.Services.GetRequiredService<HostState>();
        web.Use(state.GateAsync);
        web.MapGet("admin/host/status", state.Describe).WithMetadata(new RequiredLevel(AccessLevel.Admin));
        web.Services.GetRequiredService<ExtensionEndpoints>().Map(web);
        web.Services.GetRequiredService<HttpFunctions>().Map(web, functions, routePrefix);
    }

    /// <returns>Where callers come, and where the worker opens its stream.</returns>
    /// <exception cref="StartUpException">The port is in use, or the address is not this machine's.</exception>
    public static async Task<(Uri Callers, Uri Channel)> ListenAsync(WebApplication web)
    {
        try
        {
            await web.StartAsync();
        }
        catch (Exception fault) when (fault is IOException or System.Net.Sockets.SocketException)
        {
            throw new StartUpException($"The host cannot listen: {fault.Message}", fault);
        }

        var addresses = web.Urls.Select(address => new Uri(address)).ToArray();
        return (addresses[0], addresses[1]);
    }
}
