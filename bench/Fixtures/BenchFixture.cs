using System.Globalization;
using System.Text.Json.Nodes;
using Holdfast.Harness;
using Holdfast.Storage;
using Holdfast.Storage.AzureBlobs;
using Holdfast.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Holdfast.Bench.Fixtures;

/// <summary>What the app runs against: Azurite and the peers, each a process. Every app gets a container of its own.</summary>
internal sealed class BenchFixture : IAsyncDisposable
{
    private const int MostStarts = 3;
    private const string OnceAYear = "0 0 0 1 1 *";
    private readonly string _folder = Directory.CreateTempSubdirectory("holdfast-bench-").FullName;
    private int _apps;

    private BenchFixture(Machine machine, Azurite azurite, PeersProcess peers) => (Machine, Azurite, Peers) = (machine, azurite, peers);

    public Machine Machine { get; }

    public Azurite Azurite { get; }

    public PeersProcess Peers { get; }

    public static async Task<BenchFixture> SetUpAsync() =>
        new(await Machine.LookAsync(), await Azurite.StartAsync(), await PeersProcess.StartAsync());

    /// <summary>Starts an app with a container and a task hub of its own.</summary>
    public Task<HoldfastApp> StartAppAsync(AppOptions? options = null)
    {
        var chosen = options ?? new AppOptions();
        var number = ++_apps;
        var name = chosen.Name ?? string.Create(CultureInfo.InvariantCulture, $"{number:D3}");
        var storage = chosen.Storage?.ConnectionString ?? Azurite.ConnectionString;
        var settings = new Dictionary<string, string?>
        {
            // One machine needs no more, and polls a third as often.
            ["AzureFunctionsJobHost__extensions__durableTask__storageProvider__partitionCount"] = "1",
            ["HoldfastCronTickSchedule"] = OnceAYear,
            ["HoldfastInboxSweepSchedule"] = OnceAYear,
        };
        if (chosen.HasTimers)
        {
            SampleSettings.CopyTo(settings);
        }

        foreach (var (key, value) in new Dictionary<string, string?>
        {
            ["AzureWebJobsStorage"] = storage,
            ["AzureFunctionsJobHost__extensions__durableTask__hubName"] = "bench" + name,
            ["Holdfast__Storage__ConnectionString"] = storage,
            ["Holdfast__Storage__Container"] = StorageCall.OwnPrefix + name,
            ["Holdfast__Config"] = "holdfast.json",
            ["SLACK_BOT_TOKEN"] = "xoxb-bench",
            ["SLACK_SIGNING_SECRET"] = Harness.AppFixture.SlackSecret,
            ["AWS_ENDPOINT_URL_BEDROCK_RUNTIME"] = Peers.Bedrock.ToString().TrimEnd('/'),
            ["AWS_REGION"] = "eu-central-1",
            ["AWS_ACCESS_KEY_ID"] = "AKIABENCH",
            ["AWS_SECRET_ACCESS_KEY"] = "bench-secret-access-key",
        })
        {
            settings[key] = value;
        }

        var folder = Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"app-{number}"));
        return StartAsync(folder, Configuration(chosen.ContextTokens), settings);
    }

    /// <summary>Storage without the app, through the same client code.</summary>
    public async Task<AzureBlobContainer> OpenBlobsAsync(string container)
    {
        var options = new StorageOptions { ConnectionString = Azurite.ConnectionString, Container = container };
        var blobs = new AzureBlobContainer(Options.Create(options), NullLogger<AzureBlobContainer>.Instance);
        await blobs.EnsureExistsAsync(CancellationToken.None);
        return blobs;
    }

    public async ValueTask DisposeAsync()
    {
        await Peers.DisposeAsync();
        await Azurite.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A worker chooses a port first and takes it later: on a busy machine another process may come between.</summary>
    private static async Task<HoldfastApp> StartAsync(
        string folder, AppConfiguration configuration, IReadOnlyDictionary<string, string?> settings)
    {
        for (var start = 1; ; start++)
        {
            try
            {
                return await HoldfastApp.StartAsync(folder, configuration, settings);
            }
            catch (TimeoutException fault) when (
                start < MostStarts && fault.Message.Contains("address already in use", StringComparison.Ordinal))
            {
                await Console.Error.WriteLineAsync("The worker's port was taken meanwhile; started again.");
            }
        }
    }

    private AppConfiguration Configuration(int contextTokens)
    {
        var configuration = new AppConfiguration(JsonNode.Parse($$"""
            {
              "models": {
                "scripted": {
                  "provider": "bedrock", "modelId": "bench.model-v1:0", "contextTokens": {{contextTokens}}, "maxOutputTokens": 1000
                }
              },
              "channels": {
                "slack": {
                  "botToken": "env:SLACK_BOT_TOKEN", "signingSecrets": ["env:SLACK_SIGNING_SECRET"], "agent": "main",
                  "apiBaseUrl": "{{Peers.Slack}}api/"
                }
              },
              "limits": { "maxConcurrentModelCalls": 100 }
            }
            """)!.AsObject()) { Instructions = "You are measured." };
        configuration.AddAgent("main", "scripted")["compaction"] = new JsonObject { ["enabled"] = false };
        return configuration;
    }
}
