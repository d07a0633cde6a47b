using System.Collections.Immutable;
using Cronos;

namespace Holdfast.Channels.Schedules;

/// <summary>
/// A cron line of five fields (minute, hour, day of month, month, day of week) or an alias such as <c>@daily</c>, as Cronos reads it. It
/// names wall-clock times; a time zone turns them into instants.
/// <para>
/// When clocks go forward, a time inside the gap comes due at the first instant after it. When clocks go back, a fixed time comes due at
/// its first showing, and a line that repeats within the hour or the day (<c>*/5 * * * *</c>) goes on through the repeated hour.
/// </para>
/// </summary>
public sealed class CronSchedule
{
    /// <summary>One, or two of which the sooner counts.</summary>
    private readonly ImmutableArray<CronExpression> _expressions;

    private CronSchedule(string line, ImmutableArray<CronExpression> expressions) => (Line, _expressions) = (line, expressions);

    /// <summary>The line as it was written.</summary>
    public string Line { get; }

    /// <exception cref="FormatException">The line is none, or never comes due; the message is fit to be shown to who wrote it.</exception>
    public static CronSchedule Parse(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        line = line.Trim();
        var fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

        if (fields.Length != 5 && (fields is not [['@', ..]] || line.Equals("@every_second", StringComparison.OrdinalIgnoreCase)))
        {
            throw new FormatException(
                $"A cron line has five fields (minute, hour, day of month, month, day of week) or is an alias such as @daily; "
                    + $"'{line}' has {fields.Length}.");
        }

        // Where both day fields are restricted, Unix takes a day that fits either; Cronos takes one that fits both.
        string[] lines = fields is [var minute, var hour, not ['*' or '?', ..], var month, not ['*' or '?', ..]]
            ? [$"{minute} {hour} {fields[2]} {month} *", $"{minute} {hour} * {month} {fields[4]}"]
            : [line];
        var schedule = new CronSchedule(line, [.. lines.Select(text => CronExpression.Parse(text))]);
        return schedule.Next(DateTimeOffset.UnixEpoch, TimeZoneInfo.Utc) is null
            ? throw new FormatException("The day that the line names never comes.")
            : schedule;
    }

    /// <param name="reason">Why it is null.</param>
    public static CronSchedule? TryParse(string line, out string reason)
    {
        try
        {
            reason = "";
            return Parse(line);
        }
        catch (FormatException fault)
        {
            reason = fault.Message;
            return null;
        }
    }

    /// <summary>The first instant strictly after <paramref name="after"/> at which the schedule comes due, in UTC.</summary>
    /// <returns>Null past the year 9999.</returns>
    public DateTimeOffset? Next(DateTimeOffset after, TimeZoneInfo zone) =>
        _expressions.Min(expression => expression.GetNextOccurrence(after, zone))?.ToUniversalTime();

    public override string ToString() => Line;
}
