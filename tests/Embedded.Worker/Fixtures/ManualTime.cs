namespace Holdfast.Embedded.Worker.Tests;

/// <summary>Time that moves only when it is told to, second by second, and knows how many waits are pending.</summary>
internal sealed class ManualTime(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<Wait> _waits = [];
    private DateTimeOffset _now = start;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _now;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var wait = new Wait(this, callback, state);
        wait.Change(dueTime, period);
        return wait;
    }

    /// <summary>Waits until something waits on this clock, then moves it.</summary>
    public async Task AdvanceAsync(TimeSpan span)
    {
        await Until.TrueAsync(() => Pending > 0, "somebody waits on the clock");
        Advance(span);
    }

    public void Advance(TimeSpan span)
    {
        List<Wait> due;
        lock (_lock)
        {
            _now += span;
            due = [.. _waits.Where(wait => wait.DueAt <= _now)];
            _waits.RemoveAll(due.Contains);
        }

        due.ForEach(wait => wait.Fire());
    }

    public int Pending
    {
        get
        {
            lock (_lock)
            {
                return _waits.Count;
            }
        }
    }

    private sealed class Wait(ManualTime owner, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset DueAt { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (owner._lock)
            {
                owner._waits.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    DueAt = owner._now + dueTime;
                    owner._waits.Add(this);
                }
            }

            return true;
        }

        public void Dispose()
        {
            lock (owner._lock)
            {
                owner._waits.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
