using System.Globalization;
using Holdfast.Bench.Fixtures;

namespace Holdfast.Bench.Rows;

/// <summary>Row 6: from the start of the host's process to the first message it accepted, on a store that it has used before.</summary>
internal static class StartRow
{
    private static readonly TimeSpan MaxStart = TimeSpan.FromSeconds(2.5);

    public static async Task<IReadOnlyList<BenchRow>> MeasureAsync(BenchFixture fixture, BenchOptions options)
    {
        await fixture.Peers.AnswerAsync(deltas: 2, intervalMilliseconds: 0);
        var (listening, accepted) = (new Samples(), new Samples());
        var first = await StartAsync(fixture, listening: new Samples());
        for (var start = 0; start < (options.IsQuick ? 3 : 5); start++)
        {
            accepted.Add(await StartAsync(fixture, listening));
        }

        return
        [
            new BenchRow(
                6,
                "start → first message accepted",
                [
                    BenchFigure.OfTime(
                        string.Create(CultureInfo.InvariantCulture, $"{accepted.Median / 1000:0.00} s"), "≤ 2.5 s",
                        accepted.Median <= MaxStart.TotalMilliseconds, fixture.Machine),
                ],
                "not told apart: host, engine and worker start at once",
                [
                    $"to the answer to the first message: {accepted}",
                    $"to the listening line: {listening}",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"the first on a new store, whose queues and tables are made: {first.TotalMilliseconds:0}"),
                ])
            {
                Reason = "two runtimes start, and each compiles what it has never run",
            },
        ];
    }

    private static async Task<TimeSpan> StartAsync(BenchFixture fixture, Samples listening)
    {
        await using var app = await fixture.StartAppAsync(new AppOptions { Name = "start" });
        var asked = TimeProvider.System.GetTimestamp();
        using var answer = await Harness.AppFixture.PostAsync(app, "agent:main:http:first", "hello");
        answer.EnsureSuccessStatusCode();
        listening.Add(app.StartedAfter);
        return app.StartedAfter + TimeProvider.System.GetElapsedTime(asked);
    }
}
