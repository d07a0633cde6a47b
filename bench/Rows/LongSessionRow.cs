using System.Globalization;
using Holdfast.Bench.Fixtures;
using Holdfast.Harness;
using Holdfast.Peers;

namespace Holdfast.Bench.Rows;

/// <summary>
/// Row 10: a session's late turns against its early ones. The model takes so few tokens that the tenth turn's prompt is as long as any
/// later one's, so what grows with the session's age is the app's own doing. Nothing is summed up meanwhile: with so small a prompt every
/// few turns one would be, and a turn that rolls its segment is another thing than a late one.
/// </summary>
internal static class LongSessionRow
{
    private const double MaxRatio = 1.2;
    private const int MessageCharacters = 2_000;
    private const int Early = 10;
    private const int Around = 8;
    private const int PromptTokens = 5_000;

    public static async Task<IReadOnlyList<BenchRow>> MeasureAsync(BenchFixture fixture, BenchOptions options)
    {
        var last = options.IsQuick ? 100 : 1_000;
        await using var proxy = await CountedStorage.StartAsync(fixture.Azurite);
        await using var app = await fixture.StartAppAsync(
            new AppOptions { Storage = proxy, ContextTokens = PromptTokens, HasTimers = false });
        await fixture.Peers.AnswerAsync(deltas: 2, intervalMilliseconds: 0);
        // Another session warms the process up: the early turns must not pay for that.
        for (var turn = 0; turn < (options.IsQuick ? 30 : 150); turn++)
        {
            await RunAsync(app, proxy, "agent:main:http:warm-up");
        }

        await fixture.Peers.ForgetRequestsAsync();
        var (times, bytes) = (new Samples(), new Samples());
        for (var turn = 1; turn <= last; turn++)
        {
            var (took, read) = await RunAsync(app, proxy, "agent:main:http:long");
            times.Add(took);
            bytes.Add(read);
        }

        var prompts = (await fixture.Peers.RequestsAsync()).Select(request => request.BodyBytes).ToArray();
        var (early, late) = ((Early - 1)..(Early - 1 + Around), ^Around..);
        var timeRatio = times.MedianOf(late) / times.MedianOf(early);
        var bytesRatio = bytes.MedianOf(late) / bytes.MedianOf(early);
        return
        [
            new BenchRow(
                10,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"turn {last:N0} against turn 10 of one session, messages of 2,000 characters, prompt alike"),
                [
                    BenchFigure.Of(
                        string.Create(CultureInfo.InvariantCulture, $"{timeRatio:0.00} × in time"), "≤ 1.2 ×", timeRatio <= MaxRatio),
                    BenchFigure.Of(
                        string.Create(CultureInfo.InvariantCulture, $"{bytesRatio:0.00} × in bytes read"), "≤ 1.2 ×",
                        bytesRatio <= MaxRatio),
                ],
                "in time, its histories; in bytes none",
                [
                    string.Create(CultureInfo.InvariantCulture, $"early turns ({Around} from turn {Early} on): "
                        + $"{times.MedianOf(early):0.0} ms, {bytes.MedianOf(early):N0} bytes read, prompt of {prompts[Early]:N0} bytes"),
                    string.Create(CultureInfo.InvariantCulture, $"late turns (the last {Around}): {times.MedianOf(late):0.0} ms, "
                        + $"{bytes.MedianOf(late):N0} bytes read, prompt of {prompts[^1]:N0} bytes"),
                    "by way of a counting proxy, from the request sent to the receipt",
                ])
            {
                Reason = "something grows with the session's age: see the bytes read and the prompt below it",
            },
        ];
    }

    private static async Task<(TimeSpan Took, long BytesRead)> RunAsync(HoldfastApp app, CountedStorage proxy, string sessionKey)
    {
        proxy.Take();
        var sentAt = PeerClock.NowMicros;
        using var answer = await Harness.AppFixture.PostAsync(app, sessionKey, new string('x', MessageCharacters));
        answer.EnsureSuccessStatusCode();
        var receipt = await proxy.WaitForAsync(
            call => call is { Method: "PUT" } && call.Path.StartsWith("receipts/", StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        await proxy.WaitForQuietAsync(TimeSpan.FromMilliseconds(20));
        return (TimeSpan.FromMicroseconds(receipt.AtMicros - sentAt), proxy.Take().Where(call => call.IsOwn).Sum(call => call.AnswerBytes));
    }
}
