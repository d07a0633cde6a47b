namespace Holdfast.Embedded.Durable.Dispatch;

/// <summary>Armed timers of one instance, by key. Not thread-safe but for the callbacks: its instance's turn owns it.</summary>
internal sealed class Alarms(TimeProvider time)
{
    // TimeProvider timers reach about 49 days: a later one is armed again on the way.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(20);

    private readonly Dictionary<int, ITimer> _armed = [];

    public bool IsArmed(int key) => _armed.ContainsKey(key);

    /// <summary>Calls <paramref name="ring"/> once the clock has reached <paramref name="at"/>, at once when it has.</summary>
    public void Arm(int key, DateTimeOffset at, Action ring)
    {
        Disarm(key);
        _armed[key] = new Alarm(time, at, ring).Arm();
    }

    public void Disarm(int key)
    {
        if (_armed.Remove(key, out var timer))
        {
            timer.Dispose();
        }
    }

    public void Clear()
    {
        foreach (var timer in _armed.Values)
        {
            timer.Dispose();
        }

        _armed.Clear();
    }

    private sealed class Alarm(TimeProvider time, DateTimeOffset at, Action ring)
    {
        private readonly TaskCompletionSource<ITimer> _timer = new();

        public ITimer Arm()
        {
            var timer = time.CreateTimer(_ => Look(), null, Left(), Timeout.InfiniteTimeSpan);
            _timer.SetResult(timer);
            return timer;
        }

        private TimeSpan Left()
        {
            var left = at - time.GetUtcNow();
            return left <= TimeSpan.Zero ? TimeSpan.Zero : left < Longest ? left : Longest;
        }

        private void Look()
        {
            // A millisecond's rounding counts as reached: the orchestrator's clock is set to the timer's own time anyway.
            var left = Left();
            if (left < TimeSpan.FromMilliseconds(1))
            {
                ring();
            }
            else
            {
                _timer.Task.GetAwaiter().GetResult().Change(left, Timeout.InfiniteTimeSpan);
            }
        }
    }
}
