using Holdfast.Embedded.Durable.Dispatch;
using Microsoft.Extensions.Hosting;

namespace Holdfast.Embedded.Durable.Hosting;

/// <summary>Starts and stops the engine with the host.</summary>
internal sealed class HubLifetime(TaskHub hub) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        hub.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => hub.StopAsync(cancellationToken);
}
