using System.Globalization;
using Holdfast.Bench.Fixtures;
using Holdfast.Harness;

namespace Holdfast.Bench.Rows;

/// <summary>
/// Row 5: what an app with the local settings asks of storage in a minute in which nobody writes. One turn comes first. It waits beside the
/// other rows, on a store and with peers of its own: a count does not mind the company, and an idle app is none to speak of.
/// </summary>
internal sealed class IdleRow : IAsyncDisposable
{
    public const int Number = 5;
    private const int MaxCalls = 20;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(35);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly BenchFixture _fixture;
    private readonly CountedStorage _storage;
    private readonly HoldfastApp _app;
    private readonly Task<IReadOnlyList<StorageCall>> _calls;

    private IdleRow(BenchFixture fixture, CountedStorage storage, HoldfastApp app)
    {
        (_fixture, _storage, _app) = (fixture, storage, app);
        _calls = CountAsync();
    }

    /// <summary>Returns once the app is up and at rest; the counting goes on.</summary>
    public static async Task<IdleRow> StartAsync()
    {
        var fixture = await BenchFixture.SetUpAsync();
        var storage = await CountedStorage.StartAsync(fixture.Azurite);
        var app = await fixture.StartAppAsync(new AppOptions { Storage = storage });
        await fixture.Peers.AnswerAsync(deltas: 5, intervalMilliseconds: 10);
        using var answer = await Harness.AppFixture.PostAsync(app, "agent:main:http:idle", "hello");
        answer.EnsureSuccessStatusCode();
        await storage.WaitForQuietAsync(TimeSpan.FromMilliseconds(500));
        return new IdleRow(fixture, storage, app);
    }

    public async Task<IReadOnlyList<BenchRow>> FinishAsync()
    {
        var calls = await _calls;
        var own = calls.Count(call => call.IsOwn);
        return
        [
            new BenchRow(
                Number,
                "storage calls of an idle minute, local settings",
                [BenchFigure.Of($"{calls.Count}", $"≤ {MaxCalls}", calls.Count <= MaxCalls)],
                string.Create(CultureInfo.InvariantCulture, $"{calls.Count - own} of {calls.Count}; own timers: {own}"),
                [
                    .. calls.GroupBy(call => (call.IsOwn, call.Kind))
                        .OrderBy(kind => kind.Key)
                        .Select(kind => $"{(kind.Key.IsOwn ? "own" : "engine")}: {kind.Count()} {kind.Key.Kind}"),
                ])
            {
                Reason =
                    "the engine writes its claim on the one partition every 10 s and looks into its two queues; the rest is the sweep's "
                        + "listing",
            },
        ];
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _storage.DisposeAsync();
        await _fixture.DisposeAsync();
    }

    private async Task<IReadOnlyList<StorageCall>> CountAsync()
    {
        // The engine looks ever more seldom into a queue that it found empty.
        await Task.Delay(Settling);
        _storage.Take();
        await Task.Delay(Minute);
        return _storage.Take();
    }
}
