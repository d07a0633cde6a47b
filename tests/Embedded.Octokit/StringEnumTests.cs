using Octokit;
using Shouldly;
using Xunit;

namespace Holdfast.Embedded.Octokit.Tests;

public sealed class StringEnumTests
{
    [Fact]
    public void StringValue_WhenMadeFromAValue_IsItsWord() =>
        new StringEnum<AuthorAssociation>(AuthorAssociation.FirstTimeContributor).StringValue.ShouldBe("FIRST_TIME_CONTRIBUTOR");

    [Fact]
    public void TryParse_WhenTheWordIsUnknown_SaysSoAndKeepsIt()
    {
        var unknown = new StringEnum<AuthorAssociation>("SOMETHING_NEW");

        unknown.TryParse(out _).ShouldBeFalse();
        unknown.StringValue.ShouldBe("SOMETHING_NEW");
        Should.Throw<ArgumentException>(() => unknown.Value);
    }

    [Fact]
    public void Equals_WhenWordsDifferInCaseOnly_IsTrue() =>
        (new StringEnum<AccountType>("bot") == AccountType.Bot).ShouldBeTrue();
}
