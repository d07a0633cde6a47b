using System.Security.Cryptography;
using Holdfast.Channels.GitHub;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Channels.GitHub;

public sealed class GitHubSignatureTests
{
    // The worked example of GitHub's documentation.
    private const string Secret = "It's a Secret to Everybody";
    private const string Signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

    private static ReadOnlySpan<byte> Body => "Hello, World!"u8;

    [Fact]
    public void Verify_WhenSignedByGitHub_IsValid() => new GitHubSignature([Secret]).Verify(Body, Signature).ShouldBe(GitHubSignatureVerdict.Valid);

    [Fact]
    public void Verify_WhenASecretIsBeingRotated_TakesEither()
    {
        new GitHubSignature(["new", Secret]).Verify(Body, Signature).ShouldBe(GitHubSignatureVerdict.Valid);
        new GitHubSignature([Secret, "new"]).Verify(Body, Signature).ShouldBe(GitHubSignatureVerdict.Valid);
    }

    [Fact]
    public void Verify_WhenNoSecretIsConfigured_RefusesEvenWhatIsSignedWithAnEmptyOne()
    {
        var signature = "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData([], Body));

        new GitHubSignature([]).Verify(Body, signature).ShouldBe(GitHubSignatureVerdict.Unconfigured);
        new GitHubSignature([" "]).Verify(Body, signature).ShouldBe(GitHubSignatureVerdict.Unconfigured);
    }

    [Fact]
    public void Verify_WhenBodyOrSecretDiffer_IsWrong()
    {
        new GitHubSignature([Secret]).Verify("Hello, World?"u8, Signature).ShouldBe(GitHubSignatureVerdict.Wrong);
        new GitHubSignature([Secret + " "]).Verify(Body, Signature).ShouldBe(GitHubSignatureVerdict.Wrong);
    }

    [Theory]
    [InlineData(null, GitHubSignatureVerdict.Missing)]
    [InlineData("", GitHubSignatureVerdict.Missing)]
    [InlineData("sha1=757107ea0eb2509fc211221cce984b8a37570b6d", GitHubSignatureVerdict.Malformed)]
    [InlineData("sha256=757107ea", GitHubSignatureVerdict.Malformed)]
    [InlineData("sha256=z57107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17", GitHubSignatureVerdict.Malformed)]
    public void Verify_WhenTheHeaderIsMissingOrBroken_SaysWhich(string? signature, GitHubSignatureVerdict expected) =>
        new GitHubSignature([Secret]).Verify(Body, signature).ShouldBe(expected);
}
