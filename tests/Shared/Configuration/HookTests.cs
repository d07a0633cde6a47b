using System.Security.Cryptography;
using System.Text;
using Holdfast.Channels;
using Holdfast.Channels.Hooks;
using Holdfast.Configuration.Parsing;
using Holdfast.Inbox;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Configuration;

public sealed class HookTests
{
    private static readonly Secret Key = new("KEY", "It's a Secret to Everybody");
    private static readonly byte[] Body = "Hello, World!"u8.ToArray();

    // The worked example of GitHub's documentation for this secret and body.
    private const string Signature = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

    [Theory]
    [InlineData("", Signature, true)]
    [InlineData("sha256=", "sha256=" + Signature, true)]
    [InlineData("sha256=", Signature, false)]
    [InlineData("sha256=", "SHA256=" + Signature, false)]
    [InlineData("", "sha256=" + Signature, false)]
    [InlineData("", "857107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17", false)]
    [InlineData("", "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e1", false)]
    [InlineData("", "zz7107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17", false)]
    [InlineData("", "", false)]
    [InlineData("", null, false)]
    public void Matches_WhenHmac_HoldsForTheRightDigitsAlone(string prefix, string? header, bool expected) =>
        new HookSignature.HmacSha256 { Header = "X-Signature", Prefix = prefix }.Matches(Key, header, Body).ShouldBe(expected);

    [Fact]
    public void Matches_WhenHmacAndTheBodyDiffers_IsFalse() =>
        new HookSignature.HmacSha256 { Header = "X-Signature" }.Matches(Key, Signature, "Hello, World?"u8).ShouldBeFalse();

    [Fact]
    public void Matches_WhenHmacDigitsAreUpperCase_IsTrue() =>
        new HookSignature.HmacSha256 { Header = "X-Signature" }.Matches(
            Key, Convert.ToHexString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Key.Reveal()), Body)), Body)
            .ShouldBeTrue();

    [Theory]
    [InlineData("Bearer It's a Secret to Everybody", true)]
    [InlineData("bearer It's a Secret to Everybody", true)]
    [InlineData("It's a Secret to Everybody", false)]
    [InlineData("Bearer It's a Secret to Everybod", false)]
    [InlineData("Bearer ", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Matches_WhenBearer_HoldsForTheSecretAlone(string? header, bool expected) =>
        new HookSignature.Bearer().Matches(Key, header, Body).ShouldBe(expected);

    [Theory]
    [InlineData("issue_comment", "created", true)]
    [InlineData("issue_comment", "deleted", false)]
    [InlineData("issue_comment", null, false)]
    [InlineData("push", null, true)]
    [InlineData("push", "anything", true)]
    [InlineData("ping", null, false)]
    public void Accepts_WhenEventsAreFiltered_TakesThoseNamed(string eventName, string? action, bool expected)
    {
        var template = ((TemplateParseOutcome.Parsed)TemplateParser.Parse("x", [])).Template;
        var hook = new HookConfiguration.GitHub
        {
            Name = "h",
            Secret = Key,
            Agent = "main",
            SessionKey = template,
            Message = template,
            Reply = new ReplyTarget.Stored(),
            MaxBodyBytes = 1024,
            Events = ["issue_comment.created", "push"],
        };

        hook.Accepts(eventName, action).ShouldBe(expected);
    }
}
