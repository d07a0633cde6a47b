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
        ArgumentNullException.ThrowIfNull(line);
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

        var reader = new CronFieldReader();
        var schedule = Build(line.Trim(), fields, reader);
        if (reader.Reason is { } reason)
        {
            return new CronParseOutcome.Invalid(reason);
        }

        return schedule.EverComesDue
            ? new CronParseOutcome.Parsed(schedule)
            : new CronParseOutcome.Invalid($"day of month '{fields[2]}' never comes in month '{fields[3]}'");
    }

    private static CronSchedule Build(string line, string[] fields, CronFieldReader reader)
    {
        var weekDays = reader.Bits(CronField.DayOfWeek, fields[4]);
        return new CronSchedule(line)
        {
            Minutes = reader.Bits(CronField.Minute, fields[0]),
            Hours = reader.Bits(CronField.Hour, fields[1]),
            Days = reader.Bits(CronField.DayOfMonth, fields[2]),
            Months = reader.Bits(CronField.Month, fields[3]),
            WeekDays = (weekDays | (weekDays >> 7)) & 0x7F,
            // As in the classic cron a field that begins with a star counts as unrestricted, `*/2` too.
            EitherDayField = !fields[2].StartsWith('*') && !fields[4].StartsWith('*'),
        };
    }
}
