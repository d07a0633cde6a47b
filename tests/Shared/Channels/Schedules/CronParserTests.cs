using Holdfast.Channels.Schedules;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Channels.Schedules;

public sealed class CronParserTests
{
    [Theory]
    [InlineData("", "five fields")]
    [InlineData("* * * *", "five fields")]
    [InlineData("0 * * * * *", "five fields")]
    [InlineData("@reboot", "@reboot")]
    [InlineData("60 * * * *", "minute")]
    [InlineData("-1 * * * *", "minute")]
    [InlineData("1.5 * * * *", "minute")]
    [InlineData("+5 * * * *", "minute")]
    [InlineData("1,,2 * * * *", "minute")]
    [InlineData("* 24 * * *", "hour")]
    [InlineData("* * 0 * *", "day of month")]
    [InlineData("* * ? * *", "day of month")]
    [InlineData("* * L * *", "day of month")]
    [InlineData("* * * 13 *", "month")]
    [InlineData("* * * january *", "month")]
    [InlineData("* * * * 8", "day of week")]
    [InlineData("* * * * 1-2-3", "no range")]
    [InlineData("30-10 * * * *", "backwards")]
    [InlineData("*/0 * * * *", "step")]
    [InlineData("*/90 * * * *", "step")]
    [InlineData("*/x * * * *", "step")]
    [InlineData("5/15 * * * *", "5-59/15")]
    [InlineData("0 0 30 2 *", "never comes")]
    [InlineData("0 0 31 2,4,6,9,11 *", "never comes")]
    public void Parse_WhenTheLineIsWrong_NamesWhatIs(string line, string named) =>
        CronParser.Parse(line).ShouldBeOfType<CronParseOutcome.Invalid>().Reason.ShouldContain(named);

    [Theory]
    [InlineData("0 0 29 2 *")]
    [InlineData("0 0 30 2 1")]
    [InlineData("  0\t9  * * 1-5 ")]
    [InlineData("0 0 1-7 JAN,feb 0,7")]
    public void Parse_WhenTheLineComesDueSometimes_IsParsed(string line) =>
        CronParser.Parse(line).ShouldBeOfType<CronParseOutcome.Parsed>().Schedule.Line.ShouldBe(line.Trim());
}
