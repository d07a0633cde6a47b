namespace Holdfast.Channels.Schedules;

/// <summary>One of the five fields of a cron line: its name, its range, and the names that stand for numbers.</summary>
internal sealed record CronField(string Name, int Min, int Max, IReadOnlyList<string> Names, int FirstNamed)
{
    private static readonly string[] MonthNames = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] DayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    public static readonly CronField Minute = new("minute", 0, 59, [], 0);
    public static readonly CronField Hour = new("hour", 0, 23, [], 0);
    public static readonly CronField DayOfMonth = new("day of month", 1, 31, [], 0);
    public static readonly CronField Month = new("month", 1, 12, MonthNames, 1);

    /// <summary>Sunday is 0 and 7.</summary>
    public static readonly CronField DayOfWeek = new("day of week", 0, 7, DayNames, 0);

    /// <summary>The number a field's part stands for, or null when it is neither a number nor a name of this field.</summary>
    public int? Number(string text)
    {
        for (var index = 0; index < Names.Count; index++)
        {
            if (string.Equals(Names[index], text, StringComparison.OrdinalIgnoreCase))
            {
                return FirstNamed + index;
            }
        }

        var isNumber = text.Length is > 0 and <= 2 && text.All(char.IsAsciiDigit);
        return isNumber && int.Parse(text, System.Globalization.CultureInfo.InvariantCulture) is var number && number >= Min && number <= Max
            ? number
            : null;
    }
}
