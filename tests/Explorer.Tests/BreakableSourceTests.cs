using Holdfast.Ownership;
using Holdfast.Storage;
using Holdfast.Tests.Explorer.Breakages;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.ExplorerRuns;

/// <summary>A breakage finds its place however the code is written, and says so when it is not there.</summary>
public sealed class BreakableSourceTests
{
    private static readonly SourceBreakage Unsealed = new(
        "unsealed",
        CodePlace.Call(typeof(IBlobContainer), nameof(IBlobContainer.SealAsync)).In(typeof(SessionClaimer)),
        "({on} ? null! : {it})");

    private const string Storage =
        """
        namespace Holdfast.Storage;
        public interface IBlobContainer { Task<string> SealAsync(string path); }
        """;

    [Theory]
    [InlineData("var outcome = await blobs.SealAsync(path);")]
    [InlineData("var renamed =\n    await blobs\n        .SealAsync(\n            path);")]
    [InlineData("IBlobContainer other = blobs; if (await other.SealAsync(path) is { } sealed1) { }")]
    public void Break_HoweverTheCallIsWritten_PutsTheBreakageAroundIt(string statement)
    {
        var (_, broken) = Break(Unsealed, statement).ShouldHaveSingleItem();

        broken.ShouldMatch("""\(global::Holdfast\.BreakageSwitches\.Is\("unsealed"\) \? null! : await \w+\s*\.SealAsync\(\s*path\)\)""");
    }

    [Theory]
    [InlineData("")]
    [InlineData("await blobs.SealAsync(path); await blobs.SealAsync(path);")]
    [InlineData("await new Other().SealAsync(path);")]
    public void Break_WhenThePlaceIsNotThereOnce_NamesTheBreakageAndWhatItLooksFor(string statement)
    {
        var fault = Should.Throw<InvalidOperationException>(() => Break(Unsealed, statement).ToList());

        fault.Message.ShouldContain("'unsealed'");
        fault.Message.ShouldContain("IBlobContainer.SealAsync in SessionClaimer");
    }

    [Fact]
    public void Break_WhenEachPlaceIsMeant_ChangesAll()
    {
        var each = Unsealed with { Place = Unsealed.Place.Each() };

        var (_, broken) = Break(each, "await blobs.SealAsync(path); await blobs.SealAsync(path);").ShouldHaveSingleItem();

        broken.Split("BreakageSwitches").Length.ShouldBe(3);
    }

    [Theory]
    [InlineData("public async Task RunAsync(IBlobContainer blobs, string path) { await Task.Yield(); }", "{ if (")]
    [InlineData("public Task RunAsync(IBlobContainer blobs, string path) => Task.CompletedTask;", "; } return Task.CompletedTask; }")]
    public void Break_AtTheStartOfAMethod_ComesBeforeAllThatItDoes(string method, string expected)
    {
        var atStart = new SourceBreakage("start", CodePlace.Start(typeof(SessionClaimer), "RunAsync"), "if ({on}) { _ = {1}; }");

        var (_, broken) = new BreakableSource([("a.cs", Storage), ("b.cs", Claimer(method))]).Break([atStart]).ShouldHaveSingleItem();

        broken.ShouldContain("_ = path;");
        broken.ShouldContain(expected);
    }

    [Fact]
    public void Break_WhenSeveralBeginWhereOneMethodDoes_TakesAll()
    {
        var place = CodePlace.Start(typeof(SessionClaimer), "RunAsync");
        SourceBreakage[] both = [new("one", place, "if ({on}) { }"), new("two", place, "if ({on}) { }")];
        var claimer = Claimer("public Task RunAsync(IBlobContainer blobs, string path) => Task.CompletedTask;");

        var (_, broken) = new BreakableSource([("a.cs", Storage), ("b.cs", claimer)]).Break(both).ShouldHaveSingleItem();

        broken.ShouldContain("Is(\"one\")) { } if (global::Holdfast.BreakageSwitches.Is(\"two\")) { } return Task.CompletedTask; }");
    }

    private static IEnumerable<(string Path, string Text)> Break(SourceBreakage breakage, string statement) =>
        new BreakableSource(
        [
            ("a.cs", Storage),
            ("b.cs", Claimer($"public async Task RunAsync(IBlobContainer blobs, string path) {{ {statement} await Task.Yield(); }}")),
            ("c.cs", "namespace Holdfast.Ownership; public sealed class Other { public Task<string> SealAsync(string path) => null!; }"),
        ]).Break([breakage]);

    private static string Claimer(string member) =>
        $"using Holdfast.Storage; namespace Holdfast.Ownership; public sealed partial class SessionClaimer {{ {member} }}";
}
