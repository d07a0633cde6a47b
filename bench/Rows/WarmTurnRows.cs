using System.Globalization;
using Azure.Storage.Blobs;
using Holdfast.Bench.Stage;
using Holdfast.Harness;

namespace Holdfast.Bench.Rows;

/// <summary>
/// Rows 1 and 2: a warm session's way to the model and from the model to the channel. Each turn is followed by one round of the same
/// storage calls without the app, so that both meet the same noise of the machine.
/// </summary>
internal static class WarmTurnRows
{
    private const double MaxRatio = 1.5;
    private const double MaxToModel = 30;
    private const double MaxToHandOn = 15;

    public static async Task<IReadOnlyList<BenchRow>> MeasureAsync(BenchStage stage, BenchOptions options)
    {
        var (warmUp, turns) = options.IsQuick ? (10, 15) : (40, 60);
        await stage.Peers.AnswerAsync(deltas: 5, intervalMilliseconds: 10);
        await using var app = await stage.StartAppAsync();
        var (fromSent, fromAccepted, toHandOn) = (new Samples(), new Samples(), new Samples());
        var trips = await TripsAsync(stage);
        var thread = new TimedThread("C1");
        for (var turn = -warmUp; turn < turns; turn++)
        {
            if (turn == 0)
            {
                trips = await TripsAsync(stage);
            }

            var times = await RunAsync(stage, app, thread);
            await trips.RunAsync();
            if (turn >= 0)
            {
                fromSent.Add(times.FromSent);
                fromAccepted.Add(times.FromAccepted);
                toHandOn.Add(times.ToHandOn);
            }
        }

        return [ToModelRow(fromSent, fromAccepted, trips), HandOnRow(toHandOn, trips)];
    }

    private static async Task<(TimeSpan FromSent, TimeSpan FromAccepted, TimeSpan ToHandOn)> RunAsync(BenchStage stage, HoldfastApp app, TimedThread thread)
    {
        var before = (await stage.Peers.PostsAsync()).Count;
        var sent = await thread.SayAsync(app);
        var posts = await stage.Peers.WaitForPostsAsync(before + 1, TimeSpan.FromSeconds(30));
        var request = (await stage.Peers.RequestsAsync()).Last(one => one.LastUserText.Contains(sent.Tag, StringComparison.Ordinal));
        await stage.Peers.ForgetRequestsAsync();
        // The turn's end (mirror, receipt, lease) and the orchestration's are behind the reply: the next turn must not meet them.
        await Task.Delay(100);
        return (
            TimeSpan.FromMicroseconds(request.ArrivedAtMicros - sent.SentAtMicros),
            TimeSpan.FromMicroseconds(request.ArrivedAtMicros - sent.AcceptedAtMicros),
            TimeSpan.FromMicroseconds(posts[^1].ArrivedAtMicros - request.LastByteAtMicros!.Value));
    }

    private static async Task<OwnTrips> TripsAsync(BenchStage stage)
    {
        var container = $"trips{Guid.NewGuid():N}";
        var trips = new OwnTrips(await stage.OpenBlobsAsync(container), new BlobContainerClient(stage.Azurite.ConnectionString, container));
        await trips.PrepareAsync();
        return trips;
    }

    private static BenchRow ToModelRow(Samples fromSent, Samples fromAccepted, OwnTrips trips)
    {
        var ratio = fromAccepted.Median / trips.ToModel.Median;
        var ratioFromSent = fromSent.Median / (trips.Accept.Median + trips.ToModel.Median);
        return new BenchRow(
            1,
            "accepted message → model request on the wire, warm, one session",
            "≤ 1.5 × own round trips, ≤ 30 ms",
            string.Create(CultureInfo.InvariantCulture, $"{ratio:0.00} ×, {fromAccepted.Median:0.0} ms"),
            ratio <= MaxRatio && fromAccepted.Median <= MaxToModel,
            [
                $"from the door's 2xx to the model: {fromAccepted}",
                $"own round trips on that way: {trips.ToModel}",
                $"from the request sent to the model: {fromSent}",
                string.Create(CultureInfo.InvariantCulture, $"own round trips on that way: p50 {trips.Accept.Median + trips.ToModel.Median:0.0}; ratio {ratioFromSent:0.00}"),
                "own round trips by kind, p50: " + string.Join(", ", trips.ByKind.Select(kind => string.Create(CultureInfo.InvariantCulture, $"{kind.Key} {kind.Value.Median:0.0}"))),
            ]);
    }

    private static BenchRow HandOnRow(Samples toHandOn, OwnTrips trips)
    {
        var ratio = toHandOn.Median / trips.ToHandOn.Median;
        return new BenchRow(
            2,
            "last model byte → reply handed to the channel, durable first",
            "≤ 1.5 × own round trips, ≤ 15 ms",
            string.Create(CultureInfo.InvariantCulture, $"{ratio:0.00} ×, {toHandOn.Median:0.0} ms"),
            ratio <= MaxRatio && toHandOn.Median <= MaxToHandOn,
            [$"from the last byte to Slack: {toHandOn}", $"own round trips on that way: {trips.ToHandOn}"]);
    }
}
