using Holdfast.Channels.GitHub;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Channels.GitHub;

public sealed class ReplyMarkerTests
{
    [Fact]
    public void ToString_Always_IsTheWireForm() => new ReplyMarker("0a1b", 3).ToString().ShouldBe("<!-- holdfast:turn=0a1b part=3 -->");

    [Fact]
    public void TryRead_WhenItIsTheLastLine_ReadsIt()
    {
        ReplyMarker.TryRead(new ReplyMarker("0a1b", 3).AppendTo("text")).ShouldBe(new ReplyMarker("0a1b", 3));
        ReplyMarker.TryRead("text\r\n<!-- holdfast:turn=0a1b part=3 -->\r\n").ShouldBe(new ReplyMarker("0a1b", 3));
    }

    [Theory]
    [InlineData("text")]
    [InlineData("> <!-- holdfast:turn=0a1b part=3 -->")]
    [InlineData("<!-- holdfast:turn=0a1b part=3 -->\n\nand more")]
    [InlineData("text <!-- holdfast:turn=0a1b part=3 -->")]
    [InlineData("<!-- holdfast:turn=0a1b part=0 -->")]
    [InlineData("<!-- holdfast:turn= part=3 -->")]
    public void TryRead_WhenItIsNotOurs_GivesNull(string body) => ReplyMarker.TryRead(body).ShouldBeNull();

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a-->")]
    [InlineData("a\n")]
    public void Constructor_WhenTheIdCouldBreakTheComment_Throws(string turnId) =>
        Should.Throw<ArgumentException>(() => new ReplyMarker(turnId, 1));

    [Fact]
    public void MaxCharacters_Always_CoversTheLongestMarker() =>
        new ReplyMarker(new string('x', 64), 999_999).AppendTo("").Length.ShouldBeLessThanOrEqualTo(ReplyMarker.MaxCharacters);
}
