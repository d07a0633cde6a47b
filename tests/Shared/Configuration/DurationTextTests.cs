using Holdfast.Configuration.Parsing;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Configuration;

public sealed class DurationTextTests
{
    [Theory]
    [InlineData("300s", 300_000)]
    [InlineData("5m", 300_000)]
    [InlineData("1.5h", 5_400_000)]
    [InlineData("250ms", 250)]
    [InlineData("0s", 0)]
    [InlineData("7d", 604_800_000)]
    public void Parse_WhenItIsANumberAndAUnit_IsThatLong(string text, double milliseconds) =>
        DurationText.Parse(text).ShouldBe(TimeSpan.FromMilliseconds(milliseconds));

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("300")]
    [InlineData("300 s")]
    [InlineData(" 300s")]
    [InlineData("300S")]
    [InlineData("-1s")]
    [InlineData("+1s")]
    [InlineData(".5s")]
    [InlineData("5.s")]
    [InlineData("1,5h")]
    [InlineData("1h30m")]
    [InlineData("1e3s")]
    [InlineData("00:05:00")]
    [InlineData("PT5M")]
    [InlineData("99999999999d")]
    [InlineData("0.00001ms")]
    public void Parse_WhenItIsAnythingElse_IsNull(string text) => DurationText.Parse(text).ShouldBeNull();

    [Theory]
    [InlineData(90, "90s")]
    [InlineData(120, "2m")]
    [InlineData(86_400, "1d")]
    [InlineData(0.25, "250ms")]
    public void Write_WhenShown_UsesTheLargestWholeUnit(double seconds, string expected) =>
        DurationText.Write(TimeSpan.FromSeconds(seconds)).ShouldBe(expected);
}
