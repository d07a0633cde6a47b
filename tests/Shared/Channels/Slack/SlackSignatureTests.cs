using System.Security.Cryptography;
using System.Text;
using Holdfast.Channels.Slack;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Channels.Slack;

public sealed class SlackSignatureTests
{
    // The worked example of Slack's documentation.
    private const string Secret = "8f742231b10e8888abcd99yyyzzz85a5";
    private const string Timestamp = "1531420618";
    private const string Signature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";

    private static readonly byte[] Body = Encoding.UTF8.GetBytes(
        "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar"
        + "&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2F"
        + "commands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        + "&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c");

    private static readonly DateTimeOffset SignedAt = DateTimeOffset.FromUnixTimeSeconds(1531420618);

    [Fact]
    public void Verify_WhenSignedBySlack_IsValid() =>
        new SlackSignature([Secret]).Verify(Body, Timestamp, Signature, SignedAt.AddSeconds(3)).ShouldBe(SlackSignatureVerdict.Valid);

    [Fact]
    public void Verify_WhenASecretIsBeingRotated_TakesEither()
    {
        new SlackSignature(["new", Secret]).Verify(Body, Timestamp, Signature, SignedAt).ShouldBe(SlackSignatureVerdict.Valid);
        new SlackSignature([Secret, "new"]).Verify(Body, Timestamp, Signature, SignedAt).ShouldBe(SlackSignatureVerdict.Valid);
    }

    [Fact]
    public void Verify_WhenNoSecretIsConfigured_RefusesEvenWhatIsSignedWithAnEmptyOne()
    {
        var signature =
            "v0=" + Convert.ToHexStringLower(HMACSHA256.HashData([], [.. Encoding.ASCII.GetBytes($"v0:{Timestamp}:"), .. Body]));

        new SlackSignature([]).Verify(Body, Timestamp, signature, SignedAt).ShouldBe(SlackSignatureVerdict.Unconfigured);
        new SlackSignature(["", " "]).Verify(Body, Timestamp, signature, SignedAt).ShouldBe(SlackSignatureVerdict.Unconfigured);
    }

    [Theory]
    [InlineData(300, SlackSignatureVerdict.Valid)]
    [InlineData(301, SlackSignatureVerdict.Stale)]
    [InlineData(-300, SlackSignatureVerdict.Valid)]
    [InlineData(-301, SlackSignatureVerdict.Stale)]
    public void Verify_WhenTheWindowIsLeft_IsStaleBothWays(int secondsLater, SlackSignatureVerdict expected) =>
        new SlackSignature([Secret]).Verify(Body, Timestamp, Signature, SignedAt.AddSeconds(secondsLater)).ShouldBe(expected);

    [Fact]
    public void Verify_WhenBodyTimeOrSecretDiffer_IsWrong()
    {
        byte[] changed = [.. Body, (byte)' '];

        new SlackSignature([Secret]).Verify(changed, Timestamp, Signature, SignedAt).ShouldBe(SlackSignatureVerdict.Wrong);
        new SlackSignature([Secret]).Verify(Body, "1531420619", Signature, SignedAt).ShouldBe(SlackSignatureVerdict.Wrong);
        new SlackSignature([Secret + "x"]).Verify(Body, Timestamp, Signature, SignedAt).ShouldBe(SlackSignatureVerdict.Wrong);
    }

    [Theory]
    [InlineData(null, Signature, SlackSignatureVerdict.Missing)]
    [InlineData(Timestamp, null, SlackSignatureVerdict.Missing)]
    [InlineData("", Signature, SlackSignatureVerdict.Missing)]
    [InlineData(Timestamp, "", SlackSignatureVerdict.Missing)]
    [InlineData("soon", Signature, SlackSignatureVerdict.Malformed)]
    [InlineData("-1531420618", Signature, SlackSignatureVerdict.Malformed)]
    [InlineData("99999999999999999", Signature, SlackSignatureVerdict.Malformed)]
    [InlineData(Timestamp, "v1=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503", SlackSignatureVerdict.Malformed)]
    [InlineData(Timestamp, "v0=a2114d57", SlackSignatureVerdict.Malformed)]
    [InlineData(Timestamp, "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503aa", SlackSignatureVerdict.Malformed)]
    [InlineData(Timestamp, "v0=z2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503", SlackSignatureVerdict.Malformed)]
    public void Verify_WhenAHeaderIsMissingOrBroken_SaysWhich(string? timestamp, string? signature, SlackSignatureVerdict expected) =>
        new SlackSignature([Secret]).Verify(Body, timestamp, signature, SignedAt).ShouldBe(expected);
}
