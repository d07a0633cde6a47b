using Shouldly;
using Xunit;

namespace Holdfast.Conventions.Tests;

/// <summary>The tree keeps the house rules; that each rule can fail is shown in <see cref="SourceRulesTests"/>.</summary>
public sealed class SourceTreeTests
{
    private static readonly IReadOnlyList<TreeFile> AllCode = RepositoryTree.Below(".cs", "src", "tests", "bench");
    private static readonly IReadOnlyList<TreeFile> OwnCode = RepositoryTree.Below(".cs", "src/Shared", "src/Functions", "src/Cli");

    [Fact]
    public void Files_WhenTheTreeIsRead_AreFound()
    {
        AllCode.Count.ShouldBeGreaterThan(10);
        OwnCode.ShouldNotBeEmpty();
    }

    [Fact]
    public void Files_Always_StayReadableInLength() => SourceRules.Lengths(AllCode).ShouldBeEmpty();

    [Fact]
    public void Lines_Always_FitAScreen() => SourceRules.Columns(AllCode).ShouldBeEmpty();

    [Fact]
    public void Classes_InSource_AreInPartsOnlyForGeneratedCode() =>
        SourceRules.PartialClasses(RepositoryTree.Below(".cs", "src")).ShouldBeEmpty();

    [Fact]
    public void Types_InOurOwnCode_AreNamedForWhatTheyAre() => SourceRules.TypeNames(OwnCode).ShouldBeEmpty();

    [Fact]
    public void Folders_Always_AreNamedByIdea() =>
        SourceRules.FolderNames(RepositoryTree.Below(".cs", "src", "tests", "bench")).ShouldBeEmpty();

    [Fact]
    public void Sources_Always_CompileTheSameForBothHosts() => SourceRules.ConditionalCompilation(AllCode).ShouldBeEmpty();

    [Fact]
    public void Sources_Always_LeaveNoWorkOpen() =>
        SourceRules.OpenWork(
            [.. AllCode, .. RepositoryTree.Below(".bicep", "infra"), .. RepositoryTree.Below("proj", "src", "tests", "bench")])
            .ShouldBeEmpty();

    [Fact]
    public void Folders_InSource_HoldFewFiles() =>
        SourceRules.FolderSizes(
            RepositoryTree.Below(".cs", "src").Where(file => !file.Path.StartsWith("src/BedrockRuntime/", StringComparison.Ordinal)))
            .ShouldBeEmpty();

    [Fact]
    public void Endpoints_Always_StaySmall() => SourceRules.Endpoints(RepositoryTree.Below(".cs", "src/Functions")).ShouldBeEmpty();

    [Fact]
    public void Patterns_InSource_EndWhereTheTextEnds() => SourceRules.LooseAnchors(RepositoryTree.Below(".cs", "src")).ShouldBeEmpty();

    [Fact]
    public void LogMessages_InSource_HaveAnEventIdOfTheirOwn() => SourceRules.EventIds(RepositoryTree.Below(".cs", "src")).ShouldBeEmpty();

    /// <summary>The server has decoded an address once; a second time makes one session of two.</summary>
    [Fact]
    public void Routes_WithASessionKey_TakeItAsTheServerDecodedIt()
    {
        var routed = RepositoryTree.Below(".cs", "src/Functions")
            .Where(file => file.Text.Contains("Route = \"sessions/{key}", StringComparison.Ordinal))
            .ToList();

        routed.Count.ShouldBe(5);
        routed.Where(file => !file.Text.Contains("RouteKey.Read(key)", StringComparison.Ordinal)).Select(file => file.Path).ShouldBeEmpty();
        RepositoryTree.Below(".cs", "src/Functions")
            .Where(file => file.Text.Contains("Unescape", StringComparison.Ordinal))
            .Select(file => file.Path)
            .ShouldBeEmpty();
    }

    [Fact]
    public void Files_Always_NameNoMachine() => SourceRules.MachinePaths(RepositoryTree.Files).ShouldBeEmpty();
}
