using Shouldly;
using Xunit;

namespace Holdfast.Conventions.Tests;

public sealed class LockFileTests
{
    [Fact]
    public void Projects_Always_HaveALockFile() => LockFileRules.Missing(RepositoryTree.Files).ShouldBeEmpty();

    [Fact]
    public void Projects_WhenTheTreeIsRead_AreFound() =>
        RepositoryTree.Below(".csproj", "src", "tests", "bench").Count.ShouldBeGreaterThan(5);

    [Fact]
    public void NpmLock_Always_NamesNoHost() => LockFileRules.Addresses(RepositoryTree.FileAt("package-lock.json")).ShouldBeEmpty();

    [Fact]
    public void Missing_WhenAProjectIsNotPinned_NamesIt() =>
        LockFileRules.Missing(
        [
            new TreeFile("src/A/A.csproj", ""),
            new TreeFile("src/A/packages.lock.json", ""),
            new TreeFile("src/B/B.csproj", ""),
        ]).ShouldBe(["src/B/B.csproj"]);

    [Fact]
    public void Addresses_WhenAPackageNamesItsHost_NamesThePackage() =>
        LockFileRules.Addresses(new TreeFile("package-lock.json",
            """{"packages":{"a":{"version":"1"},"b":{"version":"1","resolved":"https://example.org/b.tgz"}}}""")).ShouldBe(["b"]);
}
