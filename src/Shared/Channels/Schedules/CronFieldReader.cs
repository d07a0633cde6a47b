using System.Globalization;

namespace Holdfast.Channels.Schedules;

/// <summary>Reads the fields of one cron line into bits and keeps the first reason why one of them is wrong.</summary>
internal sealed class CronFieldReader
{
    /// <summary>Null while everything read was right.</summary>
    public string? Reason { get; private set; }

    /// <summary>The numbers that the field's text allows, as bits. Of no meaning once <see cref="Reason"/> is set.</summary>
    public ulong Bits(CronField field, string text) => text.Split(',').Aggregate(0UL, (bits, part) => bits | PartBits(field, part));

    private ulong PartBits(CronField field, string part)
    {
        var slash = part.IndexOf('/', StringComparison.Ordinal);
        var range = slash < 0 ? part : part[..slash];
        var (first, last) = Range(field, part, range);
        var step = slash < 0 ? 1 : Step(field, range, part[(slash + 1)..]);
        var bits = 0UL;
        for (var value = first; value <= last; value += step)
        {
            bits |= 1UL << value;
        }

        return bits;
    }

    private (int First, int Last) Range(CronField field, string part, string range)
    {
        if (range == "*")
        {
            return (field.Min, field.Max);
        }

        var ends = range.Split('-');
        if (ends.Length > 2)
        {
            Refuse($"{field.Name}: '{part}' is no range");
            return default;
        }

        var first = Value(field, part, ends[0]);
        var last = Value(field, part, ends[^1]);
        if (field == CronField.DayOfWeek && last == 0 && first > 0)
        {
            last = 7; // fri-sun
        }

        if (first > last)
        {
            Refuse($"{field.Name}: '{part}' runs backwards; write two ranges");
        }

        return (first, last);
    }

    private int Value(CronField field, string part, string text)
    {
        if (field.Number(text) is { } number)
        {
            return number;
        }

        var names = field.Names.Count > 0 ? $" or {field.Names[0]} to {field.Names[^1]}" : string.Empty;
        Refuse($"{field.Name}: '{part}' is not within {field.Min} to {field.Max}{names}");
        return field.Min;
    }

    private int Step(CronField field, string range, string text)
    {
        if (range != "*" && !range.Contains('-', StringComparison.Ordinal))
        {
            Refuse($"{field.Name}: '{range}/{text}' has a step without a range; write '{range}-{field.Max}/{text}'");
            return 1;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var step) && step >= 1 && step <= field.Max)
        {
            return step;
        }

        Refuse($"{field.Name}: the step of '{range}/{text}' is not within 1 to {field.Max}");
        return 1;
    }

    private void Refuse(string reason) => Reason ??= reason;
}
