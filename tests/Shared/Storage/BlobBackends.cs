using Holdfast.Storage;
using Holdfast.Storage.AzureBlobs;
using Holdfast.Tests.Support;
using Holdfast.Tests.Support.Blobs;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Holdfast.Tests.Storage;

/// <summary>A blob service that the contract suites run on.</summary>
public interface IBlobBackend
{
    /// <summary>
    /// True when a read's bytes and ETag are always of one instant. Azurite fixes an append blob's range before it reads the bytes, and
    /// takes ETag and metadata after: with a writer at work they may be newer than bytes and length. An append that names ETag and
    /// length of such a read is still refused, by its position.
    /// </summary>
    bool ReadsAreAtomic { get; }

    /// <summary>An empty container of its own.</summary>
    Task<IBlobContainer> OpenAsync(int listPageSize);

    /// <summary>Lets the lease time of <paramref name="length"/> pass: in the in-memory service at once, elsewhere really.</summary>
    Task PassAsync(TimeSpan length);
}

public sealed class MemoryBackend : IBlobBackend
{
    private readonly ManualClock _clock = new();

    public bool ReadsAreAtomic => true;

    public Task<IBlobContainer> OpenAsync(int listPageSize) =>
        Task.FromResult<IBlobContainer>(new MemoryBlobContainer(new MemoryBlobStore(_clock), gate: null, listPageSize));

    public Task PassAsync(TimeSpan length)
    {
        _clock.Advance(length);
        return Task.CompletedTask;
    }
}

public sealed class AzuriteBackend(SharedAzurite azurite) : IBlobBackend
{
    public bool ReadsAreAtomic => false;

    public async Task<IBlobContainer> OpenAsync(int listPageSize)
    {
        var container = AzureContainers.Open(
            (await azurite.GetAsync()).ConnectionString, azurite.NextContainerName(), options => options.ListPageSize = listPageSize);
        await container.EnsureExistsAsync(CancellationToken.None);
        return container;
    }

    public Task PassAsync(TimeSpan length) => Task.Delay(length);
}

/// <summary>Makes containers of the real implementation.</summary>
internal static class AzureContainers
{
    public static AzureBlobContainer Open(
        string connectionString,
        string container,
        Action<StorageOptions>? configure = null,
        ILogger<AzureBlobContainer>? logger = null)
    {
        var options = new StorageOptions { ConnectionString = connectionString, Container = container };
        configure?.Invoke(options);
        return new AzureBlobContainer(Options.Create(options), logger ?? NullLogger<AzureBlobContainer>.Instance);
    }
}
