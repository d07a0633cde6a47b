using System.Globalization;
using Holdfast.Embedded.Timers;
using Shouldly;
using Xunit;

namespace Holdfast.Embedded.Worker.Tests;

public sealed class CronScheduleTests
{
    private static DateTimeOffset Utc(string text)
        => DateTimeOffset.ParseExact(text, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    [Theory]
    [InlineData("* * * * * *", "2026-01-01 00:00:00", "2026-01-01 00:00:01")]
    [InlineData("0 * * * * *", "2026-12-31 23:59:59", "2027-01-01 00:00:00")]
    [InlineData("0 */5 * * * *", "2026-01-01 00:00:00", "2026-01-01 00:05:00")]
    [InlineData("0 */5 * * * *", "2026-01-01 00:57:00", "2026-01-01 01:00:00")]
    [InlineData("30 2/20 * * * *", "2026-01-01 00:22:31", "2026-01-01 00:42:30")]
    [InlineData("5-7,50 * * * * *", "2026-01-01 00:00:07", "2026-01-01 00:00:50")]
    [InlineData("10-40/15 * * * * *", "2026-01-01 00:00:10", "2026-01-01 00:00:25")]
    [InlineData("40-10/15 * * * * *", "2026-01-01 00:00:25", "2026-01-01 00:00:40")]
    [InlineData("0 0 9-17 * * MON-FRI", "2026-11-20 17:00:00", "2026-11-23 09:00:00")]
    [InlineData("0 30 9 * Jan Mon", "2026-11-22 00:00:00", "2027-01-04 09:30:00")]
    [InlineData("0 0 0 * february,SEPT-October *", "2026-03-01 00:00:00", "2026-09-01 00:00:00")]
    [InlineData("0 0 12 31 * *", "2026-04-01 00:00:00", "2026-05-31 12:00:00")]
    [InlineData("0 1 12 29 2 *", "2026-01-01 00:00:00", "2028-02-29 12:01:00")]
    [InlineData("0 0 0 29 2 Mon", "2026-01-01 00:00:00", "2044-02-29 00:00:00")]
    [InlineData("0 45 16 1 * Mon", "2026-01-01 00:00:00", "2026-06-01 16:45:00")]
    [InlineData("0 0 0 * * 0", "2026-11-22 00:00:00", "2026-11-29 00:00:00")]
    [InlineData("59 59 23 31 12 *", "2026-12-31 23:59:59", "2027-12-31 23:59:59")]
    [InlineData("*/5 * * * *", "2026-01-01 00:01:10", "2026-01-01 00:05:00")]
    [InlineData("  0  0   6 * *  * ", "2026-01-01 06:00:00", "2026-01-02 06:00:00")]
    [InlineData("0 0 14/1 * * *", "2026-01-01 23:00:00", "2026-01-02 14:00:00")]
    [InlineData("0 30 10 * * *", "2026-01-01 10:31:00", "2026-01-02 10:30:00")]
    [InlineData("5 0-1 10 * * *", "2026-01-01 10:01:05", "2026-01-02 10:00:05")]
    public void Next_WhenAskedAfterATime_IsTheFirstLaterOne(string expression, string after, string expected)
        => TimerSchedule.Parse(expression).Next(Utc(after)).ShouldBe(Utc(expected));

    [Fact]
    public void Next_WhenTimeHasAFraction_IsTheNextWholeSecond()
        => TimerSchedule.Parse("* * * * * *").Next(Utc("2026-01-01 00:00:00").AddMilliseconds(1)).ShouldBe(Utc("2026-01-01 00:00:01"));

    [Fact]
    public void Next_WhenGivenAnotherOffset_CountsInUtc()
    {
        var after = new DateTimeOffset(2026, 1, 1, 1, 0, 0, TimeSpan.FromHours(2));
        TimerSchedule.Parse("0 0 0 * * *").Next(after).ShouldBe(Utc("2026-01-01 00:00:00"));
    }

    [Theory]
    [InlineData("0 0 0 31 2 *")]
    [InlineData("0 0 0 31 4,6,9,11 *")]
    public void Next_WhenNoDayFits_IsNull(string expression) => TimerSchedule.Parse(expression).Next(Utc("2026-01-01 00:00:00")).ShouldBeNull();

    [Theory]
    [InlineData("")]
    [InlineData("* * * *")]
    [InlineData("* * * * * * *")]
    [InlineData("60 * * * * *")]
    [InlineData("* 60 * * * *")]
    [InlineData("* * 24 * * *")]
    [InlineData("* * * 0 * *")]
    [InlineData("* * * 32 * *")]
    [InlineData("* * * * 0 *")]
    [InlineData("* * * * 13 *")]
    [InlineData("* * * * * 7")]
    [InlineData("* * * * Foo *")]
    [InlineData("bad * * * * *")]
    [InlineData("1,,2 * * * * *")]
    [InlineData("1- * * * * *")]
    [InlineData("-1 * * * * *")]
    [InlineData("*/0 * * * * *")]
    [InlineData("*/x * * * * *")]
    [InlineData("every day")]
    [InlineData("00:00:00")]
    [InlineData("-00:01:00")]
    public void Parse_WhenNotASchedule_Throws(string text) => Should.Throw<FormatException>(() => TimerSchedule.Parse(text));

    [Theory]
    [InlineData("00:05:00", 300)]
    [InlineData("1.02:00:00", 93_600)]
    public void Parse_WhenATimeSpan_RepeatsIt(string text, int seconds)
    {
        var start = Utc("2026-01-01 00:00:00");
        TimerSchedule.Parse(text).Next(start).ShouldBe(start.AddSeconds(seconds));
    }

    [Theory]
    [InlineData("*/10 * * * * *", true)]
    [InlineData("* * * * * *", true)]
    [InlineData("0 * * * * *", false)]
    [InlineData("*/10 * 1-5 * * *", false)]
    [InlineData("00:00:59", true)]
    [InlineData("00:01:00", false)]
    public void IsFrequent_WhenMoreThanOnceAMinute_IsTrue(string text, bool frequent) => TimerSchedule.Parse(text).IsFrequent.ShouldBe(frequent);
}
