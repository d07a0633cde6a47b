using Holdfast.Harness;
using Holdfast.Tests.Faults.Proof;
using Holdfast.Tests.Faults.Traffic;
using Holdfast.Tests.Faults.Weather;

namespace Holdfast.Tests.Faults;

/// <summary>
/// One run: two deployments of the app on one store, traffic through both, faults of storage, power, model and channels while it lasts; or
/// one deployment that is killed again and again in mid-stream. Then rest, and the ledger. Ends every process that it started, and is bounded in time.
/// </summary>
public sealed class FaultRun : IAsyncDisposable
{
    /// <summary>Longer than the engine lets work wait that was cut again and again: ten minutes.</summary>
    private static readonly TimeSpan RestsWithin = TimeSpan.FromMinutes(12);

    private static readonly string[] Names = ["blue", "green"];

    private readonly RunPlan _plan;
    private readonly Chronicle _chronicle = new();
    private readonly AppWeather _weather;
    private readonly TaskHubWeather _taskHubWeather;
    private readonly PeerWeather _peers;
    private readonly List<Deployment> _deployments = [];
    private Stage _stage = null!;
    private AccountProxy _proxy = null!;
    private ModelPlayer _model = null!;

    private FaultRun(RunPlan plan)
    {
        _plan = plan;
        _weather = new AppWeather(plan.Seed, TimeProvider.System);
        _taskHubWeather = new TaskHubWeather(plan.Seed, TimeProvider.System);
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
    private TimeSpan FaultsLastAtMost => TimeSpan.FromSeconds(Math.Min(120, 4 + (2 * _plan.Messages.Count)));

    private async Task SetUpAsync(string folder)
    {
        _stage = await Stage.SetUpAsync(folder);
        _proxy = await AccountProxy.StartAsync(_stage.Azurite, _weather, _taskHubWeather, _chronicle);
        _model = new ModelPlayer(_stage.Bedrock, _plan.Seed, isSound: _plan.Kills is not null, _chronicle);
        foreach (var name in _plan.Kills is null ? Names : Names[..1])
        {
            var app = await _stage.StartAppAsync(RunSettings.Configuration(_stage), RunSettings.Of(name, _proxy.ConnectionString));
            _deployments.Add(new Deployment(name, app, _chronicle));
        }
    }

    private async Task<RunResult> RunAsync()
    {
        using var watchEnds = new CancellationTokenSource();
        var watch = new TranscriptWatch(_stage.Blobs);
        var watching = watch.RunAsync(watchEnds.Token);
        var (sent, kills) = _plan.Kills is { } number ? await KillAsync(number) : (await SendThroughFaultsAsync(), []);

        var reader = new EvidenceReader(_stage, _model, _deployments, watch);
        var restless = await Rest.ReachAsync(_stage, reader, sent, _deployments, RestsWithin);
        _chronicle.Say(restless.Count == 0 ? "all is at rest" : "not at rest in time");
        await watchEnds.CancelAsync();
        await watching;
        _chronicle.Say(FormattableString.Invariant($"{watch.Snapshots} snapshots compared, {watch.Missed} looks missed"));
        _deployments.ForEach(deployment => deployment.Inspect());
        var evidence = await reader.ReadAsync(sent);
        var result = new RunResult(_plan, evidence, Ledger.Judge(evidence), Tally(watch), _chronicle, restless) { Logs = Logs(), Kills = kills };
        if (!result.IsClean)
        {
            await EvidenceFolder.KeepBlobsAsync(_stage);
        }

        return result;
    }

    /// <summary>All faults, until the messages are sent and most turns have ended.</summary>
    private async Task<IReadOnlyList<SentMessage>> SendThroughFaultsAsync()
    {
        using var outagesEnd = new CancellationTokenSource();
        _weather.Begin();
        _taskHubWeather.Begin();
        _stage.Slack.Script.Selector = _peers.OfSlack;
        _stage.GitHub.Script.Selector = _peers.OfGitHub;
        var outages = new Outages(_deployments, _plan.Seed).RunAsync(outagesEnd.Token);
        var sent = await new Sender(_plan, _deployments, _chronicle).SendAllAsync();
        _chronicle.Say("the last message is sent");
        await Rest.NearAsync(_stage, sent, FaultsLastAtMost);
        _chronicle.Say("the faults end");
        _weather.End();
        _taskHubWeather.End();
        _peers.End();
        await outagesEnd.CancelAsync();
        await outages;
        return sent;
    }

    /// <summary>Kills and nothing else, as many as planned.</summary>
    private async Task<(IReadOnlyList<SentMessage> Sent, IReadOnlyList<Kill> Kills)> KillAsync(int number)
    {
        var kills = new RandomKills(
            _deployments[0], _stage.Bedrock, async () => (await _stage.ListAsync("receipts/")).Count, number, _plan.Messages.Count, _plan.Seed);
        var sending = new Sender(_plan, _deployments, _chronicle, kills.TurnOfAsync).SendAllAsync();
        await kills.RunAsync();
        _chronicle.Say("the kills end");
        return (await sending, kills.Done);
    }

    private RunTally Tally(TranscriptWatch watch) => new(
        _proxy.RequestsOfApp, _proxy.RequestsOfEngine, _weather.Spells, _taskHubWeather.Spells, watch.Snapshots, _chronicle.Elapsed,
        _deployments.Sum(deployment => deployment.Lines.Count(LogWords.IsLapse)),
        _deployments.Sum(deployment => deployment.Lines.Count(LogWords.IsStorageGivenUp)));

    private Dictionary<string, IReadOnlyList<string>> Logs() => _deployments.ToDictionary(deployment => deployment.Name, deployment => deployment.Lines);
}
