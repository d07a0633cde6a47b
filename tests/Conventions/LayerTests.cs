using Shouldly;
using Xunit;

namespace Holdfast.Conventions.Tests;

/// <summary>All thinking is in src/Shared, and knows nothing of what hosts it: no Functions, no Durable, no WebJobs.</summary>
public sealed class LayerTests
{
    /// <summary>How assemblies and namespaces of the hosts begin.</summary>
    private static readonly string[] Hosts =
        ["Microsoft.Azure.Functions", "Microsoft.Azure.WebJobs", "Microsoft.DurableTask", "DurableTask"];

    private static readonly string Shared = Path.Combine(AppContext.BaseDirectory, "Holdfast.Shared.dll");

    [Fact]
    public void Shared_Always_ReferencesNoAssemblyOfAHost() => OfHosts(AssemblySurface.References(Shared)).ShouldBeEmpty();

    [Fact]
    public void Shared_Always_UsesNoTypeOfAHost() => AssemblySurface.Uses(Shared, Hosts).ShouldBeEmpty();

    [Fact]
    public void OfHosts_WhenADurableAssemblyIsReferenced_NamesIt() =>
        OfHosts(["System.Runtime", "DurableTask.Core", "Microsoft.DurableTask.Abstractions", "Azure.Storage.Blobs"])
            .ShouldBe(["DurableTask.Core", "Microsoft.DurableTask.Abstractions"]);

    [Fact]
    public void Surface_OfTheFunctions_HoldsWhatIsForbiddenInShared()
    {
        var functions = Path.Combine(AppContext.BaseDirectory, "Holdfast.Functions.dll");

        OfHosts(AssemblySurface.References(functions)).ShouldNotBeEmpty();
        AssemblySurface.Uses(functions, Hosts).ShouldContain("TaskOrchestrationContext.CallActivityAsync");
    }

    private static IReadOnlyList<string> OfHosts(IEnumerable<string> references) =>
        [.. references.Where(name => Hosts.Any(start => name.StartsWith(start, StringComparison.Ordinal)))];
}
