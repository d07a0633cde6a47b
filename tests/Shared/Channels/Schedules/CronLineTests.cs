using Holdfast.Channels.Schedules;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Channels.Schedules;

public sealed class CronLineTests
{
    [Theory]
    [InlineData("", "five fields")]
    [InlineData("* * * *", "five fields")]
    [InlineData("0 * * * * *", "five fields")]
    [InlineData("@every_second", "five fields")]
    [InlineData("@reboot", "Macro")]
    [InlineData("60 * * * *", "Minutes")]
    [InlineData("-1 * * * *", "Minutes")]
    [InlineData("1.5 * * * *", "Minutes")]
    [InlineData("+5 * * * *", "Minutes")]
    [InlineData("1,,2 * * * *", "Minutes")]
    [InlineData("*/0 * * * *", "Minutes")]
    [InlineData("*/90 * * * *", "Minutes")]
    [InlineData("*/x * * * *", "Minutes")]
    [InlineData("* 24 * * *", "Hours")]
    [InlineData("* * 0 * *", "Days of month")]
    [InlineData("* * * 13 *", "Months")]
    [InlineData("* * * january *", "Months")]
    [InlineData("* * * * 8", "Days of week")]
    [InlineData("* * * * 1-2-3", "Days of week")]
    [InlineData("0 0 99 * 1", "Days of month")]
    [InlineData("0 0 1 * 99", "Days of week")]
    [InlineData("0 0 30 2 *", "never comes")]
    [InlineData("0 0 31 2,4,6,9,11 *", "never comes")]
    public void Parse_WhenTheLineIsWrong_NamesWhatIs(string line, string named) =>
        Should.Throw<FormatException>(() => CronSchedule.Parse(line)).Message.ShouldContain(named);

    [Theory]
    [InlineData("0 0 29 2 *")]
    [InlineData("0 0 30 2 1")]
    [InlineData("  0\t9  * * 1-5 ")]
    [InlineData("0 0 1-7 JAN,feb 0,7")]
    [InlineData("0 0 L * ?")]
    [InlineData("5/15 * * * *")]
    public void Parse_WhenTheLineComesDueSometimes_IsParsed(string line) =>
        CronSchedule.Parse(line).Line.ShouldBe(line.Trim());
}
