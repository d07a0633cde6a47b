using System.Globalization;
using Holdfast.Channels.Schedules;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Channels.Schedules;

public sealed class CronScheduleTests
{
    [Theory]
    // Plain fields, strictly after.
    [InlineData("0 9 * * *", "UTC", "2026-11-22T09:00:00Z", "2026-11-23T09:00:00Z")]
    [InlineData("0 9 * * *", "UTC", "2026-11-22T08:59:59.999Z", "2026-11-22T09:00:00Z")]
    [InlineData("*/15 * * * *", "UTC", "2026-11-22T09:07:30Z", "2026-11-22T09:15:00Z")]
    [InlineData("5-59/20 * * * *", "UTC", "2026-11-22T09:46:00Z", "2026-11-22T10:05:00Z")]
    [InlineData("0,30 8-10 * * *", "UTC", "2026-11-22T10:30:00Z", "2026-11-23T08:00:00Z")]
    [InlineData("@hourly", "UTC", "2026-12-31T23:00:00Z", "2027-01-01T00:00:00Z")]
    [InlineData("@Daily", "Europe/Berlin", "2026-07-01T00:00:00Z", "2026-07-01T22:00:00Z")]
    [InlineData("@weekly", "UTC", "2026-11-22T00:00:00Z", "2026-11-29T00:00:00Z")]
    [InlineData("@monthly", "UTC", "2026-11-22T00:00:00Z", "2026-12-01T00:00:00Z")]
    [InlineData("@yearly", "UTC", "2026-11-22T00:00:00Z", "2027-01-01T00:00:00Z")]
    // Names, and Sunday as 0, 7 and the end of a range (2026-11-22 is a Sunday).
    [InlineData("0 0 * jan *", "UTC", "2026-11-22T00:00:00Z", "2027-01-01T00:00:00Z")]
    [InlineData("0 0 * * 0", "UTC", "2026-11-21T12:00:00Z", "2026-11-22T00:00:00Z")]
    [InlineData("0 0 * * 7", "UTC", "2026-11-21T12:00:00Z", "2026-11-22T00:00:00Z")]
    [InlineData("0 0 * * Fri-Sun", "UTC", "2026-11-21T12:00:00Z", "2026-11-22T00:00:00Z")]
    [InlineData("0 0 * * sun-mon", "UTC", "2026-11-22T12:00:00Z", "2026-11-23T00:00:00Z")]
    [InlineData("0 0 * * mon-fri", "UTC", "2026-11-20T12:00:00Z", "2026-11-23T00:00:00Z")]
    // Both day fields restricted: either is enough. One that begins with a star: both must fit.
    [InlineData("0 0 13 * 5", "UTC", "2026-11-07T00:00:00Z", "2026-11-13T00:00:00Z")]
    [InlineData("0 0 13 * 5", "UTC", "2026-11-13T00:00:00Z", "2026-11-20T00:00:00Z")]
    [InlineData("0 0 13 * 5", "UTC", "2026-12-11T00:00:00Z", "2026-12-13T00:00:00Z")]
    [InlineData("0 0 */2 * 5", "UTC", "2026-11-22T00:00:00Z", "2026-11-27T00:00:00Z")]
    [InlineData("0 0 */2 * 5", "UTC", "2026-11-27T00:00:00Z", "2026-12-11T00:00:00Z")]
    // Days that few months have, leap days, also across a century that has none.
    [InlineData("0 0 31 * *", "UTC", "2026-03-31T00:00:00Z", "2026-05-31T00:00:00Z")]
    [InlineData("0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z")]
    [InlineData("0 0 29 2 *", "UTC", "2096-02-29T00:00:00Z", "2104-02-29T00:00:00Z")]
    [InlineData("0 0 30 2 1", "UTC", "2027-01-30T00:00:00Z", "2027-02-01T00:00:00Z")]
    public void Next_WhenClocksRunEvenly_IsTheFirstWallClockTimeAfter(string line, string zone, string after, string expected) =>
        Next(line, zone, after).ShouldBe(At(expected));

    [Theory]
    // Berlin 2026-03-29: 02:00 CET becomes 03:00 CEST at 01:00Z.
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z")]
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z")]
    [InlineData("*/5 2 * * *", "Europe/Berlin", "2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z")]
    [InlineData("*/5 2 * * *", "Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z")]
    [InlineData("0 * * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z")]
    [InlineData("0 * * * *", "Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z")]
    [InlineData("0 3 * * *", "Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29T01:00:00Z")]
    // New York 2026-03-08: 02:00 EST becomes 03:00 EDT at 07:00Z.
    [InlineData("15 2 * * *", "America/New_York", "2026-03-08T06:59:00Z", "2026-03-08T07:00:00Z")]
    [InlineData("15 2 * * *", "America/New_York", "2026-03-08T07:00:00Z", "2026-03-09T06:15:00Z")]
    public void Next_WhenClocksGoForward_RunsOnceAfterTheGap(string line, string zone, string after, string expected) =>
        Next(line, zone, after).ShouldBe(At(expected));

    [Theory]
    // Berlin 2026-10-25: 03:00 CEST becomes 02:00 CET at 01:00Z; 02:30 shows at 00:30Z and at 01:30Z.
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z")]
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z")]
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-10-25T01:10:00Z", "2026-10-26T01:30:00Z")]
    // New York 2026-11-01: 02:00 EDT becomes 01:00 EST at 06:00Z.
    [InlineData("30 1 * * *", "America/New_York", "2026-11-01T00:00:00Z", "2026-11-01T05:30:00Z")]
    [InlineData("30 1 * * *", "America/New_York", "2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z")]
    public void Next_WhenClocksGoBack_RunsAtTheFirstShowingOnly(string line, string zone, string after, string expected) =>
        Next(line, zone, after).ShouldBe(At(expected));

    [Theory]
    [InlineData("Europe/Berlin", 2026)]
    [InlineData("America/New_York", 2026)]
    [InlineData("Australia/Lord_Howe", 2026)]
    public void Next_WhenFollowedThroughAYear_VisitsEveryLocalDayOnce(string zone, int year)
    {
        var place = TimeZoneInfo.FindSystemTimeZoneById(zone);
        var days = new List<DateOnly>();
        var at = Next("10 2 * * *", zone, $"{year}-01-01T12:00:00Z");
        while (at is { } due && due.Year == year)
        {
            days.Add(DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(due, place).DateTime));
            at = Schedule("10 2 * * *").Next(due, place);
        }

        days.Count.ShouldBeInRange(363, 365);
        days.Zip(days.Skip(1)).ShouldAllBe(pair => pair.Second == pair.First.AddDays(1));
    }

    [Fact]
    public void Next_WhenNoYearIsLeft_IsNull() => Next("0 0 1 1 *", "UTC", "9999-06-01T00:00:00Z").ShouldBeNull();

    /// <summary>Who wants each five minutes, or each hour, wants them in the hour that comes twice as well.</summary>
    [Theory]
    [InlineData("*/5 * * * *", "2026-10-25T00:55:00Z", "2026-10-25T01:00:00Z")]
    [InlineData("*/5 2 * * *", "2026-10-25T00:55:00Z", "2026-10-25T01:00:00Z")]
    [InlineData("0 * * * *", "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z")]
    public void Next_WhenClocksGoBack_GoesOnWithWhatRepeats(string line, string after, string expected) =>
        Next(line, "Europe/Berlin", after).ShouldBe(At(expected));

    private static DateTimeOffset? Next(string line, string zone, string after) =>
        Schedule(line).Next(At(after), TimeZoneInfo.FindSystemTimeZoneById(zone));

    private static CronSchedule Schedule(string line) => CronSchedule.Parse(line);

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
