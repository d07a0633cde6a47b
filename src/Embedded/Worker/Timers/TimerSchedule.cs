using System.Globalization;

namespace Holdfast.Embedded.Timers;

/// <summary>When a timer function is due, in UTC.</summary>
internal abstract record TimerSchedule
{
    /// <summary>The first occurrence after <paramref name="after"/>, or null if there is none.</summary>
    public abstract DateTimeOffset? Next(DateTimeOffset after);

    /// <summary>True when it fires more than once a minute: the real host then keeps no status.</summary>
    public abstract bool IsFrequent { get; }

    /// <summary>Reads an NCRONTAB expression or a time span.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public static TimerSchedule Parse(string text)
    {
        var fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length is 5 or 6)
        {
            return CronSchedule.Parse(fields);
        }

        if (!TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var interval))
        {
            throw new FormatException($"'{text}' is neither a six-field NCRONTAB expression nor a time span.");
        }

        return interval > TimeSpan.Zero
            ? new IntervalSchedule(interval)
            : throw new FormatException($"The interval '{text}' is not positive.");
    }
}

/// <summary>A fixed time after the last run began.</summary>
internal sealed record IntervalSchedule(TimeSpan Interval) : TimerSchedule
{
    public override bool IsFrequent => Interval < TimeSpan.FromMinutes(1);

    public override DateTimeOffset? Next(DateTimeOffset after) => after + Interval;
}
