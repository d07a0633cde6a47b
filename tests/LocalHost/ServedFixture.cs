using Holdfast.Tests.Support;
using Xunit;

namespace Holdfast.LocalHost.Tests;

/// <summary>One served app for a class of tests; they keep apart by names.</summary>
public class ServedFixture(SharedAzurite azurite) : IAsyncLifetime
{
    public ServedApp App { get; private set; } = null!;

    public async ValueTask InitializeAsync() => App = await ServedApp.StartAsync(await azurite.GetAsync(), settings: Settings);

    protected virtual IReadOnlyDictionary<string, string?>? Settings => null;

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
