using Holdfast.Storage;
using Microsoft.Extensions.Hosting;

namespace Holdfast.Functions.Composition;

/// <summary>Makes sure of the container before the first request, so that no request has to.</summary>
internal sealed class ContainerAtStart(IBlobContainer blobs) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => blobs.EnsureExistsAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
