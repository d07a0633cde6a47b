using System.Globalization;
using Holdfast.Bench.Fixtures;
using Holdfast.Harness;
using Holdfast.Tests.Support;

namespace Holdfast.Bench.Rows;

/// <summary>
/// Row 3: CPU of host and worker for one long turn, beside a process that reads the same stream and does nothing with it.
/// </summary>
internal static class StreamCpuRow
{
    private const int Deltas = 1_000;
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(10);
    private const double MaxRatio = 1.5;

    public static async Task<IReadOnlyList<BenchRow>> MeasureAsync(BenchFixture fixture, BenchOptions options)
    {
        var turns = options.IsQuick ? 1 : 3;
        await using var app = await fixture.StartAppAsync();
        var thread = new TimedThread("C3");
        await fixture.Peers.AnswerAsync(deltas: 5, intervalMilliseconds: 10);
        // The runtime compiles a method well after 30 calls.
        for (var warmUp = 0; warmUp < 40; warmUp++)
        {
            await CpuOfTurnAsync(fixture, app, thread);
        }

        await fixture.Peers.AnswerAsync(Deltas, intervalMilliseconds: 10);
        await using var reader = ChildProcess.Start(
            "dotnet",
            [typeof(
                StreamCpuRow).Assembly.Location, "reader", fixture.Peers.Bedrock.ToString(), (turns
                    + 1).ToString(CultureInfo.InvariantCulture)]);
        var first = await CpuOfTurnAsync(fixture, app, thread);
        var cpu = new List<(TimeSpan Host, TimeSpan Worker)>();
        for (var turn = 0; turn < turns; turn++)
        {
            cpu.Add(await CpuOfTurnAsync(fixture, app, thread));
        }

        await reader.WaitForExitAsync(Turn * 3);
        var before = AppFigures.Of(app);
        await Task.Delay(Turn);
        var after = AppFigures.Of(app);
        var bare = reader.Lines.Where(line => line.StartsWith(BareReader.Prefix, StringComparison.Ordinal))
            .Select(line => double.Parse(line[BareReader.Prefix.Length..], CultureInfo.InvariantCulture)).ToArray();
        var (host, worker) = cpu.MinBy(turn => turn.Host + turn.Worker);
        var ratio = (host + worker).TotalMilliseconds / bare.Skip(1).Min();
        return
        [
            new BenchRow(
                3,
                "CPU of a turn of 1,000 deltas at 10 ms, host and worker, best of " + turns.ToString(CultureInfo.InvariantCulture),
                [
                    BenchFigure.Of(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{ratio:0.00} × ({(host + worker).TotalMilliseconds:0} ms)"), "≤ 1.5 × a bare reader", ratio <= MaxRatio),
                ],
                string.Create(CultureInfo.InvariantCulture, $"the host: {host.TotalMilliseconds:0} ms"),
                [
                    "warm turns, host + worker: " + string.Join(
                        ", ",
                        cpu.Select(turn => Text(turn.Host, turn.Worker))) + $"; the first such turn: {Text(first.Host, first.Worker)}",
                    $"idle for as long: {Text(after.HostCpu - before.HostCpu, after.WorkerCpu - before.WorkerCpu)}",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"a bare reader of the same stream at the same time: {bare.Skip(1).Min():0} (its first: {bare[0]:0})"),
                ])
            {
                Reason = string.Create(
                    CultureInfo.InvariantCulture,
                    $"the worker alone takes {worker.TotalMilliseconds / bare.Skip(1).Min():0.00} × the reader, the host the rest"),
            },
        ];
    }

    private static string Text(TimeSpan host, TimeSpan worker) =>
        string.Create(CultureInfo.InvariantCulture, $"{host.TotalMilliseconds:0} + {worker.TotalMilliseconds:0}");

    private static async Task<(TimeSpan Host, TimeSpan Worker)> CpuOfTurnAsync(BenchFixture fixture, HoldfastApp app, TimedThread thread)
    {
        var posts = (await fixture.Peers.PostsAsync()).Count;
        var before = AppFigures.Of(app);
        await thread.SayAsync(app);
        await fixture.Peers.WaitForPostsAsync(posts + 1, TimeSpan.FromSeconds(60));
        // What comes after the reply is the turn's too.
        await Task.Delay(100);
        var after = AppFigures.Of(app);
        return (after.HostCpu - before.HostCpu, after.WorkerCpu - before.WorkerCpu);
    }
}
