using System.Globalization;
using Azure.Storage.Blobs;
using Holdfast.Bench.Stage;
using Holdfast.Harness;

namespace Holdfast.Bench.Rows;

/// <summary>Row 5: fifty sessions that stream at once.</summary>
internal static class CrowdRow
{
    private const int Sessions = 50;
    private const int Deltas = 1_000;
    private const double MaxWallSeconds = 10.6;
    private const double MaxToModel = 120;
    private const double MaxToHandOn = 60;
    private const double MaxMegabytes = 250;

    public static async Task<IReadOnlyList<BenchRow>> MeasureAsync(BenchStage stage, BenchOptions options)
    {
        await using var app = await stage.StartAppAsync();
        var threads = Enumerable.Range(0, Sessions).Select(number => new TimedThread($"C5{number:D3}")).ToArray();
        await stage.Peers.AnswerAsync(deltas: 5, intervalMilliseconds: 10);
        await RunAsync(stage, app, threads);
        await RunAsync(stage, app, threads);
        await stage.Peers.AnswerAsync(Deltas, intervalMilliseconds: 10);
        var rounds = new List<CrowdTimes>();
        for (var round = 0; round < (options.IsQuick ? 1 : 2); round++)
        {
            rounds.Add(await RunAsync(stage, app, threads));
        }

        var floor = await FloorAsync(stage);
        var best = rounds.MinBy(round => round.ToModel.Median)!;
        var memory = app.PeakMemory / 1024.0 / 1024.0;
        return
        [
            new BenchRow(
                5,
                "50 sessions streaming 1,000 deltas in 10 s each, at once",
                "wall ≤ 10.6 s, to model p50 ≤ 120 ms, to hand-on p50 ≤ 60 ms, RSS ≤ 250 MB",
                string.Create(
                    CultureInfo.InvariantCulture, $"{best.WallSeconds:0.0} s, {best.ToModel.Median:0} ms, {best.ToHandOn.Median:0} ms, {memory:0} MB"),
                best.WallSeconds <= MaxWallSeconds && best.ToModel.Median <= MaxToModel && best.ToHandOn.Median <= MaxToHandOn && memory <= MaxMegabytes,
                [
                    .. rounds.Select(round => string.Create(
                        CultureInfo.InvariantCulture,
                        $"wall {round.WallSeconds:0.00} s; sent → accepted {round.ToAccepted}, at most {round.ToAccepted.At(1):0}; accepted → model {round.ToModel}, at most {round.ToModel.At(1):0}; last byte → handed on {round.ToHandOn}, at most {round.ToHandOn.At(1):0}; app's CPU {round.CpuSeconds:0.0} s; the peer's slowest stream {round.SlowestStreamSeconds:0.00} s")),
                    $"the same storage calls of {Sessions} sessions at once, without an app: to accept {floor.Accept}; to the model {floor.ToModel}; to hand on {floor.ToHandOn}",
                    .. app.Process.Lines.Where(line => line.Contains("warn:", StringComparison.Ordinal) || line.Contains("fail:", StringComparison.Ordinal)).Distinct().Take(5).Select(line => "the app's log: " + line),
                ]),
        ];
    }

    private static async Task<CrowdTimes> RunAsync(BenchStage stage, HoldfastApp app, TimedThread[] threads)
    {
        await stage.Peers.ForgetRequestsAsync();
        var before = (await stage.Peers.PostsAsync()).Count;
        var cpu = app.CpuTime;
        var sent = await Task.WhenAll(threads.Select(thread => thread.SayAsync(app)));
        var posts = (await stage.Peers.WaitForPostsAsync(before + threads.Length, TimeSpan.FromSeconds(60))).Skip(before).ToDictionary(post => post.ThreadTs!);
        var requests = await stage.Peers.RequestsAsync();
        var (toAccepted, toModel, toHandOn, streams) = (new Samples(), new Samples(), new Samples(), new Samples());
        foreach (var (thread, message) in threads.Zip(sent))
        {
            var request = requests.Last(one => one.LastUserText.Contains(message.Tag, StringComparison.Ordinal));
            toAccepted.Add(TimeSpan.FromMicroseconds(message.AcceptedAtMicros - message.SentAtMicros));
            toModel.Add(TimeSpan.FromMicroseconds(request.ArrivedAtMicros - message.AcceptedAtMicros));
            toHandOn.Add(TimeSpan.FromMicroseconds(posts[thread.Ts!].ArrivedAtMicros - request.LastByteAtMicros!.Value));
            streams.Add(TimeSpan.FromMicroseconds(request.LastByteAtMicros.Value - request.ArrivedAtMicros));
        }

        var wall = TimeSpan.FromMicroseconds(posts.Values.Max(post => post.ArrivedAtMicros) - sent.Min(message => message.SentAtMicros));
        await Task.Delay(1_000);
        return new CrowdTimes(wall.TotalSeconds, toAccepted, toModel, toHandOn, (app.CpuTime - cpu).TotalSeconds, streams.At(1) / 1000);
    }

    /// <summary>What storage alone takes when so many ask at once: no app can be faster than its store.</summary>
    private static async Task<(Samples Accept, Samples ToModel, Samples ToHandOn)> FloorAsync(BenchStage stage)
    {
        const string Container = "crowd";
        var blobs = await stage.OpenBlobsAsync(Container);
        var engine = new BlobContainerClient(stage.Azurite.ConnectionString, Container);
        var sessions = Enumerable.Range(0, Sessions).Select(number => new OwnTrips(blobs, engine, $"session{number}")).ToArray();
        await Task.WhenAll(sessions.Select(session => session.PrepareAsync()));
        var (accept, toModel, toHandOn) = (new Samples(), new Samples(), new Samples());
        for (var round = 0; round < 3; round++)
        {
            await Task.WhenAll(sessions.Select(session => session.RunAsync()));
        }

        foreach (var session in sessions)
        {
            accept.Add(session.Accept.Least);
            toModel.Add(session.ToModel.Least);
            toHandOn.Add(session.ToHandOn.Least);
        }

        return (accept, toModel, toHandOn);
    }

    private sealed record CrowdTimes(double WallSeconds, Samples ToAccepted, Samples ToModel, Samples ToHandOn, double CpuSeconds, double SlowestStreamSeconds);
}
