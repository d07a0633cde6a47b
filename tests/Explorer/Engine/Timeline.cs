namespace Holdfast.Tests.Explorer.Engine;

/// <summary>
/// The world's time. Moves only when the search moves it; timers fire on the search's thread, in the order of their due times.
/// </summary>
internal sealed class Timeline
{
    private readonly List<ActorTimer> _armed = [];
    private long _sequence;

    public static DateTimeOffset Start { get; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public DateTimeOffset Now { get; private set; } = Start;

    public DateTimeOffset? NextDueAt => _armed.Count == 0 ? null : _armed.Min(timer => timer.DueAt);

    /// <summary>
    /// Moves on to <paramref name="target"/> and fires what falls due until then, running <paramref name="settle"/> after each.
    /// </summary>
    public void AdvanceTo(DateTimeOffset target, Action settle)
    {
        while (_armed.Where(timer => timer.DueAt <= target).MinBy(timer => (timer.DueAt, timer.Sequence)) is { } due)
        {
            Now = due.DueAt > Now ? due.DueAt : Now;
            if (due.Period > TimeSpan.Zero)
            {
                (due.DueAt, due.Sequence) = (Now + due.Period, ++_sequence);
            }
            else
            {
                _armed.Remove(due);
            }

            due.Fire();
            settle();
        }

        Now = target;
    }

    public void Arm(ActorTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        _armed.Remove(timer);
        if (dueTime != Timeout.InfiniteTimeSpan && timer.Owner.IsAlive)
        {
            (timer.DueAt, timer.Period, timer.Sequence) = (Now + dueTime, period, ++_sequence);
            _armed.Add(timer);
        }
    }

    public void Disarm(ActorTimer timer) => _armed.Remove(timer);

    public void DisarmAllOf(Actor actor) => _armed.RemoveAll(timer => timer.Owner == actor);

    public Fingerprint MixInto(Fingerprint print)
    {
        print = print.With((Now - Start).Ticks);
        foreach (var timer in _armed.OrderBy(timer => (timer.DueAt, timer.Owner.Index)))
        {
            print = print.With((timer.DueAt - Start).Ticks).With((ulong)timer.Owner.Index);
        }

        return print;
    }
}

/// <summary>A timer of one actor; dies with it.</summary>
internal sealed class ActorTimer(Timeline timeline, Actor owner, TimerCallback callback, object? state) : ITimer
{
    public Actor Owner { get; } = owner;

    public DateTimeOffset DueAt { get; set; }

    public TimeSpan Period { get; set; }

    public long Sequence { get; set; }

    public void Fire()
    {
        Owner.Saw(0x71E4);
        callback(state);
    }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        timeline.Arm(this, dueTime, period);
        return true;
    }

    public void Dispose() => timeline.Disarm(this);

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>One actor's view of the time. What it reads becomes part of its history.</summary>
internal sealed class ActorClock(Timeline timeline, Actor owner) : TimeProvider
{
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        owner.Saw((ulong)(timeline.Now - Timeline.Start).Ticks);
        return timeline.Now;
    }

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ActorTimer(timeline, owner, callback, state);
        timeline.Arm(timer, dueTime, period);
        return timer;
    }
}
