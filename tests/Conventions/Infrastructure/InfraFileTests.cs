using Shouldly;
using Xunit;

namespace Holdfast.Conventions.Tests.Infrastructure;

/// <summary>Each file of infra/ before the real compiler; that it sees faults is shown in <see cref="BicepCompilerTests"/>.</summary>
public sealed class InfraFileTests
{
    private static readonly IReadOnlyList<TreeFile> Files = [.. RepositoryTree.Below(".bicep", "infra"), .. RepositoryTree.Below(".bicepparam", "infra")];

    public static TheoryData<string> Paths => [.. Files.Select(file => file.Path)];

    [Fact]
    public void Files_WhenTheTreeIsRead_AreFound()
    {
        Files.Select(file => file.Path).ShouldContain("infra/main.bicep");
        Files.Select(file => file.Path).ShouldContain("infra/main.bicepparam");
        Files.Count(file => file.Folder == "infra/modules").ShouldBeGreaterThan(5);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void File_Always_CompilesAndLintsWithoutAWord(string path) =>
        BicepCompiler.OfPackage.Build(FullPath(path)).Diagnostics.ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Paths))]
    public void File_Always_IsWrittenAsTheFormatterWritesIt(string path)
    {
        var formatted = BicepCompiler.OfPackage.Format(FullPath(path));

        formatted.Output.ShouldBe(RepositoryTree.FileAt(path).Text);
        formatted.Diagnostics.ShouldBeEmpty();
    }

    private static string FullPath(string path) => Path.Combine(RepositoryTree.Root, path);
}
