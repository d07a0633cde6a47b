using System.Globalization;
using Holdfast.Bench.Fixtures;
using Holdfast.Harness;

namespace Holdfast.Bench.Rows;

/// <summary>
/// Rows 1, 2 and 7: a warm session's way to the model, from the model to the channel, and the memory that many turns leave. Each turn is
/// followed by one round of the same storage calls without the app, so that both meet the same noise of the machine.
/// </summary>
internal static class WarmTurnRows
{
    private const double MaxRatio = 1.3;
    private const int TurnsBeforeMemory = 100;
    private const long MaxMemory = 280L * 1024 * 1024;

    public static async Task<IReadOnlyList<BenchRow>> MeasureAsync(BenchFixture fixture, BenchOptions options)
    {
        var (warmUp, turns) = options.IsQuick ? (30, 25) : (40, 60);
        await fixture.Peers.AnswerAsync(deltas: 5, intervalMilliseconds: 10);
        await using var app = await fixture.StartAppAsync();
        var (fromSent, fromAccepted, toHandOn) = (new Samples(), new Samples(), new Samples());
        var blobs = await fixture.OpenBlobsAsync("trips");
        var trips = await TurnTrips.PrepareAsync(fixture, blobs, "warmup");
        var thread = new TimedThread("C1");
        for (var turn = -warmUp; turn < turns; turn++)
        {
            if (turn == 0)
            {
                trips = await TurnTrips.PrepareAsync(fixture, blobs, "trips");
            }

            var times = await RunAsync(fixture, app, thread);
            await trips.RunAsync();
            if (turn >= 0)
            {
                fromSent.Add(times.FromSent);
                fromAccepted.Add(times.FromAccepted);
                toHandOn.Add(times.ToHandOn);
            }
        }

        for (var turn = warmUp + turns; turn < TurnsBeforeMemory; turn++)
        {
            await RunAsync(fixture, app, thread);
        }

        return [ToModelRow(fromSent, fromAccepted, trips), HandOnRow(toHandOn, trips), MemoryRow(AppFigures.Of(app))];
    }

    private static async Task<(
        TimeSpan FromSent, TimeSpan FromAccepted, TimeSpan ToHandOn)> RunAsync(BenchFixture fixture, HoldfastApp app, TimedThread thread)
    {
        var before = (await fixture.Peers.PostsAsync()).Count;
        var sent = await thread.SayAsync(app);
        var posts = await fixture.Peers.WaitForPostsAsync(before + 1, TimeSpan.FromSeconds(30));
        var request = (await fixture.Peers.RequestsAsync()).Last(one => one.LastUserText.Contains(sent.Tag, StringComparison.Ordinal));
        await fixture.Peers.ForgetRequestsAsync();
        // The turn's end (mirror, receipt, lease) and the orchestration's are behind the reply: the next turn must not meet them.
        await Task.Delay(100);
        return (
            TimeSpan.FromMicroseconds(request.ArrivedAtMicros - sent.SentAtMicros),
            TimeSpan.FromMicroseconds(request.ArrivedAtMicros - sent.AcceptedAtMicros),
            TimeSpan.FromMicroseconds(posts[^1].ArrivedAtMicros - request.LastByteAtMicros!.Value));
    }

    private static BenchRow ToModelRow(Samples fromSent, Samples fromAccepted, TurnTrips trips)
    {
        var ratio = fromAccepted.Median / trips.ToModel.Median;
        var ratioFromSent = fromSent.Median / (trips.Accept.Median + trips.ToModel.Median);
        return new BenchRow(
            1,
            "accepted → model request on the wire, warm, p50",
            [
                BenchFigure.Of(
                    string.Create(CultureInfo.InvariantCulture, $"{ratio:0.00} × ({fromAccepted.Median:0.0} ms)"),
                    "≤ 1.3 × the same storage calls", ratio <= MaxRatio),
            ],
            string.Create(CultureInfo.InvariantCulture, $"{trips.Dispatch.Median:0.0} of {trips.ToModel.Median:0.0} ms of storage calls"),
            [
                $"from the endpoint's 2xx to the model: {fromAccepted}",
                $"the same storage calls without app and engine: {trips.ToModel}; of them the engine's: {trips.Dispatch}",
                $"from the request sent to the model: {fromSent}",
                RatioOfQuickest(fromAccepted, trips.ToModel),
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the same storage calls: p50 {trips.Accept.Median + trips.ToModel.Median:0.0}; ratio {ratioFromSent:0.00}"),
                "own calls by kind, p50: " + string.Join(
                    ", ", trips.ByKind.Select(kind => string.Create(CultureInfo.InvariantCulture, $"{kind.Key} {kind.Value.Median:0.0}"))),
            ])
        {
            Reason = string.Create(
                CultureInfo.InvariantCulture,
                $"{fromAccepted.Median - trips.ToModel.Median:0.0} ms lie between the calls: the engine's dispatch of event, decision "
                    + $"and activity, and two trips between host and worker"),
        };
    }

    private static BenchRow HandOnRow(Samples toHandOn, TurnTrips trips)
    {
        var ratio = toHandOn.Median / trips.ToHandOn.Median;
        return new BenchRow(
            2,
            "last model byte → reply handed on, durable first, p50",
            [
                BenchFigure.Of(
                    string.Create(CultureInfo.InvariantCulture, $"{ratio:0.00} × ({toHandOn.Median:0.0} ms)"),
                    "≤ 1.3 × its own round trips", ratio <= MaxRatio),
            ],
            "none",
            [
                $"from the last byte to Slack: {toHandOn}", $"own round trips on that way (answer, outbox): {trips.ToHandOn}",
                RatioOfQuickest(toHandOn, trips.ToHandOn),
            ])
        {
            Reason = string.Create(
                CultureInfo.InvariantCulture,
                $"{toHandOn.Median - trips.ToHandOn.Median:0.0} ms lie around two calls that are short themselves: the end of the "
                    + $"stream, the answer's line, the reply's request"),
        };
    }

    /// <summary>What least noise leaves: on a busy machine medians say more about the others on it.</summary>
    private static string RatioOfQuickest(Samples measured, Samples baseline) =>
        string.Create(CultureInfo.InvariantCulture, $"the same ratio of the p10s: {measured.At(0.1) / baseline.At(0.1):0.00}");

    private static BenchRow MemoryRow(AppFigures figures) => new(
        7,
        "resident memory, host and worker, after 100 turns",
        [
            BenchFigure.Of(
                string.Create(CultureInfo.InvariantCulture, $"{(figures.HostMemory + figures.WorkerMemory) / 1048576.0:0} MB"), "≤ 280 MB",
                figures.HostMemory + figures.WorkerMemory <= MaxMemory),
        ],
        string.Create(CultureInfo.InvariantCulture, $"the host: {figures.HostMemory / 1048576.0:0} MB"),
        [
            string.Create(
                CultureInfo.InvariantCulture,
                $"host {figures.HostMemory / 1048576.0:0} MB, worker {figures.WorkerMemory / 1048576.0:0} MB"),
        ])
    {
        Reason = "two processes, each with a runtime, a web server and a storage client of its own",
    };
}
