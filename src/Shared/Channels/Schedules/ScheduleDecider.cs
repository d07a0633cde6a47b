namespace Holdfast.Channels.Schedules;

/// <summary>
/// Decides which occurrence of a job to start. Pure. At most one occurrence comes out of a look: several that wait are one run.
/// Deciding again with the answer recorded as the last one handled gives <see cref="ScheduleDecision.Idle"/>.
/// </summary>
public static class ScheduleDecider
{
    /// <summary>
    /// Windows that the search for the latest due time widens through, so that a minutely job idle for a year is not walked minute by
    /// minute.
    /// </summary>
    private static readonly TimeSpan[] Windows =
        [TimeSpan.FromHours(1), TimeSpan.FromDays(1), TimeSpan.FromDays(32), TimeSpan.FromDays(366)];

    /// <param name="schedule">When the job comes due.</param>
    /// <param name="missed">What becomes of due times older than <paramref name="punctualWithin"/>.</param>
    /// <param name="lastDueAt">
    /// The due time handled last, run or let go. Null for a job that nobody looked at yet: a recurring one has missed nothing, the one due
    /// time of <see cref="Schedule.At"/> counts also when it was past already.
    /// </param>
    /// <param name="now">The present.</param>
    /// <param name="punctualWithin">
    /// How late a run may start and still not count as missed; longer than the pause between two looks.
    /// </param>
    public static ScheduleDecision Decide(
        Schedule schedule, MissedRuns missed, DateTimeOffset? lastDueAt, DateTimeOffset now, TimeSpan punctualWithin)
    {
        var handledUntil = lastDueAt ?? (schedule is Schedule.At ? DateTimeOffset.MinValue : now);
        if (LatestDue(schedule, handledUntil, now) is not { } dueAt)
        {
            return new ScheduleDecision.Idle();
        }

        return missed == MissedRuns.Once || now - dueAt <= punctualWithin
            ? new ScheduleDecision.Run(dueAt)
            : new ScheduleDecision.Passed(dueAt);
    }

    private static DateTimeOffset? LatestDue(Schedule schedule, DateTimeOffset handledUntil, DateTimeOffset now)
    {
        foreach (var window in Windows)
        {
            var from = now - window;
            if (from > handledUntil && Latest(schedule, from, now) is { } dueAt)
            {
                return dueAt;
            }
        }

        return Latest(schedule, handledUntil, now);
    }

    private static DateTimeOffset? Latest(Schedule schedule, DateTimeOffset after, DateTimeOffset now)
    {
        DateTimeOffset? latest = null;
        var next = schedule.NextDueAt(after);
        while (next <= now)
        {
            latest = next;
            next = schedule.NextDueAt(next.Value);
        }

        return latest;
    }
}

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

/// <summary>What becomes of due times that passed while nobody looked.</summary>
public enum MissedRuns
{
    /// <summary>They are let go; the job runs at its next due time.</summary>
    Skip = 1,

    /// <summary>However many passed, the job runs once, for the latest of them.</summary>
    Once = 2,
}

/// <summary>What becomes of a due time that arrives while the job's previous run goes on.</summary>
public enum OverlappingRuns
{
    /// <summary>It is let go.</summary>
    Skip = 1,

    /// <summary>It runs after the previous one.</summary>
    Queue = 2,
}
