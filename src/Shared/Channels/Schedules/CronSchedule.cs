namespace Holdfast.Channels.Schedules;

/// <summary>
/// A cron line, read by <see cref="CronParser"/>. It names wall-clock times; a time zone turns them into instants.
/// <para>
/// Every wall-clock time that the line names comes due exactly once. When clocks go forward, times inside the gap come due together,
/// once, at the first instant after it. When clocks go back, a time that the clock shows twice comes due at its first showing; so
/// <c>*/5 * * * *</c> pauses for the repeated hour. A job that must run by elapsed time is an <see cref="Schedule.Every"/>.
/// </para>
/// </summary>
public sealed class CronSchedule
{
    // Leaves room to step over the year without leaving what a DateTime can hold.
    private const int LastYear = 9998;
    private static readonly int[] LongestMonths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

    internal CronSchedule(string line) => Line = line;

    /// <summary>The line as it was written.</summary>
    public string Line { get; }

    internal ulong Minutes { get; init; }

    internal ulong Hours { get; init; }

    internal ulong Days { get; init; }

    internal ulong Months { get; init; }

    /// <summary>Sunday is bit 0, and bit 7 too.</summary>
    internal ulong WeekDays { get; init; }

    /// <summary>Both day fields are restricted: a day that fits one of them is enough. Otherwise it must fit both.</summary>
    internal bool EitherDayField { get; init; }

    /// <summary>False for a line like <c>0 0 30 2 *</c>. A day-of-week that is enough by itself always comes.</summary>
    internal bool EverComesDue =>
        EitherDayField || Enumerable.Range(1, 12).Any(month => Has(Months, month)
            && Enumerable.Range(1, LongestMonths[month - 1]).Any(day => Has(Days, day)));

    /// <summary>The first instant strictly after <paramref name="after"/> at which the schedule comes due, in UTC.</summary>
    /// <returns>Null past the year 9998.</returns>
    public DateTimeOffset? Next(DateTimeOffset after, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(after, zone).DateTime;
        var candidate = NextWallClock(new DateTime(local.Year, local.Month, local.Day, local.Hour, local.Minute, 0));
        while (candidate is { } wall)
        {
            // A candidate may map to an instant that is past already: the second showing of a repeated hour, or the end of a gap.
            var instant = ToInstant(wall, zone);
            if (instant > after)
            {
                return instant;
            }

            candidate = NextWallClock(wall);
        }

        return null;
    }

    public override string ToString() => Line;

    private static DateTimeOffset ToInstant(DateTime wall, TimeZoneInfo zone)
    {
        while (true)
        {
            var offset = zone.IsAmbiguousTime(wall) ? zone.GetAmbiguousTimeOffsets(wall).Max() : zone.GetUtcOffset(wall);
            var instant = new DateTimeOffset(wall, offset).ToUniversalTime();
            // The way back tells a gap more surely than IsInvalidTime, which knows daylight saving only, not a zone that moves.
            if (TimeZoneInfo.ConvertTime(instant, zone).DateTime == wall)
            {
                return instant;
            }

            wall = wall.AddMinutes(1);
        }
    }

    private DateTime? NextWallClock(DateTime after)
    {
        var time = after.AddMinutes(1);
        while (time.Year <= LastYear)
        {
            if (!Has(Months, time.Month))
            {
                time = new DateTime(time.Year, time.Month, 1).AddMonths(1);
            }
            else if (!HasDay(time))
            {
                time = time.Date.AddDays(1);
            }
            else if (!Has(Hours, time.Hour))
            {
                time = time.Date.AddHours(time.Hour + 1);
            }
            else if (!Has(Minutes, time.Minute))
            {
                time = time.AddMinutes(1);
            }
            else
            {
                return time;
            }
        }

        return null;
    }

    private bool HasDay(DateTime time)
    {
        var day = Has(Days, time.Day);
        var weekDay = Has(WeekDays | (WeekDays >> 7), (int)time.DayOfWeek);
        return EitherDayField ? day || weekDay : day && weekDay;
    }

    private static bool Has(ulong bits, int value) => (bits >> value & 1) == 1;
}
