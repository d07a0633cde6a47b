using System.Collections.Frozen;

namespace Holdfast.Channels.Schedules;

/// <summary>
/// Reads cron lines of five fields (minute, hour, day of month, month, day of week) with lists, ranges, steps and English names,
/// and the aliases <c>@yearly</c> to <c>@hourly</c>. What the classic cron would silently make something else of (a step past the
/// field's range, a step without a range, a day that never comes) is refused with a reason.
/// </summary>
public static class CronParser
{
    private static readonly FrozenDictionary<string, string> Aliases = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["@yearly"] = "0 0 1 1 *",
        ["@annually"] = "0 0 1 1 *",
        ["@monthly"] = "0 0 1 * *",
        ["@weekly"] = "0 0 * * 0",
        ["@daily"] = "0 0 * * *",
        ["@midnight"] = "0 0 * * *",
        ["@hourly"] = "0 * * * *",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    public static CronParseOutcome Parse(string line)
    {
        var text = line.Trim();
        if (text.StartsWith('@'))
        {
            if (!Aliases.TryGetValue(text, out var expansion))
            {
                var known = string.Join(", ", Aliases.Keys.Order(StringComparer.Ordinal));
                return new CronParseOutcome.Invalid($"there is no alias '{text}'; known are {known}");
            }

            text = expansion;
        }

        var fields = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 5)
        {
            return new CronParseOutcome.Invalid(
                $"a cron line has five fields (minute, hour, day of month, month, day of week), this one has {fields.Length}");
        }

        string? reason = null;
        var schedule = new CronSchedule(line.Trim())
        {
            Minutes = CronField.Minute.Read(fields[0], ref reason),
            Hours = CronField.Hour.Read(fields[1], ref reason),
            Days = CronField.DayOfMonth.Read(fields[2], ref reason),
            Months = CronField.Month.Read(fields[3], ref reason),
            WeekDays = CronField.DayOfWeek.Read(fields[4], ref reason),

            // As in the classic cron a field that begins with a star counts as unrestricted, `*/2` too.
            EitherDayField = !fields[2].StartsWith('*') && !fields[4].StartsWith('*'),
        };
        return reason is not null
            ? new CronParseOutcome.Invalid(reason)
            : schedule.EverComesDue
                ? new CronParseOutcome.Parsed(schedule)
                : new CronParseOutcome.Invalid($"day of month '{fields[2]}' never comes in month '{fields[3]}'");
    }
}

/// <summary>What became of reading a cron line.</summary>
public abstract record CronParseOutcome
{
    private CronParseOutcome()
    {
    }

    /// <summary>The line is a schedule that comes due at least once.</summary>
    public sealed record Parsed(CronSchedule Schedule) : CronParseOutcome;

    /// <param name="Reason">Names the field and the part that is wrong; fit to be shown to whoever wrote the line.</param>
    public sealed record Invalid(string Reason) : CronParseOutcome;
}
