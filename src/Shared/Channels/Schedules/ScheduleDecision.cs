namespace Holdfast.Channels.Schedules;

/// <summary>What a look at the clock means for one job.</summary>
public abstract record ScheduleDecision
{
    private ScheduleDecision()
    {
    }

    /// <summary>Nothing has come due since the last one handled.</summary>
    public sealed record Idle : ScheduleDecision;

    /// <summary>
    /// Start a run for <paramref name="DueAt"/>, which is then the last one handled. Earlier ones, if there are any, are let go.
    /// </summary>
    public sealed record Run(DateTimeOffset DueAt) : ScheduleDecision;

    /// <summary>Due times passed and the policy lets them go. <paramref name="DueAt"/>, the latest, is then the last one handled.</summary>
    public sealed record Passed(DateTimeOffset DueAt) : ScheduleDecision;
}
