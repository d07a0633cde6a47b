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
        var thread = new TimedThread("C3");
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
                    "in order, with the times they came and were answered: " + string.Join(" · ", await TimelineAsync(stage, brief)),
                ]),
        ];
    }

    private static async Task<IReadOnlyList<StorageCall>> CountAsync(
        BenchStage stage, Harness.HoldfastApp app, CountingProxy proxy, TimedThread thread, TimeSpan quiet)
    {
        proxy.Take();
        var before = (await stage.Peers.PostsAsync()).Count;
        await thread.SayAsync(app);
        await stage.Peers.WaitForPostsAsync(before + 1, TimeSpan.FromSeconds(30));
        await proxy.WaitForQuietAsync(quiet);
        return proxy.Take();
    }

    private static async Task<IEnumerable<string>> TimelineAsync(BenchStage stage, IReadOnlyList<StorageCall> calls)
    {
        var origin = calls[0].FromMicros;
        var request = (await stage.Peers.RequestsAsync()).Last(one => one.ArrivedAtMicros < calls[^1].AtMicros);
        var post = (await stage.Peers.PostsAsync()).Last(one => one.ArrivedAtMicros < calls[^1].AtMicros);
        return calls.Select(call => (At: call.FromMicros, Text: Describe(call, origin)))
            .Append((At: request.ArrivedAtMicros, Text: string.Create(CultureInfo.InvariantCulture, $"MODEL {(request.ArrivedAtMicros - origin) / 1000.0:0.0}")))
            .Append((At: request.LastByteAtMicros!.Value, Text: string.Create(CultureInfo.InvariantCulture, $"LAST BYTE {(request.LastByteAtMicros.Value - origin) / 1000.0:0.0}")))
            .Append((At: post.ArrivedAtMicros, Text: string.Create(CultureInfo.InvariantCulture, $"REPLY {(post.ArrivedAtMicros - origin) / 1000.0:0.0}")))
            .OrderBy(happening => happening.At).Select(happening => happening.Text);
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
