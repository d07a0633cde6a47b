using System.Globalization;
using Holdfast.Bench.Stage;

namespace Holdfast.Bench.Rows;

/// <summary>Row 3: what one turn asks of storage, counted on the wire.</summary>
internal static class StorageCallsRow
{
    private const int MaxCalls = 22;
    private const int StreamedSeconds = 3;

    public static async Task<IReadOnlyList<BenchRow>> MeasureAsync(BenchStage stage, BenchOptions options)
    {
        await using var proxy = await CountingProxy.StartAsync(stage.Azurite.Endpoint);
        await using var app = await stage.StartAppAsync(proxy, hasTimers: false);
        var thread = new SlackThread("C3");
        await stage.Peers.AnswerAsync(deltas: 5, intervalMilliseconds: 10);
        for (var warmUp = 0; warmUp < 40; warmUp++)
        {
            await CountAsync(stage, app, proxy, thread, TimeSpan.FromMilliseconds(50));
        }

        var brief = await CountAsync(stage, app, proxy, thread, TimeSpan.FromMilliseconds(500));
        await stage.Peers.AnswerAsync(deltas: StreamedSeconds * 100, intervalMilliseconds: 10);
        var streamed = await CountAsync(stage, app, proxy, thread, TimeSpan.FromMilliseconds(500));
        var own = streamed.Count(call => !call.IsEngine);
        return
        [
            new BenchRow(
                3,
                "storage calls of a turn without tools, without engine history",
                "≤ 22 + one per second streamed",
                string.Create(CultureInfo.InvariantCulture, $"{own} with {StreamedSeconds} s streamed (≤ {MaxCalls + StreamedSeconds})"),
                own <= MaxCalls + StreamedSeconds && brief.Count(call => !call.IsEngine) <= MaxCalls,
                [
                    Describe($"{StreamedSeconds} s streamed", streamed),
                    Describe("nothing streamed to speak of", brief),
                    "in order, with the times they came and were answered: " + string.Join(" · ", brief.Select(call => Describe(call, brief[0].FromMicros))),
                ]),
        ];
    }

    private static async Task<IReadOnlyList<StorageCall>> CountAsync(
        BenchStage stage, Harness.HoldfastApp app, CountingProxy proxy, SlackThread thread, TimeSpan quiet)
    {
        proxy.Take();
        var before = (await stage.Peers.PostsAsync()).Count;
        await thread.SayAsync(app);
        await stage.Peers.WaitForPostsAsync(before + 1, TimeSpan.FromSeconds(30));
        await proxy.WaitForQuietAsync(quiet);
        return proxy.Take();
    }

    private static string Describe(StorageCall call, long origin) => string.Create(
        CultureInfo.InvariantCulture, $"{call.Kind} {(call.FromMicros - origin) / 1000.0:0.0}–{(call.AtMicros - origin) / 1000.0:0.0}");

    private static string Describe(string what, IReadOnlyList<StorageCall> calls)
    {
        var own = calls.Where(call => !call.IsEngine).ToArray();
        var kinds = own.GroupBy(call => call.Kind).OrderByDescending(kind => kind.Count()).Select(kind => $"{kind.Count()} {kind.Key}");
        return $"{what}: {own.Length} own ({string.Join(", ", kinds)}), {calls.Count - own.Length} of the engine's histories";
    }
}
