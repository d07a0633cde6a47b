using System.Globalization;
using Holdfast.Harness;
using Holdfast.Storage;
using Holdfast.Storage.AzureBlobs;
using Holdfast.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Holdfast.Bench.Stage;

/// <summary>What the app runs against: Azurite and the peers, each a process. Every app gets a container of its own.</summary>
internal sealed class BenchStage : IAsyncDisposable
{
    /// <summary>Seldom enough to leave a row alone, and what a small deployment would choose.</summary>
    private const string EveryTenSeconds = "*/10 * * * * *";
    private const string OnceAYear = "0 0 0 1 1 *";
    private readonly string _folder = Directory.CreateTempSubdirectory("holdfast-bench-").FullName;
    private int _apps;

    private BenchStage(Azurite azurite, PeersProcess peers) => (Azurite, Peers) = (azurite, peers);

    public Azurite Azurite { get; }

    public PeersProcess Peers { get; }

    public static async Task<BenchStage> SetUpAsync() => new(await Azurite.StartAsync(), await PeersProcess.StartAsync());

    /// <param name="proxy">The app reaches its storage through it; null for directly.</param>
    /// <param name="contextTokens">What the model takes.</param>
    /// <param name="hasTimers">False keeps cron tick and inbox sweep out of the counting.</param>
    public Task<HoldfastApp> StartAppAsync(CountingProxy? proxy = null, int contextTokens = 200_000, bool hasTimers = true)
    {
        var number = ++_apps;
        var storage = proxy is null ? Azurite.ConnectionString : Azurite.ConnectionStringVia(proxy.Endpoint);
        var schedule = hasTimers ? EveryTenSeconds : OnceAYear;
        var settings = new Dictionary<string, string?>
        {
            ["AzureWebJobsStorage"] = storage,
            ["Holdfast__Storage__ConnectionString"] = storage,
            ["Holdfast__Storage__Container"] = string.Create(CultureInfo.InvariantCulture, $"app{number}"),
            ["Holdfast__Config"] = "holdfast.json",
            ["HoldfastCronTickSchedule"] = schedule,
            ["HoldfastInboxSweepSchedule"] = schedule,
            ["SLACK_BOT_TOKEN"] = "xoxb-bench",
            ["SLACK_SIGNING_SECRET"] = Harness.Stage.SlackSecret,
            ["AWS_ENDPOINT_URL_BEDROCK_RUNTIME"] = Peers.Bedrock.ToString().TrimEnd('/'),
            ["AWS_REGION"] = "eu-central-1",
            ["AWS_ACCESS_KEY_ID"] = "AKIABENCH",
            ["AWS_SECRET_ACCESS_KEY"] = "bench-secret-access-key",
        };
        return HoldfastApp.StartAsync(Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"app-{number}")), Configuration(contextTokens), settings);
    }

    /// <summary>Storage without the app, through the same client code.</summary>
    public async Task<AzureBlobContainer> OpenBlobsAsync(string container)
    {
        var options = new StorageOptions { ConnectionString = Azurite.ConnectionString, Container = container };
        var blobs = new AzureBlobContainer(Options.Create(options), new StorageCallCounter(), NullLogger<AzureBlobContainer>.Instance);
        await blobs.EnsureExistsAsync(CancellationToken.None);
        return blobs;
    }

    public async ValueTask DisposeAsync()
    {
        await Peers.DisposeAsync();
        await Azurite.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private string Configuration(int contextTokens) => $$"""
        {
          "agents": { "main": { "instructions": "You are measured.", "model": "scripted", "compaction": { "enabled": false } } },
          "models": {
            "scripted": { "provider": "bedrock", "modelId": "bench.model-v1:0", "contextTokens": {{contextTokens}}, "maxOutputTokens": 1000 }
          },
          "channels": {
            "slack": { "botToken": "env:SLACK_BOT_TOKEN", "signingSecrets": ["env:SLACK_SIGNING_SECRET"], "agent": "main", "apiBaseUrl": "{{Peers.Slack}}api/" }
          },
          "limits": { "maxConcurrentModelCalls": 100 }
        }
        """;
}
