using Holdfast.Channels;
using Holdfast.Channels.Hooks;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Channels.Hooks;

public sealed class GitHubSignatureTests
{
    // The worked example of GitHub's documentation.
    private const string Signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    private static readonly Secret Secret = new("S", "It's a Secret to Everybody");

    private static ReadOnlySpan<byte> Body => "Hello, World!"u8;

    [Fact]
    public void Matches_WhenSignedByGitHub_IsTrue() => HookSignature.GitHub.Matches(Secret, Signature, Body).ShouldBeTrue();

    [Fact]
    public void Matches_WhenBodyOrSecretDiffer_IsFalse()
    {
        HookSignature.GitHub.Matches(Secret, Signature, "Hello, World?"u8).ShouldBeFalse();
        HookSignature.GitHub.Matches(new Secret("S", Secret.Reveal() + " "), Signature, Body).ShouldBeFalse();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("sha1=757107ea0eb2509fc211221cce984b8a37570b6d")]
    [InlineData("sha256=757107ea")]
    [InlineData("sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e1700")]
    [InlineData("sha256=z57107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")]
    public void Matches_WhenTheHeaderIsMissingOrBroken_IsFalse(string? signature) =>
        HookSignature.GitHub.Matches(Secret, signature, Body).ShouldBeFalse();
}
