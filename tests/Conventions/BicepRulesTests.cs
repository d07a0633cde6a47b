using Shouldly;
using Xunit;

namespace Holdfast.Conventions.Tests;

/// <summary>Each rule on a bad sample: a rule that cannot fail holds nothing.</summary>
public sealed class BicepRulesTests
{
    private const string Template = """
        param name string
        param size int = 3
        var unusedName = '${size}'
        module store 'modules/store.bicep' = {
          name: 'store'
          params: {
            account: '${name}-a' // {
            extra: { a: 1 }
          }
        }
        output id string = store.outputs.id
        """;

    [Theory]
    [InlineData("var a = { b: [1, 2) }", 1)]
    [InlineData("var a = { b: 1", 1)]
    [InlineData("var a = 'b", 1)]
    [InlineData("var a = '${b ? '{' : '}'}' // (", 0)]
    public void Balance_WhenSomethingStaysOpen_NamesTheFile(string text, int faults) => BicepRules.Balance([Infra("main.bicep", text)]).Count.ShouldBe(faults);

    [Fact]
    public void Modules_WhenTheFileIsMissing_SaysSo() =>
        BicepRules.Modules([Infra("main.bicep", Template)]).ShouldBe(["infra/main.bicep: no file modules/store.bicep"]);

    [Fact]
    public void Modules_WhenParametersDiffer_NamesBothSides() =>
        BicepRules.Modules([Infra("main.bicep", Template), Infra("modules/store.bicep", "param account string\nparam zone string\nparam tier string = 'a'")])
            .ShouldBe(["infra/main.bicep: modules/store.bicep has no parameter extra", "infra/main.bicep: modules/store.bicep needs zone"]);

    [Fact]
    public void Outputs_WhenAModuleLacksOne_NamesIt()
    {
        BicepRules.Outputs([Infra("main.bicep", Template), Infra("modules/store.bicep", "output other string = 'a'")])
            .ShouldBe(["infra/main.bicep: infra/modules/store.bicep has no output id"]);
        BicepRules.Outputs([Infra("main.bicep", Template), Infra("modules/store.bicep", "output id string = 'a'")]).ShouldBeEmpty();
    }

    [Fact]
    public void Unused_WhenNothingReadsAName_NamesIt() =>
        BicepRules.Unused([Infra("main.bicep", Template), Infra("b.bicep", "param zone string\nvar a = { zone: 'x' }\nvar b = a")])
            .ShouldBe(["infra/main.bicep: unusedName", "infra/b.bicep: zone", "infra/b.bicep: b"]);

    [Theory]
    [InlineData("allowSharedKeyAccess: true\nallowBlobPublicAccess: false", 2)]
    [InlineData("allowBlobPublicAccess: false", 1)]
    [InlineData("allowSharedKeyAccess: false\nallowBlobPublicAccess: false", 0)]
    [InlineData("allowSharedKeyAccess: false\nallowBlobPublicAccess: false\nx: 'AccountKey=${a.listKeys().keys[0].value}'", 1)]
    [InlineData("allowSharedKeyAccess: false\nallowBlobPublicAccess: false\npublicAccess: 'Blob'", 1)]
    [InlineData("// allowSharedKeyAccess: false\nallowBlobPublicAccess: false", 1)]
    public void OpenStorage_WhenADoorIsOpen_NamesIt(string properties, int faults) =>
        BicepRules.OpenStorage([Infra("main.bicep", "resource a 'Microsoft.Storage/storageAccounts@2023-05-01' = {\n" + properties + "\n}")])
            .Count.ShouldBe(faults);

    [Fact]
    public void ParameterFile_WhenItDoesNotFit_NamesBothSides() =>
        BicepRules.ParameterFile(Infra("a.bicepparam", "using 'main.bicep'\nparam sice = 3"), Infra("main.bicep", Template))
            .ShouldBe(["infra/a.bicepparam: unknown sice", "infra/a.bicepparam: lacks name"]);

    [Fact]
    public void Settings_WhenAnObjectHoldsThem_AreItsTopNames() =>
        BicepText.Settings("var hostSettings = {\n  A__B: { C: 1 }\n  D: '${x}'\n  // E: 1\n}\nvar other = {\n  F: 1\n}\n").ShouldBe(["A__B", "D"]);

    [Fact]
    public void Differences_WhenOneSideLacksASetting_NamesIt()
    {
        var docs = SettingsRules.InDocs("| `A` | both | a |\n| `B` | local | b |\n| `C` | cloud | c |\n");

        SettingsRules.Differences(["A", "C"], ["A", "B"], docs).ShouldBeEmpty();
        SettingsRules.Differences(["B"], ["C", "D"], docs).ShouldBe(
        [
            "A: not in Bicep", "C: not in Bicep", "A: not in the sample", "B: not in the sample",
            "B: in Bicep, not in the docs' list for it", "C: in the sample, not in the docs' list for it", "D: in the sample, not in the docs' list for it",
        ]);
    }

    private static TreeFile Infra(string path, string text) => new("infra/" + path, text);
}
