namespace Holdfast.Channels.Schedules;

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
