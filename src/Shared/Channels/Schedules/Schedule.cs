namespace Holdfast.Channels.Schedules;

/// <summary>
/// When a job comes due. Pure: the same question has the same answer on every machine, so that occurrences can be named by their due
/// time.
/// </summary>
public abstract record Schedule
{
    private Schedule()
    {
    }

    /// <summary>The first due instant strictly after <paramref name="after"/>, in UTC; null when none is left.</summary>
    public abstract DateTimeOffset? NextDueAt(DateTimeOffset after);

    /// <summary>Wall-clock times of a time zone.</summary>
    /// <param name="Line">The cron line.</param>
    /// <param name="Zone">An IANA zone.</param>
    public sealed record Cron(CronSchedule Line, TimeZoneInfo Zone) : Schedule
    {
        public override DateTimeOffset? NextDueAt(DateTimeOffset after) => Line.Next(after, Zone);
    }

    /// <summary>At <paramref name="AnchorAt"/> and every whole number of intervals before and after it, whatever clocks do.</summary>
    /// <param name="Interval">Greater than zero.</param>
    /// <param name="AnchorAt">Any instant; it fixes the phase and does not begin anything.</param>
    public sealed record Every(TimeSpan Interval, DateTimeOffset AnchorAt) : Schedule
    {
        public override DateTimeOffset? NextDueAt(DateTimeOffset after)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Interval, TimeSpan.Zero);
            var sinceAnchor = after.UtcTicks - AnchorAt.UtcTicks;
            var sinceDue = sinceAnchor % Interval.Ticks;
            var wait = sinceDue < 0 ? -sinceDue : Interval.Ticks - sinceDue;
            return wait <= DateTimeOffset.MaxValue.UtcTicks - after.UtcTicks
                ? new DateTimeOffset(after.UtcTicks + wait, TimeSpan.Zero)
                : null;
        }
    }

    /// <summary>Once.</summary>
    public sealed record At(DateTimeOffset DueAt) : Schedule
    {
        public override DateTimeOffset? NextDueAt(DateTimeOffset after) => DueAt > after ? DueAt.ToUniversalTime() : null;
    }
}
