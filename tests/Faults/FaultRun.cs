using Holdfast.Harness;
using Holdfast.Tests.Faults.Proof;
using Holdfast.Tests.Faults.Traffic;
using Holdfast.Tests.Faults.Weather;

namespace Holdfast.Tests.Faults;

/// <summary>
/// One run: two deployments of the app on one store, traffic through both, faults of storage, power, model and channels while it lasts;
/// then rest, and the ledger. Ends every process that it started, and is bounded in time.
/// </summary>
public sealed class FaultRun : IAsyncDisposable
{
    private static readonly TimeSpan RestsWithin = TimeSpan.FromMinutes(5);

    private static readonly string[] Names = ["blue", "green"];

    private readonly RunPlan _plan;
    private readonly Chronicle _chronicle = new();
    private readonly StorageWeather _weather;
    private readonly PeerWeather _peers;
    private readonly List<Deployment> _deployments = [];
    private Stage _stage = null!;
    private StorageProxy _proxy = null!;
    private ModelPlayer _model = null!;

    private FaultRun(RunPlan plan)
    {
        _plan = plan;
        _weather = new StorageWeather(plan.Seed, TimeProvider.System);
        _peers = new PeerWeather(plan.Seed, _chronicle);
    }

    /// <param name="folder">Gets everything that the run leaves; the caller's to remove.</param>
    public static async Task<RunResult> RunAsync(RunPlan plan, string folder)
    {
        await using var run = new FaultRun(plan);
        await run.SetUpAsync(folder);
        return await run.RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_stage is not null)
        {
            await _stage.DisposeAsync();
        }

        if (_proxy is not null)
        {
            await _proxy.DisposeAsync();
        }
    }

    /// <summary>After the last message; most turns shall end in bad weather.</summary>
    private TimeSpan FaultsLastAtMost => TimeSpan.FromSeconds(Math.Min(120, 30 + (2 * _plan.Messages.Count)));

    private async Task SetUpAsync(string folder)
    {
        _stage = await Stage.SetUpAsync(folder);
        _proxy = await StorageProxy.StartAsync(_stage.Azurite.Endpoint, _weather, _chronicle);
        _model = new ModelPlayer(_stage.Bedrock, _plan.Seed, _chronicle);
        foreach (var name in Names)
        {
            var app = await _stage.StartAppAsync(RunSettings.Configuration(_stage), RunSettings.Of(name, _proxy.Endpoint));
            _deployments.Add(new Deployment(name, app, _chronicle));
        }

        _weather.Begin();
        _stage.Slack.Script.Selector = _peers.OfSlack;
        _stage.GitHub.Script.Selector = _peers.OfGitHub;
    }

    private async Task<RunResult> RunAsync()
    {
        using var outagesEnd = new CancellationTokenSource();
        using var watchEnds = new CancellationTokenSource();
        var watch = new TranscriptWatch(_stage.Blobs);
        var watching = watch.RunAsync(watchEnds.Token);
        var outages = new Outages(_deployments, _plan.Seed).RunAsync(outagesEnd.Token);
        var sent = await new Sender(_plan, _deployments, _chronicle).SendAllAsync();
        _chronicle.Say("the last message is sent");
        await Rest.NearAsync(_stage, sent, FaultsLastAtMost);
        _chronicle.Say("the faults end");
        _weather.End();
        _peers.End();
        await outagesEnd.CancelAsync();
        await outages;

        var reader = new EvidenceReader(_stage, _model, _deployments, watch);
        var rested = await Rest.ReachAsync(_stage, reader, sent, _deployments, RestsWithin);
        _chronicle.Say(rested ? "all is at rest" : "not at rest in time");
        await watchEnds.CancelAsync();
        await watching;
        _deployments.ForEach(deployment => deployment.Inspect());
        var evidence = await reader.ReadAsync(sent);
        var result = new RunResult(_plan, evidence, Ledger.Judge(evidence), Tally(watch), _chronicle, rested) { Logs = Logs() };
        if (!result.IsClean)
        {
            await EvidenceFolder.KeepBlobsAsync(_stage);
        }

        return result;
    }

    private RunTally Tally(TranscriptWatch watch) => new(
        _proxy.Requests, _weather.Squalls, watch.Snapshots, _chronicle.Elapsed, _deployments.Sum(deployment => deployment.Lines.Count(LogWords.IsLapse)),
        _deployments.Sum(deployment => deployment.Lines.Count(LogWords.IsStorageGivenUp)));

    private Dictionary<string, IReadOnlyList<string>> Logs() => _deployments.ToDictionary(deployment => deployment.Name, deployment => deployment.Lines);
}
