using Holdfast.Tests.Support;

namespace Holdfast.Tests.Faults.Injection;

/// <summary>
/// The way to a storage account: its blobs, queues and tables. Requests to the app's own container meet the app's faults, all others that
/// of
/// the engine's task hub.
/// </summary>
public sealed class AccountProxy : IAsyncDisposable
{
    /// <summary>The app's container, below the account's name.</summary>
    private const string Container = "/holdfast";

    private readonly List<StorageProxy> _services = [];
    private readonly AppStorageFaults _app;
    private readonly TaskHubFaults _engine;
    private int _requestsOfApp;
    private int _requestsOfEngine;

    private AccountProxy(AppStorageFaults app, TaskHubFaults engine) => (_app, _engine) = (app, engine);

    public string ConnectionString => Azurite.ConnectionStringVia(_services[0].Endpoint, _services[1].Endpoint, _services[2].Endpoint);

    /// <summary>To the app's container.</summary>
    public int RequestsOfApp => Volatile.Read(ref _requestsOfApp);

    /// <summary>To everything else.</summary>
    public int RequestsOfEngine => Volatile.Read(ref _requestsOfEngine);

    public static async Task<AccountProxy> StartAsync(Azurite account, AppStorageFaults app, TaskHubFaults engine, FaultLog log)
    {
        var proxy = new AccountProxy(app, engine);
        foreach (var service in new[] { account.Endpoint, account.QueueEndpoint, account.TableEndpoint })
        {
            proxy._services.Add(await StorageProxy.StartAsync(service, proxy.Next, log));
        }

        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services)
        {
            await service.DisposeAsync();
        }
    }

    private (string Name, Forecast Forecast) Next(string path)
    {
        // The path begins with the account's name.
        var below = path.IndexOf('/', 1) is > 0 and var at ? path[at..] : "";
        if (below == Container || below.StartsWith(Container + "/", StringComparison.Ordinal))
        {
            Interlocked.Increment(ref _requestsOfApp);
            return (FaultNames.Storage, _app.Next());
        }

        Interlocked.Increment(ref _requestsOfEngine);
        return (FaultNames.TaskHub, _engine.Next());
    }
}
