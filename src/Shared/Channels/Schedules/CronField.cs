using System.Globalization;

namespace Holdfast.Channels.Schedules;

/// <summary>One of the five fields of a cron line: its name, its range, and the names that stand for numbers from its first on.</summary>
internal sealed record CronField(string Name, int Min, int Max, params string[] Names)
{
    public static readonly CronField Minute = new("minute", 0, 59);
    public static readonly CronField Hour = new("hour", 0, 23);
    public static readonly CronField DayOfMonth = new("day of month", 1, 31);
    public static readonly CronField Month =
        new("month", 1, 12, "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");

    /// <summary>Sunday is 0 and 7.</summary>
    public static readonly CronField DayOfWeek = new("day of week", 0, 7, "sun", "mon", "tue", "wed", "thu", "fri", "sat");

    /// <param name="reason">Set when the text is wrong and nothing was before; then the answer means nothing.</param>
    /// <returns>The numbers that the field's text allows, as bits.</returns>
    public ulong Read(string text, ref string? reason)
    {
        var bits = 0UL;
        foreach (var part in text.Split(','))
        {
            var (range, step) = part.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash
                ? (part[..slash], part[(slash + 1)..])
                : (part, null);
            var (first, last) = Range(part, range, ref reason);
            var every = step is null ? 1 : Step(range, step, ref reason);
            for (var value = first; value <= last; value += every)
            {
                bits |= 1UL << value;
            }
        }

        return bits;
    }

    private (int First, int Last) Range(string part, string range, ref string? reason)
    {
        if (range == "*")
        {
            return (Min, Max);
        }

        var ends = range.Split('-');
        if (ends.Length > 2)
        {
            reason ??= $"{Name}: '{part}' is no range";
            return default;
        }

        if (Number(ends[0]) is not { } first || Number(ends[^1]) is not { } last)
        {
            var names = Names.Length > 0 ? $" or {Names[0]} to {Names[^1]}" : string.Empty;
            reason ??= $"{Name}: '{part}' is not within {Min} to {Max}{names}";
            return default;
        }

        last = this == DayOfWeek && last == 0 && first > 0 ? 7 : last; // fri-sun
        if (first > last)
        {
            reason ??= $"{Name}: '{part}' runs backwards; write two ranges";
        }

        return (first, last);
    }

    /// <returns>Null when it is neither a number nor a name of this field.</returns>
    private int? Number(string text)
    {
        var named = Array.FindIndex(Names, name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
        if (named >= 0)
        {
            return Min + named;
        }

        return text.Length <= 2 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= Min
            && number <= Max
            ? number
            : null;
    }

    private int Step(string range, string text, ref string? reason)
    {
        if (range != "*" && !range.Contains('-', StringComparison.Ordinal))
        {
            reason ??= $"{Name}: '{range}/{text}' has a step without a range; write '{range}-{Max}/{text}'";
        }
        else if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var step) && step >= 1 && step <= Max)
        {
            return step;
        }

        reason ??= $"{Name}: the step of '{range}/{text}' is not within 1 to {Max}";
        return 1;
    }
}
