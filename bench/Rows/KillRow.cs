using System.Globalization;
using Holdfast.Bench.Fixtures;

namespace Holdfast.Bench.Rows;

/// <summary>
/// Row 9: host and worker killed at once while an answer streams, and started again at once; until the model is asked again.
/// </summary>
internal static class KillRow
{
    private static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(90);

    public static async Task<IReadOnlyList<BenchRow>> MeasureAsync(BenchFixture fixture, BenchOptions options)
    {
        var (silences, starts) = (new Samples(), new Samples());
        for (var kill = 0; kill < (options.IsQuick ? 1 : 3); kill++)
        {
            await fixture.Peers.AnswerAsync(deltas: 3_000, intervalMilliseconds: 10);
            await using var app = await fixture.StartAppAsync();
            var sent = await new TimedThread($"C9{kill}").SayAsync(app);
            await WaitForRequestsAsync(fixture, sent, 1);
            await Task.Delay(TimeSpan.FromSeconds(1.5 + kill));
            var killed = TimeProvider.System.GetTimestamp();
            await app.KillAsync();
            await fixture.Peers.AnswerAsync(deltas: 5, intervalMilliseconds: 10, forgets: false);
            await app.RestartAsync();
            starts.Add(TimeProvider.System.GetElapsedTime(killed));
            await WaitForRequestsAsync(fixture, sent, 2);
            silences.Add(TimeProvider.System.GetElapsedTime(killed));
        }

        var hidden = (silences.Median - starts.Median) / 1000;
        return
        [
            new BenchRow(
                9,
                "killed in mid-stream → model asked again",
                [
                    BenchFigure.OfTime(
                        string.Create(CultureInfo.InvariantCulture, $"{silences.Median / 1000:0.0} s"), "≤ 20 s",
                        silences.Median <= MaxSilence.TotalMilliseconds, fixture.Machine),
                ],
                string.Create(
                    CultureInfo.InvariantCulture, $"{hidden:0.0} s: the killed activity's message stays hidden for 15 s (host.json)"),
                [
                    string.Create(
                        CultureInfo.InvariantCulture, $"until the model is asked: {silences}; of it until both are up again: {starts}"),
                ])
            {
                Reason = "the engine gives a dead host's work out again when its message shows, and looks for it at its polling interval",
            },
        ];
    }

    private static async Task WaitForRequestsAsync(BenchFixture fixture, SentMessage sent, int count)
    {
        var started = TimeProvider.System.GetTimestamp();
        while ((await fixture.Peers.RequestsAsync()).Count(
            request => request.LastUserText.Contains(sent.Tag, StringComparison.Ordinal)) < count)
        {
            if (TimeProvider.System.GetElapsedTime(started) > Within)
            {
                throw new TimeoutException($"The model was not asked {count} times within {Within}.");
            }

            await Task.Delay(20);
        }
    }
}
