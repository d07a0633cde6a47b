using Azure.Core;
using Azure.Storage.Blobs;
using Holdfast.Embedded.Durable.Client;
using Holdfast.Embedded.Durable.Dispatch;
using Holdfast.Embedded.Durable.Store;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Converters;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Embedded.Durable.Tests.Harness;

/// <summary>One life of an engine on a hub: functions are given as delegates, disposing is a kill without farewell.</summary>
internal sealed class TestEngine : IAsyncDisposable
{
    private static int _hubs;
    private readonly JsonDataConverter _converter = new(new() { PropertyNameCaseInsensitive = true });

    public TestEngine(Azurite azurite, string? hub = null, TimeProvider? time = null, ILoggerFactory? loggers = null, Action<DurableOptions>? configure = null)
    {
        Options.HubName = hub ?? $"hub{Interlocked.Increment(ref _hubs)}";
        configure?.Invoke(Options);
        var client = new BlobClientOptions();
        client.AddPolicy(Tap, HttpPipelinePosition.PerRetry);
        client.Retry.Delay = TimeSpan.FromMilliseconds(1);
        client.Retry.MaxRetries = 1;
        Container = new BlobContainerClient(azurite.ConnectionString, "durable", client);
        Hub = new TaskHub(
            new HistoryStore(Container, Options.HubName), Functions, Options, _converter, time ?? TimeProvider.System, loggers ?? NullLoggerFactory.Instance);
        Client = new EmbeddedDurableTaskClient(Hub);
    }

    public DurableOptions Options { get; } = new();

    public FunctionTable Functions { get; } = new();

    public StoreTap Tap { get; } = new();

    public BlobContainerClient Container { get; }

    public TaskHub Hub { get; }

    public DurableTaskClient Client { get; }

    public string HubName => Options.HubName;

    public TestEngine Orchestrator(string name, Func<TaskOrchestrationContext, Task<object?>> code)
    {
        Functions.Add(name, context => code(context));
        return this;
    }

    public TestEngine Activity<T>(string name, Func<T, CancellationToken, Task<object?>> code)
    {
        Functions.Add(name, (input, cancellationToken) => code(_converter.Deserialize<T>(input)!, cancellationToken));
        return this;
    }

    public TestEngine Activity<T>(string name, Func<T, object?> code) => Activity<T>(name, (input, _) => Task.FromResult(code(input)));

    public async Task<TestEngine> StartAsync()
    {
        Hub.Start();
        await Hub.Ready;
        return this;
    }

    /// <summary>Starts an orchestration and waits for its end.</summary>
    public async Task<OrchestrationMetadata> RunAsync(string name, object? input = null, string? instanceId = null)
    {
        var id = await Client.ScheduleNewOrchestrationInstanceAsync(name, input, new StartOrchestrationOptions(instanceId), Bound());
        return await EndOfAsync(id);
    }

    public Task<OrchestrationMetadata> EndOfAsync(string instanceId) =>
        Client.WaitForInstanceCompletionAsync(instanceId, getInputsAndOutputs: true, Bound());

    public async Task<OrchestrationRuntimeStatus?> StatusOfAsync(string instanceId) => (await Client.GetInstanceAsync(instanceId, Bound()))?.RuntimeStatus;

    public async Task<string?> CustomStatusOfAsync(string instanceId) =>
        (await Client.GetInstanceAsync(instanceId, getInputsAndOutputs: true, Bound()))?.SerializedCustomStatus;

    public async Task<IReadOnlyList<string>> BlobsAsync()
    {
        var names = new List<string>();
        await foreach (var blob in Container.GetBlobsAsync(prefix: $"taskhub/{HubName}/"))
        {
            names.Add(blob.Name);
        }

        return names;
    }

    public static CancellationToken Bound(int seconds = 20) => new CancellationTokenSource(TimeSpan.FromSeconds(seconds)).Token;

    public ValueTask DisposeAsync() => Hub.DisposeAsync();
}
