using Shouldly;
using Xunit;

namespace Holdfast.Conventions.Tests.Infrastructure;

public sealed class SettingsTests
{
    private static readonly IReadOnlyList<string> Sample = SettingsRules.InSample(RepositoryTree.FileAt("local.settings.sample.json").Text);
    private static readonly IReadOnlyList<TreeFile> App =
        [.. RepositoryTree.Below(".cs", "src/Shared", "src/Functions"), RepositoryTree.FileAt("src/Functions/holdfast.sample.json")];

    [Fact]
    public void Settings_InBicepSampleAndDocs_AreTheSame()
    {
        var docs = SettingsRules.InDocs(RepositoryTree.FileAt("docs/operations.md").Text);

        SettingsRules.Differences(Deployments.SettingNames, Sample, docs).ShouldBeEmpty();
        docs.Count.ShouldBeGreaterThan(15);
    }

    [Fact]
    public void Settings_Always_AreRead() => SettingsRules.Unread(Deployments.SettingNames.Union(Sample), App).ShouldBeEmpty();

    [Fact]
    public void Settings_ThatATriggerNames_AreSet()
    {
        SettingsRules.Unset(Deployments.SettingNames, App).ShouldBeEmpty();
        SettingsRules.Unset(Sample, App).ShouldBeEmpty();
        SettingsRules.Unset([], App).Count.ShouldBe(2);
    }

    [Fact]
    public void Differences_WhenOneSideLacksASetting_NamesIt()
    {
        var docs = SettingsRules.InDocs("| `A` | both | a |\n| `B` | local | b |\n| `C` | cloud | c |\n");

        SettingsRules.Differences(["A", "C"], ["A", "B"], docs).ShouldBeEmpty();
        SettingsRules.Differences(["B"], ["C", "D"], docs).ShouldBe(
        [
            "A: not in Bicep", "C: not in Bicep", "A: not in the sample", "B: not in the sample",
            "B: in Bicep, not in the docs' list for it", "C: in the sample, not in the docs' list for it",
            "D: in the sample, not in the docs' list for it",
        ]);
    }

    [Theory]
    [InlineData("AWS_REGION", true)]
    [InlineData("TickSchedule", true)]
    [InlineData("BOT_TOKEN", true)]
    [InlineData("Holdfast__Config", true)]
    [InlineData("Holdfast__Store__Container", true)]
    [InlineData("Holdfast__Store__Contaimer", false)]
    [InlineData("Holdfast__Storage__Container", false)]
    [InlineData("GITHUB_APP_ID", false)]
    public void Unread_WhenNobodyReadsASetting_NamesIt(string name, bool isRead) =>
        SettingsRules.Unread([name],
        [
            new TreeFile(
                "src/A.cs",
                """[TimerTrigger("%TickSchedule%")] const string Path = "Holdfast__Config"; GetSection("Holdfast:Store") """
                + "// GITHUB_APP_ID"),
            new TreeFile("src/StoreOptions.cs", "public string Container { get; set; } = \"\";"),
            new TreeFile("src/holdfast.sample.json", """{ "token": "env:BOT_TOKEN" }"""),
        ]).ShouldBe(isRead ? [] : [name]);

    [Fact]
    public void Unset_WhenATriggersSettingIsMissing_NamesIt() =>
        SettingsRules.Unset(["A"], [new TreeFile("src/A.cs", "[TimerTrigger(\"%A%\")] [TimerTrigger(\"%B%\")]")]).ShouldBe(["B"]);
}
