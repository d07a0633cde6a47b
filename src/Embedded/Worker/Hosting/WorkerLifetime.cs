using System.Net;
using Holdfast.Embedded.Http;
using Holdfast.Embedded.Invocation;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Holdfast.Embedded.Hosting;

/// <summary>
/// Announces the start and bounds the end: prints one line <c>Listening on {address}</c> per address when requests are accepted,
/// and waits for running invocations when the host stops. Registered before every other hosted service and thus stopped last;
/// <see cref="HostOptions.ShutdownTimeout"/> (30 s by default) bounds the whole stop.
/// </summary>
internal sealed partial class WorkerLifetime(
    IServer server,
    FunctionTable functions,
    RunningInvocations running,
    KeyGate keys,
    WorkerSetup setup,
    IHostApplicationLifetime lifetime,
    ILogger<WorkerLifetime> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        // The last step of the start: a signal that answers the announcement finds a host that can stop in order.
        lifetime.ApplicationStarted.Register(Announce);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (await running.DrainAsync(cancellationToken) is > 0 and var left)
        {
            LeftRunning(left);
        }
    }

    private void Announce()
    {
        foreach (var address in server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [])
        {
            setup.Output.WriteLine($"Listening on {address}");
            if (keys.IsOpen && !IsLoopback(address))
            {
                OpenToOthers(address, KeyGate.Setting);
            }
        }

        setup.Output.Flush();
        Serving(functions.Count);
    }

    private static bool IsLoopback(string address)
        => Uri.TryCreate(address, UriKind.Absolute, out var uri)
            && (uri.IsLoopback || (IPAddress.TryParse(uri.Host, out var ip) && IPAddress.IsLoopback(ip)));

    [LoggerMessage(9060, LogLevel.Information, "The worker serves {FunctionCount} functions")]
    private partial void Serving(int functionCount);

    [LoggerMessage(9061, LogLevel.Warning, "{Address} can be reached from other machines and no key is set ({Setting})")]
    private partial void OpenToOthers(string address, string setting);

    [LoggerMessage(9062, LogLevel.Warning, "Stopped with {InvocationCount} invocations still running")]
    private partial void LeftRunning(int invocationCount);
}
