using System.Globalization;
using Holdfast.Delivery;
using Holdfast.Harness;
using Spectre.Console;

namespace Holdfast.Demo.Showing;

/// <summary>Says how a turn goes on, by the progress that the session shows, until its receipt stands.</summary>
internal sealed class StatusWatch(AppFixture fixture, HoldfastApp app, TimeProvider clock)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);
    private readonly long _started = clock.GetTimestamp();

    public async Task<Receipt> FollowAsync(Scene scene, TimeSpan within)
    {
        var receipt = fixture.ReceiptAsync(scene.Turn, within);
        var last = "";
        while (!receipt.IsCompleted)
        {
            if (await StatusAsync(scene) is { } status && status != last)
            {
                Say(scene, status);
                last = status;
            }

            await Task.WhenAny(receipt, Task.Delay(LookEvery, clock));
        }

        var finished = await receipt;
        Say(scene, string.Create(CultureInfo.InvariantCulture, $"receipt: {finished.Ending}"));
        return finished;
    }

    public void Say(Scene scene, string what) =>
        AnsiConsole.MarkupLineInterpolated(
            CultureInfo.InvariantCulture,
            $"[grey]{clock.GetElapsedTime(_started).TotalSeconds,6:F1} s[/]  [blue]{scene.Name,-6}[/] {what}");

    /// <returns>Null while there is no session.</returns>
    private async Task<string?> StatusAsync(Scene scene)
    {
        using var answer = await app.SessionAsync(scene.SessionKey.Value);
        if (!answer.IsSuccessStatusCode)
        {
            return null;
        }

        var progress = (await answer.JsonAsync()).GetProperty("progress");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{progress.GetProperty("phase").GetString()}, attempt {progress.GetProperty("attempt").GetInt32()}, "
                + $"{progress.GetProperty("characters").GetInt64()} characters");
    }
}
