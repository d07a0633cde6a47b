using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Transcripts;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Sessions;

/// <summary>An id is its text and nothing around it: with a line feed behind it, it would be another name for the same thing.</summary>
public sealed class IdTests
{
    private const string Hex = "0123456789abcdef0123456789abcdef";

    public static TheoryData<string> Around => new("\n", "\r\n", " ", "\t", "\0", "\n\n");

    [Theory]
    [MemberData(nameof(Around))]
    public void Parse_WhenSomethingFollows_IsNoId(string end)
    {
        SessionKey.TryParse("agent:main:http:a" + end).ShouldBeNull();
        RunId.TryParse($"{Hex}.1{end}").ShouldBeNull();
        RunId.TurnOf($"{Hex}.1{end}").ShouldBeNull();
        SessionId.TryParse(Hex + end).ShouldBeNull();
        Should.Throw<FormatException>(() => TurnId.Parse(Hex + end));
        Should.Throw<FormatException>(() => SessionId.Parse(Hex + end));
        Should.Throw<FormatException>(() => LeaseId.Parse(Guid.Parse(Hex).ToString("D") + end));
        TranscriptPaths.NumberOf("transcript-000000.jsonl" + end).ShouldBeNull();
        TranscriptPaths.Parse(BlobPath.Parse($"sessions/{Hex}{end}/transcript-000000.jsonl")).ShouldBeNull();
        OwnershipMetadata.FromMetadata(
            new Dictionary<string, string>(OwnershipMetadata.Unclaimed(SessionId.Parse(Hex), 0).ToMetadata()) { ["sessionid"] = Hex + end })
            .ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Around))]
    public void Parse_WhenSomethingStandsBefore_IsNoId(string start)
    {
        SessionKey.TryParse(start + "agent:main:http:a").ShouldBeNull();
        RunId.TryParse($"{start}{Hex}.1").ShouldBeNull();
        SessionId.TryParse(start + Hex).ShouldBeNull();
        Should.Throw<FormatException>(() => TurnId.Parse(start + Hex));
        TranscriptPaths.NumberOf(start + "transcript-000000.jsonl").ShouldBeNull();
    }

    /// <summary>Behind a server, <c>%2F</c> may be a slash that an address had to escape; it cannot be part of a key as well.</summary>
    [Theory]
    [InlineData("agent:main:hook:a%2Fb", false)]
    [InlineData("agent:main:hook:a%2fb", false)]
    [InlineData("agent:main:hook:a/b", true)]
    [InlineData("agent:main:hook:a%252Fb", true)]
    [InlineData("agent:main:hook:a%3Ab", true)]
    public void TryParse_WhenAKeyEscapesASlash_IsNoKey(string text, bool isKey) => (SessionKey.TryParse(text) is not null).ShouldBe(isKey);

    [Fact]
    public void Parse_WhenNothingIsAround_GivesTheId()
    {
        SessionKey.Parse("agent:main:http:a").Value.ShouldBe("agent:main:http:a");
        RunId.Parse($"{Hex}.12").Number.ShouldBe(12);
        SessionId.Parse(Guid.Parse(Hex).ToString("D")).Value.ShouldBe(Hex);
        TranscriptPaths.Parse(BlobPath.Parse($"sessions/{Hex}/transcript-000003.jsonl")).ShouldBe((SessionId.Parse(Hex), 3));
    }
}
