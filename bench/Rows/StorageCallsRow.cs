using System.Globalization;
using Holdfast.Bench.Fixtures;
using Holdfast.Harness;

namespace Holdfast.Bench.Rows;

/// <summary>Row 4: what one plain turn asks of storage, counted on the wire.</summary>
internal static class StorageCallsRow
{
    private const int MaxOwn = 18;
    private const int MaxEngine = 14;
    private const int StreamedSeconds = 3;
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(500);

    public static async Task<IReadOnlyList<BenchRow>> MeasureAsync(BenchFixture fixture, BenchOptions options)
    {
        await using var storage = await CountedStorage.StartAsync(fixture.Azurite);
        await using var app = await fixture.StartAppAsync(new AppOptions { Storage = storage, HasTimers = false });
        var thread = new TimedThread("C4");
        await fixture.Peers.AnswerAsync(deltas: 5, intervalMilliseconds: 10);
        var turns = new List<RecordedTurn>();
        for (var turn = -10; turn < (options.IsQuick ? 9 : 25); turn++)
        {
            var recorded = await RecordAsync(fixture, app, storage, thread);
            if (turn >= 0)
            {
                turns.Add(recorded);
            }
        }

        await fixture.Peers.AnswerAsync(deltas: StreamedSeconds * 100, intervalMilliseconds: 10);
        var streamed = await RecordAsync(fixture, app, storage, thread);
        var (own, engine, polls) = (
            MedianOf(turns, turn => turn.Own.Count), MedianOf(turns, turn => turn.Engine.Count), MedianOf(turns, turn => turn.Polls.Count));
        var typical = turns.Last(turn => turn.Own.Count == own);
        return
        [
            new BenchRow(
                4,
                "storage calls of a plain turn",
                [
                    BenchFigure.Of($"{own} own", $"≤ {MaxOwn} own", own <= MaxOwn),
                    BenchFigure.Of($"{engine} engine", $"≤ {MaxEngine} engine, without polls", engine <= MaxEngine),
                ],
                string.Create(CultureInfo.InvariantCulture, $"{engine} calls, and {polls} polls beside the turn"),
                [
                    "own: " + Kinds(typical.Own),
                    "engine: " + Kinds(typical.Engine),
                    "engine's polls: " + Kinds(typical.Polls),
                    string.Create(CultureInfo.InvariantCulture, $"with {StreamedSeconds} s streamed: {streamed.Own.Count} own, "
                        + $"{streamed.Engine.Count} engine ({Kinds(streamed.Engine)})"),
                    string.Create(CultureInfo.InvariantCulture, $"by way of the counting proxy: accepted → first call of the app's own "
                        + $"{MedianOf(turns, turn => turn.EngineToModel):0.0} ms (engine) → model "
                            + $"{MedianOf(turns, turn => turn.OwnToModel):0.0} ms (own)"),
                    "in order, with the times they came and were answered: " + string.Join(" · ", typical.Timeline),
                ])
            {
                Reason = engine > MaxEngine
                    ? "each signal, decision and activity costs the package so much; two of the calls read a history that it would keep "
                        + "in memory with extended sessions"
                    : null,
            },
        ];
    }

    private static async Task<RecordedTurn> RecordAsync(BenchFixture fixture, HoldfastApp app, CountedStorage storage, TimedThread thread)
    {
        storage.Take();
        var before = (await fixture.Peers.PostsAsync()).Count;
        var sent = await thread.SayAsync(app);
        var post = (await fixture.Peers.WaitForPostsAsync(before + 1, TimeSpan.FromSeconds(30)))[^1];
        await storage.WaitForQuietAsync(Quiet);
        var request = (await fixture.Peers.RequestsAsync()).Last(one => one.LastUserText.Contains(sent.Tag, StringComparison.Ordinal));
        await fixture.Peers.ForgetRequestsAsync();
        return new RecordedTurn(sent, request, post, storage.Take());
    }

    private static T MedianOf<T>(List<RecordedTurn> turns, Func<RecordedTurn, T> figure) =>
        turns.Select(figure).Order().ElementAt(turns.Count / 2);

    private static string Kinds(IReadOnlyList<StorageCall> calls) => calls.Count == 0
        ? "none"
        : string.Join(
            ", ", calls.GroupBy(call => call.Kind).OrderByDescending(kind => kind.Count()).Select(kind => $"{kind.Count()} {kind.Key}"));
}
