namespace Holdfast.Embedded.Timers;

/// <summary>
/// An NCRONTAB expression. Day of month and day of week must both allow a day, unlike in the cron of Unix.
/// </summary>
internal sealed record CronSchedule : TimerSchedule
{
    // Leap days meet each day of the week within one cycle of the calendar; what is not found by then never comes.
    private const int CalendarCycleYears = 400;

    private readonly CronField _seconds;
    private readonly CronField _minutes;
    private readonly CronField _hours;
    private readonly CronField _days;
    private readonly CronField _months;
    private readonly CronField _weekdays;

    private CronSchedule(ReadOnlySpan<string> fields)
    {
        _seconds = CronField.Seconds(fields[0]);
        _minutes = CronField.Minutes(fields[1]);
        _hours = CronField.Hours(fields[2]);
        _days = CronField.DaysOfMonth(fields[3]);
        _months = CronField.Months(fields[4]);
        _weekdays = CronField.DaysOfWeek(fields[5]);
    }

    public override bool IsFrequent => _seconds.Count > 1
        && _minutes.AllowsAll && _hours.AllowsAll && _days.AllowsAll && _months.AllowsAll && _weekdays.AllowsAll;

    /// <summary>Five fields are taken as minutes first, with second 0.</summary>
    /// <exception cref="FormatException">A field is not valid.</exception>
    public static CronSchedule Parse(ReadOnlySpan<string> fields) => new(fields.Length == 5 ? ["0", .. fields] : fields);

    public override DateTimeOffset? Next(DateTimeOffset after)
    {
        var start = after.UtcDateTime.AddTicks(TimeSpan.TicksPerSecond - (after.UtcTicks % TimeSpan.TicksPerSecond));
        if (AllowsDay(start) && NextTimeOfDay(start.TimeOfDay) is { } today)
        {
            return new DateTimeOffset(start.Date + today, TimeSpan.Zero);
        }

        var end = start.Year + CalendarCycleYears;
        for (var day = start.Date.AddDays(1); day.Year <= end && day.Year < DateTime.MaxValue.Year; day = NextCandidate(day))
        {
            if (AllowsDay(day) && NextTimeOfDay(TimeSpan.Zero) is { } time)
            {
                return new DateTimeOffset(day + time, TimeSpan.Zero);
            }
        }

        return null;
    }

    private bool AllowsDay(DateTime day) => _months.Allows(day.Month) && _days.Allows(day.Day) && _weekdays.Allows((int)day.DayOfWeek);

    // A month that is not allowed is skipped as a whole.
    private DateTime NextCandidate(DateTime day)
        => _months.Allows(day.Month) ? day.AddDays(1) : new DateTime(day.Year, day.Month, 1, 0, 0, 0, DateTimeKind.Utc).AddMonths(1);

    private TimeSpan? NextTimeOfDay(TimeSpan from)
    {
        for (var hour = _hours.AtOrAfter(from.Hours); hour is { } h; hour = _hours.AtOrAfter(h + 1))
        {
            var firstMinute = h == from.Hours ? from.Minutes : 0;
            for (var minute = _minutes.AtOrAfter(firstMinute); minute is { } m; minute = _minutes.AtOrAfter(m + 1))
            {
                var firstSecond = h == from.Hours && m == from.Minutes ? from.Seconds : 0;
                if (_seconds.AtOrAfter(firstSecond) is { } second)
                {
                    return new TimeSpan(h, m, second);
                }
            }
        }

        return null;
    }
}
