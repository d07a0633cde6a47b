using Holdfast.Harness;
using Holdfast.Tests.Faults.Proof;
using Holdfast.Tests.Faults.Traffic;
using Holdfast.Tests.Faults.Injection;

namespace Holdfast.Tests.Faults;

/// <summary>
/// One run: two deployments of the app on one store, traffic through both, faults of storage, power, model and channels while it lasts; or
/// one deployment that is killed again and again in mid-stream. Then rest, and the ledger. Ends every process that it started, and is
/// bounded in time.
/// </summary>
public sealed class FaultRun : IAsyncDisposable
{
    /// <summary>Longer than the engine lets work wait that was cut again and again: ten minutes.</summary>
    private static readonly TimeSpan RestsWithin = TimeSpan.FromMinutes(12);

    private static readonly string[] Names = ["blue", "green"];

    private readonly RunPlan _plan;
    private readonly FaultLog _log = new();
    private readonly AppStorageFaults _storageFaults;
    private readonly TaskHubFaults _taskHubFaults;
    private readonly PeerFaults _peers;
    private readonly List<Deployment> _deployments = [];
    private AppFixture _fixture = null!;
    private AccountProxy _proxy = null!;
    private ModelSimulator _model = null!;

    private FaultRun(RunPlan plan)
    {
        _plan = plan;
        _storageFaults = new AppStorageFaults(plan.Seed, TimeProvider.System);
        _taskHubFaults = new TaskHubFaults(plan.Seed, TimeProvider.System);
        _peers = new PeerFaults(plan.Seed, _log);
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
        if (_fixture is not null)
        {
            await _fixture.DisposeAsync();
        }

        if (_proxy is not null)
        {
            await _proxy.DisposeAsync();
        }
    }

    /// <summary>After the last message; most turns shall end in bad faults.</summary>
    private TimeSpan FaultsLastAtMost => TimeSpan.FromSeconds(Math.Min(120, 4 + (2 * _plan.Messages.Count)));

    private async Task SetUpAsync(string folder)
    {
        _fixture = await AppFixture.SetUpAsync(folder);
        _proxy = await AccountProxy.StartAsync(_fixture.Azurite, _storageFaults, _taskHubFaults, _log);
        _model = new ModelSimulator(_fixture.Bedrock, _plan.Seed, isSound: _plan.Kills is not null, _log);
        foreach (var name in _plan.Kills is null ? Names : Names[..1])
        {
            var app = await _fixture.StartAppAsync(RunSettings.Configuration(_fixture), RunSettings.Of(name, _proxy.ConnectionString));
            _deployments.Add(new Deployment(name, app, _log));
        }
    }

    private async Task<RunResult> RunAsync()
    {
        using var watchEnds = new CancellationTokenSource();
        var watch = new TranscriptWatch(_fixture.Blobs);
        var watching = watch.RunAsync(watchEnds.Token);
        var (sent, kills) = _plan.Kills is { } number ? await KillAsync(number) : (await SendThroughFaultsAsync(), []);

        var reader = new EvidenceReader(_fixture, _model, _deployments, watch);
        var restless = await new Rest(_fixture, reader, sent, _deployments).ReachAsync(RestsWithin);
        _log.Say(restless.Count == 0 ? "all is at rest" : "not at rest in time");
        await watchEnds.CancelAsync();
        await watching;
        _log.Say(FormattableString.Invariant($"{watch.Snapshots} snapshots compared, {watch.Missed} looks missed"));
        _deployments.ForEach(deployment => deployment.Inspect());
        var evidence = await reader.ReadAsync(sent);
        var result = new RunResult(_plan, evidence, Ledger.Check(evidence), Tally(watch), _log, restless) { Logs = Logs(), Kills = kills };
        if (!result.IsClean)
        {
            await EvidenceFolder.KeepBlobsAsync(_fixture);
        }

        return result;
    }

    /// <summary>All faults, until the messages are sent and most turns have ended.</summary>
    private async Task<IReadOnlyList<SentMessage>> SendThroughFaultsAsync()
    {
        using var outagesEnd = new CancellationTokenSource();
        _storageFaults.Begin();
        _taskHubFaults.Begin();
        _fixture.Slack.Script.Selector = _peers.OfSlack;
        _fixture.GitHub.Script.Selector = _peers.OfGitHub;
        var outages = new Outages(_deployments, _plan.Seed).RunAsync(outagesEnd.Token);
        var sent = await new Sender(_plan, _deployments, _log).SendAllAsync();
        _log.Say("the last message is sent");
        await Rest.NearAsync(_fixture, sent, FaultsLastAtMost);
        _log.Say("the faults end");
        _storageFaults.End();
        _taskHubFaults.End();
        _peers.End();
        await outagesEnd.CancelAsync();
        await outages;
        return sent;
    }

    /// <summary>Kills and nothing else, as many as planned.</summary>
    private async Task<(IReadOnlyList<SentMessage> Sent, IReadOnlyList<Kill> Kills)> KillAsync(int number)
    {
        var kills = new RandomKills(
            _deployments[0], _fixture.Bedrock, async () =>
                (await _fixture.ListAsync("receipts/")).Count, number, _plan.Messages.Count, _plan.Seed);
        var sending = new Sender(_plan, _deployments, _log, kills.TurnOfAsync).SendAllAsync();
        await kills.RunAsync();
        _log.Say("the kills end");
        return (await sending, kills.Done);
    }

    private RunTally Tally(TranscriptWatch watch) => new(
        _proxy.RequestsOfApp, _proxy.RequestsOfEngine, _storageFaults.Spells, _taskHubFaults.Spells, watch.Snapshots, _log.Elapsed)
    {
        Lapses = _deployments.Sum(deployment => deployment.Lines.Count(LogWords.IsLapse)),
        StorageGivenUp = _deployments.Sum(deployment => deployment.Lines.Count(LogWords.IsStorageGivenUp)),
    };

    private Dictionary<string, IReadOnlyList<string>> Logs() =>
        _deployments.ToDictionary(deployment => deployment.Name, deployment => deployment.Lines);
}
