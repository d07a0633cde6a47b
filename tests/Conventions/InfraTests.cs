using Shouldly;
using Xunit;

namespace Holdfast.Conventions.Tests;

/// <summary>The Bicep files hang together, as far as text tells; that each rule can fail is shown in <see cref="BicepRulesTests"/>.</summary>
public sealed class InfraTests
{
    private static readonly IReadOnlyList<TreeFile> Files = RepositoryTree.Below(".bicep", "infra");
    private static readonly TreeFile Main = RepositoryTree.FileAt("infra/main.bicep");

    [Fact]
    public void Bicep_WhenTheTreeIsRead_IsFoundWithItsModulesAndSettings()
    {
        BicepText.Modules(Main.Text).Count.ShouldBeGreaterThan(4);
        BicepText.Modules(Main.Text).ShouldAllBe(module => module.Parameters.Count > 0);
        Files.SelectMany(file => BicepText.Settings(file.Text)).Count().ShouldBeGreaterThan(15);
    }

    [Fact]
    public void Bicep_Always_ClosesWhatItOpens() => BicepRules.Balance([.. Files, RepositoryTree.FileAt("infra/main.bicepparam")]).ShouldBeEmpty();

    [Fact]
    public void Bicep_Always_CallsModulesAsTheyAre() => BicepRules.Modules(Files).ShouldBeEmpty();

    [Fact]
    public void Bicep_Always_ReadsOutputsThatExist() => BicepRules.Outputs(Files).ShouldBeEmpty();

    [Fact]
    public void Bicep_Always_UsesItsParametersAndVariables() => BicepRules.Unused(Files).ShouldBeEmpty();

    [Fact]
    public void Bicep_Always_KeepsKeysAndStrangersOut() => BicepRules.OpenStorage(Files).ShouldBeEmpty();

    [Fact]
    public void ParameterSample_Always_FitsTheTemplate() =>
        BicepRules.ParameterFile(RepositoryTree.FileAt("infra/main.bicepparam"), Main).ShouldBeEmpty();

    [Fact]
    public void Settings_InBicepSampleAndDocs_AreTheSame()
    {
        var bicep = Files.SelectMany(file => BicepText.Settings(file.Text)).ToList();
        var sample = SettingsRules.InSample(RepositoryTree.FileAt("local.settings.sample.json").Text);
        var docs = SettingsRules.InDocs(RepositoryTree.FileAt("docs/operations.md").Text);

        SettingsRules.Differences(bicep, sample, docs).ShouldBeEmpty();
        docs.Count.ShouldBeGreaterThan(15);
    }

    [Fact]
    public void Settings_InBicep_AreWrittenOnce() =>
        Files.SelectMany(file => BicepText.Settings(file.Text)).GroupBy(name => name).Where(group => group.Count() > 1)
            .Select(group => group.Key).ShouldBeEmpty();
}
