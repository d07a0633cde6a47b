using Shouldly;
using Xunit;

namespace Holdfast.Conventions.Tests.Infrastructure;

/// <summary>What <see cref="InfraFileTests"/> lean on sees what is broken: a check that cannot fail holds nothing.</summary>
public sealed class BicepCompilerTests : IDisposable
{
    private readonly BicepFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("param name string\n", "Warning no-unused-params")]
    [InlineData("var a = { b: [1, 2) }\n", "Error BCP")]
    [InlineData("module a 'nowhere.bicep' = {}\n", "Error BCP091")]
    [InlineData("output a string = b.properties.c\n", "Error BCP057")]
    [InlineData(
        "resource a 'Microsoft.Storage/storageAccounts@2023-05-01' = {\n  name: 'a'\n  location: 'b'\n  kind: 'StorageV2'\n}\n", "BCP035")]
    public void Build_WhenSomethingIsWrong_SaysSo(string text, string expected) =>
        BicepCompiler.OfPackage.Build(_folder.Write("a.bicep", text)).Diagnostics.ShouldContain(
            line => line.Contains(expected, StringComparison.Ordinal));

    [Fact]
    public void Build_WhenAParameterFileDoesNotFit_SaysSo()
    {
        _folder.Write("a.bicep", "param name string\noutput name string = name\n");

        var diagnostics = BicepCompiler.OfPackage.Build(_folder.Write("a.bicepparam", "using 'a.bicep'\n\nparam nome = 'b'\n")).Diagnostics;

        diagnostics.ShouldContain(line => line.Contains("BCP258", StringComparison.Ordinal));
        diagnostics.ShouldContain(line => line.Contains("BCP259", StringComparison.Ordinal));
    }

    [Fact]
    public void Format_WhenAFileIsWrittenOtherwise_ChangesIt()
    {
        var file = _folder.Write("a/b.bicep", "param  name string\n");

        BicepCompiler.OfPackage.Run("format", "--pattern", Path.Combine(Path.GetDirectoryName(file)!, "**", "*.bicep*"));

        File.ReadAllText(file).ShouldBe("param name string\n");
    }

    /// <summary>One start compiles all that the parameters lead to.</summary>
    [Fact]
    public void Build_WhenAModuleIsWrong_SaysSoOfTheParameterFile()
    {
        _folder.Write("b.bicep", "param unused string\n");
        _folder.Write("a.bicep", "module b 'b.bicep' = { params: { unused: 'c' } }\n");

        BicepCompiler.OfPackage.Build(_folder.Write("a.bicepparam", "using 'a.bicep'\n")).Diagnostics
            .ShouldContain(line => line.Contains("Warning no-unused-params", StringComparison.Ordinal));
    }

    [Fact]
    public void Run_WhenTheCompilerIsMissing_FailsAndSaysWhatToDo() =>
        Should.Throw<FileNotFoundException>(() => new BicepCompiler("nowhere/bicep").Build("a.bicep"))
            .Message.ShouldContain("dotnet restore tests/Conventions");

    [Fact]
    public void Run_WhenItFailsWithoutAWord_IsADiagnostic()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The stand-in is a shell script.");
        new BicepCompiler(_folder.Write("silent", "#!/bin/sh\nexit 3\n")).Build("a.bicep").Diagnostics
            .ShouldBe(["bicep build a.bicep --stdout --no-restore: exit code 3"]);
    }
}
