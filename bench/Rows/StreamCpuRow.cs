using System.Globalization;
using Holdfast.Bench.Stage;
using Holdfast.Harness;
using Holdfast.Tests.Support;

namespace Holdfast.Bench.Rows;

/// <summary>Row 4: CPU of the app for one long turn, beside a process that reads the same stream and does nothing with it.</summary>
internal static class StreamCpuRow
{
    private const int Deltas = 1_000;
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MaxCpu = TimeSpan.FromSeconds(0.2);

    public static async Task<IReadOnlyList<BenchRow>> MeasureAsync(BenchStage stage, BenchOptions options)
    {
        var turns = options.IsQuick ? 1 : 2;
        await using var app = await stage.StartAppAsync();
        var thread = new TimedThread("C4");
        await stage.Peers.AnswerAsync(deltas: 5, intervalMilliseconds: 10);
        // The runtime compiles a method well after 30 calls.
        for (var warmUp = 0; warmUp < 40; warmUp++)
        {
            await CpuOfTurnAsync(stage, app, thread);
        }

        await stage.Peers.AnswerAsync(Deltas, intervalMilliseconds: 10);
        await using var reader = ChildProcess.Start(
            "dotnet",
            [typeof(StreamCpuRow).Assembly.Location, "reader", stage.Peers.Bedrock.ToString(), (turns + 1).ToString(CultureInfo.InvariantCulture)]);
        var first = await CpuOfTurnAsync(stage, app, thread);
        var cpu = new Samples();
        for (var turn = 0; turn < turns; turn++)
        {
            cpu.Add(await CpuOfTurnAsync(stage, app, thread));
        }

        await reader.WaitForExitAsync(Turn * 3);
        var before = app.CpuTime;
        await Task.Delay(Turn);
        var idle = app.CpuTime - before;
        var bare = reader.Lines.Where(line => line.StartsWith(BareReader.Prefix, StringComparison.Ordinal))
            .Select(line => double.Parse(line[BareReader.Prefix.Length..], CultureInfo.InvariantCulture)).ToArray();
        return
        [
            new BenchRow(
                4,
                "CPU of the app for a turn of 1,000 deltas at 10 ms",
                "≤ 0.2 s",
                string.Create(CultureInfo.InvariantCulture, $"{cpu.Least / 1000:0.00} s"),
                cpu.Least <= MaxCpu.TotalMilliseconds,
                [
                    string.Create(CultureInfo.InvariantCulture, $"warm turns: {cpu}; the first such turn of the process: {first.TotalMilliseconds:0}"),
                    string.Create(CultureInfo.InvariantCulture, $"the idle app in the same time: {idle.TotalMilliseconds:0}"),
                    string.Create(CultureInfo.InvariantCulture, $"a bare reader of the same stream at the same time: {bare.Skip(1).Min():0} (its first: {bare[0]:0})"),
                ]),
        ];
    }

    private static async Task<TimeSpan> CpuOfTurnAsync(BenchStage stage, HoldfastApp app, TimedThread thread)
    {
        var posts = (await stage.Peers.PostsAsync()).Count;
        var before = app.CpuTime;
        await thread.SayAsync(app);
        await stage.Peers.WaitForPostsAsync(posts + 1, TimeSpan.FromSeconds(60));
        // What comes after the reply is the turn's too.
        await Task.Delay(100);
        return app.CpuTime - before;
    }
}
