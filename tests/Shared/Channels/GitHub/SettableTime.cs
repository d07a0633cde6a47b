using System.Diagnostics;

namespace Holdfast.Tests.Channels.GitHub;

/// <summary>A clock that stands until a test moves it. Timers never run out by themselves: the test lets them.</summary>
internal sealed class SettableTime : TimeProvider
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private readonly Lock _gate = new();
    private readonly List<HeldTimer> _timers = [];

    public DateTimeOffset Now { get; set; } = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new HeldTimer(callback, state);
        lock (_gate)
        {
            _timers.Add(timer);
        }

        return timer;
    }

    /// <summary>Lets every timer run out that is not disposed.</summary>
    public void RunOutTimers()
    {
        HeldTimer[] timers;
        lock (_gate)
        {
            timers = [.. _timers];
        }

        foreach (var timer in timers)
        {
            timer.RunOut();
        }
    }

    /// <summary>Waits for something that another thread does soon.</summary>
    /// <exception cref="TimeoutException">It did not come within 30 s.</exception>
    public static async Task UntilAsync(Func<bool> condition)
    {
        for (var waited = Stopwatch.StartNew(); !condition(); await Task.Delay(5))
        {
            if (waited.Elapsed > Bound)
            {
                throw new TimeoutException("The condition did not come true.");
            }
        }
    }

    private sealed class HeldTimer(TimerCallback callback, object? state) : ITimer
    {
        private volatile bool _disposed;

        public void RunOut()
        {
            if (!_disposed)
            {
                callback(state);
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => !_disposed;

        public void Dispose() => _disposed = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
