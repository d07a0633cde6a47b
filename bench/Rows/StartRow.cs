using System.Globalization;
using Holdfast.Bench.Stage;

namespace Holdfast.Bench.Rows;

/// <summary>Row 9: from the start of the process to the first message it accepted.</summary>
internal static class StartRow
{
    private static readonly TimeSpan MaxStart = TimeSpan.FromSeconds(1.5);

    public static async Task<IReadOnlyList<BenchRow>> MeasureAsync(BenchStage stage, BenchOptions options)
    {
        await stage.Peers.AnswerAsync(deltas: 2, intervalMilliseconds: 0);
        var (listening, accepted) = (new Samples(), new Samples());
        for (var start = 0; start < (options.IsQuick ? 3 : 7); start++)
        {
            await using var app = await stage.StartAppAsync();
            var asked = TimeProvider.System.GetTimestamp();
            using var answer = await Harness.Stage.PostAsync(app, "agent:main:http:first", "hello");
            answer.EnsureSuccessStatusCode();
            listening.Add(app.StartedAfter);
            accepted.Add(app.StartedAfter + TimeProvider.System.GetElapsedTime(asked));
        }

        return
        [
            new BenchRow(
                9,
                "process start to first accepted request",
                "≤ 1.5 s",
                string.Create(CultureInfo.InvariantCulture, $"{accepted.Median / 1000:0.00} s"),
                accepted.Median <= MaxStart.TotalMilliseconds,
                [$"to the answer to the first message: {accepted}", $"to the listening line: {listening}"]),
        ];
    }
}
