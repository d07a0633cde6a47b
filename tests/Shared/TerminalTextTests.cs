using Shouldly;
using Xunit;

namespace Holdfast.Tests;

/// <summary>Nothing but text reaches a terminal.</summary>
public sealed class TerminalTextTests
{
    [Theory]
    [InlineData("\u001b[2J\u001b]0;title\u0007", "\\u001B[2J\\u001B]0;title\\u0007")]
    [InlineData("a\rb", "a\\u000Db")]
    [InlineData("a\bb\u007f", "a\\u0008b\\u007F")]
    [InlineData("\u009b31mred", "\\u009B31mred")]
    [InlineData("\u202egnp.exe", "\\u202Egnp.exe")]
    [InlineData("\u2066a\u2069\u200f\u061c", "\\u2066a\\u2069\\u200F\\u061C")]
    [InlineData("a\u2028b", "a\\u2028b")]
    [InlineData("\0", "\\u0000")]
    public void Of_WhenItHoldsMoreThanText_ShowsItAsText(string text, string shown) => TerminalText.Of(text).ShouldBe(shown);

    [Theory]
    [InlineData("plain, with\ttab and\nline")]
    [InlineData("grüße 世界 👩‍🚀 שלום \\u001b")]
    [InlineData("")]
    public void Of_WhenItIsText_LeavesItAsItIs(string text) => TerminalText.Of(text).ShouldBe(text);

    [Fact]
    public void Of_WhenALineEndsAsOnWindows_EndsTheLine() => TerminalText.Of("a\r\nb").ShouldBe("a\nb");

    /// <summary>Every character there is, alone and behind another: no control and no mark of direction comes out.</summary>
    [Fact]
    public void Of_AnyCharacterWhereverItIsCut_GivesNoControl()
    {
        for (var code = 0; code <= char.MaxValue; code++)
        {
            var plain = TerminalText.Of(((char)code).ToString());

            plain.ShouldAllBe(character => character == '\n' || character == '\t' || !char.IsControl(character));
            (TerminalText.Of("x") + plain).ShouldBe(TerminalText.Of("x" + (char)code), "cut or whole is the same");
        }
    }
}
