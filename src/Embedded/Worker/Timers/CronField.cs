using System.Globalization;

namespace Holdfast.Embedded.Timers;

/// <summary>
/// One field of an NCRONTAB expression: <c>*</c>, a value, <c>a-b</c>, <c>*/n</c>, <c>a-b/n</c>, <c>a/n</c> (from a to the end),
/// or a list of these. Months and days of the week may be given by any beginning of their English names. A range that runs
/// backwards means the same as forwards, as in NCRONTAB.
/// </summary>
internal sealed class CronField
{
    private static readonly string[] _months =
        ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

    private static readonly string[] _days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

    private readonly string _name;
    private readonly int _first;
    private readonly int _last;
    private readonly string[] _names;

    // Bit n stands for the value n: no field goes beyond 59.
    private ulong _allowed;

    private CronField(string name, int first, int last, string[] names)
    {
        _name = name;
        _first = first;
        _last = last;
        _names = names;
    }

    public static CronField Seconds(string text) => new CronField("second", 0, 59, []).Read(text);

    public static CronField Minutes(string text) => new CronField("minute", 0, 59, []).Read(text);

    public static CronField Hours(string text) => new CronField("hour", 0, 23, []).Read(text);

    public static CronField DaysOfMonth(string text) => new CronField("day", 1, 31, []).Read(text);

    public static CronField Months(string text) => new CronField("month", 1, 12, _months).Read(text);

    /// <summary>0 is Sunday; 7 is none.</summary>
    public static CronField DaysOfWeek(string text) => new CronField("day of week", 0, 6, _days).Read(text);

    /// <summary>How many values the field allows.</summary>
    public int Count => System.Numerics.BitOperations.PopCount(_allowed);

    /// <summary>True when the field excludes nothing.</summary>
    public bool AllowsAll => Count == _last - _first + 1;

    public bool Allows(int value) => (_allowed & (1UL << value)) != 0;

    /// <summary>The first allowed value that is not below <paramref name="value"/>, or null.</summary>
    public int? AtOrAfter(int value)
    {
        var rest = value > _last ? 0 : _allowed >> value << value;
        return rest == 0 ? null : System.Numerics.BitOperations.TrailingZeroCount(rest);
    }

    private CronField Read(string text)
    {
        foreach (var part in text.Split(','))
        {
            ReadPart(part);
        }

        return this;
    }

    private void ReadPart(string part)
    {
        var range = part;
        var step = 1;
        var slash = part.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0)
        {
            range = part[..slash];
            step = Step(part[(slash + 1)..]);
        }

        var dash = range.IndexOf('-', StringComparison.Ordinal);
        var (from, to) = range switch
        {
            "*" => (_first, _last),
            _ when dash > 0 => (Value(range[..dash]), Value(range[(dash + 1)..])),
            _ when slash > 0 => (Value(range), _last),
            _ => (Value(range), Value(range)),
        };
        for (var value = Math.Min(from, to); value <= Math.Max(from, to); value += step)
        {
            _allowed |= 1UL << value;
        }
    }

    private int Step(string text)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var step) && step > 0
            ? step
            : throw new FormatException($"'{text}' is not a step of the {_name} field.");

    private int Value(string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number >= _first && number <= _last
                ? number
                : throw new FormatException($"{number} is outside of {_first} to {_last} for the {_name} field.");
        }

        var index = text.Length == 0 ? -1 : Array.FindIndex(_names, name => name.StartsWith(text, StringComparison.OrdinalIgnoreCase));
        return index >= 0 ? index + _first : throw new FormatException($"'{text}' is not a value of the {_name} field.");
    }
}
