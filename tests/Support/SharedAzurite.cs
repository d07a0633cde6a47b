namespace Holdfast.Tests.Support;

/// <summary>
/// One Azurite for a whole test assembly, started by the first test that asks:
/// <c>[assembly: AssemblyFixture(typeof(SharedAzurite))]</c>. Tests keep apart by container names.
/// </summary>
public sealed class SharedAzurite : IAsyncDisposable
{
    private readonly Lazy<Task<Azurite>> _azurite = new(() => Azurite.StartAsync());
    private int _containers;

    public Task<Azurite> GetAsync() => _azurite.Value;

    /// <summary>A container name that no other test of this assembly has.</summary>
    public string NextContainerName() => $"test-{Interlocked.Increment(ref _containers)}";

    public async ValueTask DisposeAsync()
    {
        if (_azurite.IsValueCreated)
        {
            await (await _azurite.Value).DisposeAsync();
        }
    }
}
