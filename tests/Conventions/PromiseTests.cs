using Shouldly;
using Xunit;

namespace Holdfast.Conventions.Tests;

/// <summary>docs/invariants.md tells the truth about the tests; and each rule that says so can fail.</summary>
public sealed class PromiseTests
{
    private static readonly string Page = RepositoryTree.FileAt("docs/invariants.md").Text;
    private static readonly IReadOnlyList<TestClass> Classes = PromiseRules.TestClasses(RepositoryTree.Below(".cs", "tests"));

    [Fact]
    public void Promises_Always_NameTestsThatExist() => PromiseRules.Named(Page, Classes).ShouldBeEmpty();

    [Fact]
    public void CoreScenarios_Always_HaveATestByTheirNumber() => PromiseRules.Missing(Classes).ShouldBeEmpty();

    [Theory]
    [InlineData("Scenarios in the core", "tests/Shared")]
    [InlineData("Scenarios at the endpoints", "tests/Functions")]
    [InlineData("Scenarios end to end", "tests/EndToEnd")]
    public void ScenarioTables_Always_SayWhichTestsThereAre(string heading, string folder) =>
        PromiseRules.Listed(Page, heading, folder, Classes).ShouldBeEmpty();

    [Theory]
    [InlineData("ATests", 0)]
    [InlineData("ATests.S07_When…, Plain_Test; BTests.Other…", 0)]
    [InlineData("ATests.S07_When", 1)]
    [InlineData("ATests.S08…", 1)]
    [InlineData("ATests.Plain_Test; CTests", 1)]
    [InlineData("", 1)]
    public void Named_WhenARowNamesWhatIsNotThere_SaysSo(string tests, int faults)
    {
        var page = string.Join('\n', Enumerable.Range(1, PromiseRules.Promises).Select(number => $"| I{number} | promise | {tests} |"));

        PromiseRules.Named(page, Samples()).Count.ShouldBe(faults * PromiseRules.Promises);
        PromiseRules.Named("", Samples()).Count.ShouldBe(PromiseRules.Promises);
    }

    [Fact]
    public void Missing_WhenANumberHasNoTest_NamesIt()
    {
        var missing = PromiseRules.Missing(Samples());

        missing.Count.ShouldBe(PromiseRules.CoreScenarios - 1);
        missing.ShouldNotContain(sentence => sentence.StartsWith("S07", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ATests | S07", 0)]
    [InlineData("ATests | S07, S08", 1)]
    [InlineData("GoneTests | S07", 2)]
    [InlineData("", 1)]
    public void Listed_WhenPageAndTestsDiffer_SaysSo(string row, int faults) =>
        PromiseRules.Listed(
            $"## Table\n\n| class | scenarios |\n|---|---|\n| {row} |\n\n## Next\n| X | S01 |\n", "Table", "tests/Shared",
            Samples()).Count.ShouldBe(faults);

    [Fact]
    public void TestClasses_WhenATestIsOnlyMentioned_DoNotHaveIt() =>
        PromiseRules.TestClasses([new TreeFile("tests/A.cs", "// [Fact] public void S01_X() { }\nclass A { public void S02_Y() { } }")])
            .ShouldBeEmpty();

    private static IReadOnlyList<TestClass> Samples() => PromiseRules.TestClasses(
    [
        new TreeFile(
            "tests/Shared/ATests.cs",
            "[Fact]\npublic void S07_When_X() => A();\n[Theory]\n[InlineData(\"[\")]\npublic async Task Plain_Test(int a) { }"),
        new TreeFile("tests/Shared/BTests.cs", "[Fact] public void Other_Test() { } private void S08_No() { }"),
    ]);
}
