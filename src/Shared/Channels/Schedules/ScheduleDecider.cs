namespace Holdfast.Channels.Schedules;

/// <summary>
/// Decides which occurrence of a job to start. Pure. At most one occurrence comes out of a look: several that wait are one run.
/// Deciding again with the answer recorded as the last one handled gives <see cref="ScheduleDecision.Idle"/>.
/// </summary>
public static class ScheduleDecider
{
    // Windows that the search for the latest due time widens through, so that a minutely job idle for a year is not walked minute by minute.
    private static readonly TimeSpan[] Windows = [TimeSpan.FromHours(1), TimeSpan.FromDays(1), TimeSpan.FromDays(32), TimeSpan.FromDays(366)];

    /// <param name="schedule">When the job comes due.</param>
    /// <param name="missed">What becomes of due times older than <paramref name="punctualWithin"/>.</param>
    /// <param name="lastDueAt">The due time handled last, run or let go; null for a job that has none yet.</param>
    /// <param name="firstSeenAt">Since when the job is known: a new recurring job has missed nothing before that. No matter for
    /// <see cref="Schedule.At"/>, whose one due time counts also when it was past already.</param>
    /// <param name="now">The present.</param>
    /// <param name="punctualWithin">How late a run may start and still not count as missed; longer than the pause between two
    /// looks.</param>
    public static ScheduleDecision Decide(
        Schedule schedule, MissedRuns missed, DateTimeOffset? lastDueAt, DateTimeOffset firstSeenAt, DateTimeOffset now, TimeSpan punctualWithin)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        var handledUntil = lastDueAt ?? (schedule is Schedule.At ? DateTimeOffset.MinValue : firstSeenAt);
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
