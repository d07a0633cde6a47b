using System.Runtime.Versioning;
using Holdfast.LocalHost.Http;
using Shouldly;
using Xunit;

namespace Holdfast.LocalHost.Tests;

/// <summary>The files of the keys.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class KeyRingTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly string _folder = Directory.CreateTempSubdirectory("holdfast-keys-").FullName;

    [Fact]
    public void Open_TheFirstTime_MakesThreeKeysOf256BitsThatOnlyTheOwnerReads()
    {
        KeyRing.Open(_folder);

        var keys = Directory.GetFiles(_folder).ToDictionary(file => Path.GetFileName(file), File.ReadAllText);
        keys.Keys.Order().ShouldBe(["durabletask", "function", "master"]);
        keys.Values.Distinct().Count().ShouldBe(3);
        keys.Values.ShouldAllBe(key => System.Buffers.Text.Base64Url.DecodeFromChars(key).Length == 32);
        Directory.GetFiles(_folder).ShouldAllBe(file => File.GetUnixFileMode(file) == OwnerOnly);
    }

    [Fact]
    public void Open_TheNextTime_KeepsTheKeysAndNarrowsTheirFiles()
    {
        var file = Path.Combine(_folder, "function");
        File.WriteAllText(file, "a key of the user's own\n");
        File.SetUnixFileMode(file, OwnerOnly | UnixFileMode.OtherRead);

        var keys = KeyRing.Open(_folder);

        keys.Opens(AccessLevel.Function, "a key of the user's own").ShouldBeTrue();
        File.GetUnixFileMode(file).ShouldBe(OwnerOnly);
    }

    [Fact]
    public async Task Open_ByManyAtOnce_GivesAllOfThemTheSameKeys()
    {
        var rings = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => KeyRing.Open(_folder))));

        rings.Select(ring => ring.ExtensionKey).Distinct().ShouldHaveSingleItem();
        Directory.GetFiles(_folder).Length.ShouldBe(3);
    }

    [Fact]
    public void Open_WhenAFileIsEmpty_NamesIt()
    {
        File.WriteAllText(Path.Combine(_folder, "master"), " \n");

        Should.Throw<StartUpException>(() => KeyRing.Open(_folder)).Message.ShouldContain(Path.Combine(_folder, "master"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
