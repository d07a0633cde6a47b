using System.Globalization;

namespace Holdfast.Configuration.Parsing;

/// <summary>
/// Durations as the configuration writes them: one number, with decimals if need be, and one unit of <c>ms</c>, <c>s</c>, <c>m</c>,
/// <c>h</c>, <c>d</c>, without blanks or signs: <c>300s</c>, <c>1.5h</c>.
/// </summary>
internal static class DurationText
{
    private static readonly (string Unit, long Ticks)[] Units =
    [
        ("ms", TimeSpan.TicksPerMillisecond), ("s", TimeSpan.TicksPerSecond), ("m", TimeSpan.TicksPerMinute),
        ("h", TimeSpan.TicksPerHour), ("d", TimeSpan.TicksPerDay),
    ];

    /// <returns>Null when the text is no duration, is finer than a tick, or is longer than 3,650 days.</returns>
    public static TimeSpan? Parse(string text)
    {
        foreach (var (unit, ticksPerUnit) in Units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal)
                && text.Length > unit.Length && char.IsAsciiDigit(text[0]) && char.IsAsciiDigit(text[^(unit.Length + 1)])
                && decimal.TryParse(text[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count)
                && count <= (decimal)(3_650 * TimeSpan.TicksPerDay) / ticksPerUnit)
            {
                var ticks = count * ticksPerUnit;
                return ticks == decimal.Truncate(ticks) ? TimeSpan.FromTicks((long)ticks) : null;
            }
        }

        return null;
    }

    /// <summary>In the largest unit that leaves a whole number.</summary>
    public static string Write(TimeSpan duration)
    {
        var (unit, ticksPerUnit) = Units.Last(candidate => candidate.Unit == "ms" || duration.Ticks % candidate.Ticks == 0);
        return string.Create(CultureInfo.InvariantCulture, $"{(decimal)duration.Ticks / ticksPerUnit:0.####}{unit}");
    }
}
