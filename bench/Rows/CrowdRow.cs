using System.Globalization;
using Holdfast.Bench.Fixtures;
using Holdfast.Harness;

namespace Holdfast.Bench.Rows;

/// <summary>Row 8: fifty sessions that stream at once.</summary>
internal static class CrowdRow
{
    private const int Sessions = 50;
    private const int Deltas = 1_000;
    private const double MaxWallSeconds = 11;
    private const double MaxToHandOn = 35;

    public static async Task<IReadOnlyList<BenchRow>> MeasureAsync(BenchFixture fixture, BenchOptions options)
    {
        await using var app = await fixture.StartAppAsync();
        var threads = Enumerable.Range(0, Sessions).Select(number => new TimedThread($"C5{number:D3}")).ToArray();
        await fixture.Peers.AnswerAsync(deltas: 5, intervalMilliseconds: 10);
        for (var warmUp = 0; warmUp < (options.IsQuick ? 3 : 5); warmUp++)
        {
            await RunAsync(fixture, app, threads);
        }

        await fixture.Peers.AnswerAsync(Deltas, intervalMilliseconds: 10);
        var rounds = new List<CrowdTimes>();
        for (var round = 0; round < (options.IsQuick ? 1 : 3); round++)
        {
            rounds.Add(await RunAsync(fixture, app, threads));
        }

        var floor = await FloorAsync(fixture);
        var best = rounds.MinBy(round => round.WallSeconds)!;
        var memory = app.PeakMemory / 1024.0 / 1024.0;
        return
        [
            new BenchRow(
                8,
                "50 sessions streaming 1,000 deltas in 10 s at once",
                [
                    BenchFigure.OfTime(
                        string.Create(CultureInfo.InvariantCulture, $"wall {best.WallSeconds:0.0} s"), "≤ 11 s",
                        best.WallSeconds <= MaxWallSeconds, fixture.Machine),
                    BenchFigure.OfTime(
                        string.Create(CultureInfo.InvariantCulture, $"last byte → handed on p50 {best.ToHandOn.Median:0} ms"), "≤ 35 ms",
                        best.ToHandOn.Median <= MaxToHandOn, fixture.Machine),
                ],
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{floor.Dispatch.Median:0} of {floor.ToModel.Median:0} ms that Azurite takes to the model"),
                [
                    .. rounds.Select(round => string.Create(
                        CultureInfo.InvariantCulture,
                        $"wall {round.WallSeconds:0.00} s; sent → accepted {round.ToAccepted}, at most {round.ToAccepted.At(1):0}; "
                            + $"accepted → model {round.ToModel}, at most {round.ToModel.At(1):0}; last byte → handed on "
                                + $"{round.ToHandOn}, at most {round.ToHandOn.At(1):0}; CPU of host and worker {round.CpuSeconds:0.0} "
                                    + $"s; the peer's slowest stream {round.SlowestStreamSeconds:0.00} s")),
                    $"Azurite's own floor, the same storage calls of {Sessions} sessions at once without an app: to accept "
                        + $"{floor.Accept}; to the model {floor.ToModel}, of it the engine's {floor.Dispatch}; to hand on {floor.ToHandOn}",
                    string.Create(CultureInfo.InvariantCulture, $"the most memory of host and worker: {memory:0} MB"),
                    .. app.Process.Lines.Where(
                        line => line.Contains("warn:", StringComparison.Ordinal) || line.Contains("fail:", StringComparison.Ordinal))
                        .Distinct()
                        .Take(5)
                        .Select(line => "the app's log: " + line),
                ])
            {
                Reason = string.Create(
                    CultureInfo.InvariantCulture,
                    $"to accept and to reach the model Azurite alone takes {(floor.Accept.Median + floor.ToModel.Median) / 1000:0.0} s "
                        + $"for so many at once, in one process on the same cores; the streams themselves last "
                            + $"{best.SlowestStreamSeconds:0.0} s"),
            },
        ];
    }

    private static async Task<CrowdTimes> RunAsync(BenchFixture fixture, HoldfastApp app, TimedThread[] threads)
    {
        await fixture.Peers.ForgetRequestsAsync();
        var before = (await fixture.Peers.PostsAsync()).Count;
        var cpu = app.CpuTime;
        var sent = await Task.WhenAll(threads.Select(thread => thread.SayAsync(app)));
        var posts = (await fixture.Peers.WaitForPostsAsync(before + threads.Length, TimeSpan.FromSeconds(60)))
            .Skip(before)
            .ToDictionary(post => post.ThreadTs!);
        var requests = await fixture.Peers.RequestsAsync();
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
    private static async Task<(Samples Accept, Samples Dispatch, Samples ToModel, Samples ToHandOn)> FloorAsync(BenchFixture fixture)
    {
        var blobs = await fixture.OpenBlobsAsync("crowd");
        var sessions = await Task.WhenAll(
            Enumerable.Range(0, Sessions).Select(number => TurnTrips.PrepareAsync(fixture, blobs, $"crowd{number}")));
        var (accept, dispatch, toModel, toHandOn) = (new Samples(), new Samples(), new Samples(), new Samples());
        for (var round = 0; round < 3; round++)
        {
            await Task.WhenAll(sessions.Select(session => session.RunAsync()));
        }

        foreach (var session in sessions)
        {
            accept.Add(session.Accept.Least);
            dispatch.Add(session.Dispatch.Least);
            toModel.Add(session.ToModel.Least);
            toHandOn.Add(session.ToHandOn.Least);
        }

        return (accept, dispatch, toModel, toHandOn);
    }

    private sealed record CrowdTimes(
        double WallSeconds, Samples ToAccepted, Samples ToModel, Samples ToHandOn, double CpuSeconds, double SlowestStreamSeconds);
}
