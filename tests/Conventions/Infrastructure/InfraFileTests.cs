using Shouldly;
using Xunit;

namespace Holdfast.Conventions.Tests.Infrastructure;

/// <summary>Each file of infra/ before the real compiler; that it sees faults is shown in <see cref="BicepCompilerTests"/>.</summary>
public sealed class InfraFileTests
{
    private static readonly IReadOnlyList<TreeFile> Files = [.. RepositoryTree.Below(
        ".bicep", "infra"), .. RepositoryTree.Below(".bicepparam", "infra")];

    [Fact]
    public void Files_WhenTheTreeIsRead_AreFound()
    {
        Files.Select(file => file.Path).ShouldContain("infra/main.bicep");
        Files.Select(file => file.Path).ShouldContain("infra/main.bicepparam");
        Files.Count(file => file.Folder == "infra/modules").ShouldBeGreaterThan(5);
    }

    /// <summary>
    /// With the parameters the compiler reads the template, and with that each module: one start instead of one for each file.
    /// </summary>
    [Fact]
    public void Files_Always_CompileAndLintWithoutAWord()
    {
        BicepCompiler.OfPackage.Build(Path.Combine(RepositoryTree.Root, "infra/main.bicepparam")).Diagnostics.ShouldBeEmpty();

        foreach (var module in Files.Where(file => file.Folder == "infra/modules"))
        {
            RepositoryTree.FileAt("infra/main.bicep").Text.ShouldContain(
                $"'modules/{Path.GetFileName(module.Path)}'", Case.Sensitive, "else nobody compiles it");
        }
    }

    [Fact]
    public void Files_Always_AreWrittenAsTheFormatterWritesThem()
    {
        using var folder = new BicepFolder();
        var copies = Files.ToDictionary(file => file.Path, file => folder.Write(file.Path, file.Text));

        BicepCompiler.OfPackage.Run(
            "format", "--pattern",
            Path.Combine(Path.GetDirectoryName(copies["infra/main.bicep"])!, "**", "*.bicep*")).Diagnostics.ShouldBeEmpty();

        foreach (var file in Files)
        {
            File.ReadAllText(copies[file.Path]).ShouldBe(file.Text, file.Path);
        }
    }
}
