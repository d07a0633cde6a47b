using Holdfast.Storage;
using Microsoft.Extensions.Hosting;

namespace Holdfast.Functions.Composition;

/// <summary>Makes sure of the container before the host is called and requests are listened for, so that none has to.</summary>
internal sealed class ContainerAtStart(IBlobContainer blobs) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => blobs.EnsureExistsAsync(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
