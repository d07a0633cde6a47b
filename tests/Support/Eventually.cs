using System.Diagnostics;

namespace Holdfast.Tests.Support;

/// <summary>Waits in real time for something that another process or thread does, with a bound and a name for what did not come.</summary>
public static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <exception cref="TimeoutException">It did not become true.</exception>
    public static Task BecomesTrueAsync(Func<bool> condition, TimeSpan within, string what) =>
        BecomesTrueAsync(() => Task.FromResult(condition()), within, what);

    /// <exception cref="TimeoutException">It did not become true.</exception>
    public static async Task BecomesTrueAsync(Func<Task<bool>> condition, TimeSpan within, string what)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > within)
            {
                throw new TimeoutException($"Not within {within}: {what}.");
            }

            await Task.Delay(Pause);
        }
    }
}
