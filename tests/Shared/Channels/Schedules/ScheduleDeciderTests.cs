using Holdfast.Channels.Schedules;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Channels.Schedules;

public sealed class ScheduleDeciderTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Punctual = TimeSpan.FromMinutes(2);
    private static readonly Schedule Hourly =
        new Schedule.Cron(CronSchedule.Parse("@hourly"), TimeZoneInfo.Utc);

    [Fact]
    public void Decide_WhenNothingCameDue_IsIdle() =>
        Decide(Hourly, MissedRuns.Once, lastDueAt: Noon, now: Noon.AddMinutes(59)).ShouldBe(new ScheduleDecision.Idle());

    [Theory]
    [InlineData(MissedRuns.Skip)]
    [InlineData(MissedRuns.Once)]
    public void Decide_WhenOneCameDueJustNow_RunsIt(MissedRuns missed) =>
        Decide(Hourly, missed, lastDueAt: Noon, now: Noon.AddMinutes(61)).ShouldBe(new ScheduleDecision.Run(Noon.AddHours(1)));

    [Fact]
    public void Decide_WhenManyWereMissedAndPolicyIsOnce_RunsTheLatest() =>
        Decide(Hourly, MissedRuns.Once, lastDueAt: Noon, now: Noon.AddHours(5.5)).ShouldBe(new ScheduleDecision.Run(Noon.AddHours(5)));

    [Fact]
    public void Decide_WhenManyWereMissedAndPolicyIsSkip_LetsThemGo() =>
        Decide(Hourly, MissedRuns.Skip, lastDueAt: Noon, now: Noon.AddHours(5.5)).ShouldBe(new ScheduleDecision.Passed(Noon.AddHours(5)));

    [Fact]
    public void Decide_WhenTheLatestIsPunctualAndPolicyIsSkip_RunsItAndLetsEarlierOnesGo() =>
        Decide(Hourly, MissedRuns.Skip, lastDueAt: Noon, now: Noon.AddHours(5)).ShouldBe(new ScheduleDecision.Run(Noon.AddHours(5)));

    [Theory]
    [InlineData(MissedRuns.Skip)]
    [InlineData(MissedRuns.Once)]
    public void Decide_WhenAskedAgainWithItsAnswerRecorded_IsIdle(MissedRuns missed)
    {
        var now = Noon.AddHours(5.5);
        var first = Decide(Hourly, missed, lastDueAt: Noon, now);
        var handled = first switch
        {
            ScheduleDecision.Run run => run.DueAt,
            ScheduleDecision.Passed passed => passed.DueAt,
            _ => throw new InvalidOperationException(),
        };

        Decide(Hourly, missed, handled, now).ShouldBe(new ScheduleDecision.Idle());
    }

    [Fact]
    public void Decide_WhenARecurringJobIsNew_HasMissedNothingBefore() =>
        Decide(Hourly, MissedRuns.Once, lastDueAt: null, now: Noon.AddMinutes(20)).ShouldBe(new ScheduleDecision.Idle());

    [Theory]
    [InlineData(10)]
    [InlineData(400)]
    [InlineData(4000)]
    public void Decide_WhenDownForDays_FindsTheLatestOfARareSchedule(int days)
    {
        var yearly = new Schedule.Cron(CronSchedule.Parse("0 12 12 11 *"), TimeZoneInfo.Utc);

        Decide(yearly, MissedRuns.Once, lastDueAt: Noon.AddDays(-days - 10), now: Noon.AddDays(1))
            .ShouldBe(new ScheduleDecision.Run(Noon.AddDays(-10)));
    }

    [Fact]
    public void Decide_WhenOnceIsPastAtFirstSight_RunsItOnce()
    {
        var once = new Schedule.At(Noon.AddDays(-3));

        Decide(once, MissedRuns.Once, lastDueAt: null, now: Noon).ShouldBe(new ScheduleDecision.Run(Noon.AddDays(-3)));
        Decide(once, MissedRuns.Once, lastDueAt: Noon.AddDays(-3), now: Noon).ShouldBe(new ScheduleDecision.Idle());
        Decide(once, MissedRuns.Skip, lastDueAt: null, now: Noon).ShouldBe(new ScheduleDecision.Passed(Noon.AddDays(-3)));
    }

    [Fact]
    public void Decide_WhenOnceIsStillToCome_IsIdle() =>
        Decide(new Schedule.At(Noon.AddTicks(1)), MissedRuns.Once, lastDueAt: null, now: Noon).ShouldBe(new ScheduleDecision.Idle());

    [Theory]
    [InlineData(0, 5)]
    [InlineData(4, 5)]
    [InlineData(5, 20)]
    [InlineData(-11, -10)]
    [InlineData(-10, 5)]
    public void NextDueAt_WhenEveryFifteenMinutes_KeepsThePhaseOfItsAnchor(int afterMinutes, int expectedMinutes) =>
        new Schedule.Every(TimeSpan.FromMinutes(15), Noon.AddMinutes(5)).NextDueAt(Noon.AddMinutes(afterMinutes))
            .ShouldBe(Noon.AddMinutes(expectedMinutes));

    [Fact]
    public void Persisted_WhenEnumsChange_KeepTheirNumbers()
    {
        ((int)MissedRuns.Skip, (int)MissedRuns.Once).ShouldBe((1, 2));
        ((int)OverlappingRuns.Skip, (int)OverlappingRuns.Queue).ShouldBe((1, 2));
    }

    private static ScheduleDecision Decide(
        Schedule schedule, MissedRuns missed, DateTimeOffset? lastDueAt, DateTimeOffset now) =>
        ScheduleDecider.Decide(schedule, missed, lastDueAt, now, Punctual);
}
