using Shouldly;
using Xunit;

namespace Holdfast.Conventions.Tests;

public sealed class PublicSurfaceTests
{
    private static readonly string Binaries = AppContext.BaseDirectory;

    [Fact]
    public void Functions_Always_UsesOnlyTheListedSurface()
    {
        var uses = AssemblySurface.Uses(Path.Combine(Binaries, "Holdfast.Functions.dll"), PublicSurfaceRules.Namespaces);
        var allowed = PublicSurfaceRules.Allowed(RepositoryTree.FileAt("tests/Conventions/public-surface.txt").Text);

        PublicSurfaceRules.Outside(uses, allowed).ShouldBeEmpty();
    }

    [Fact]
    public void Shared_Always_ReferencesNoFunctionsAndNoDurableAssembly() =>
        ForbiddenReferences(AssemblySurface.References(Path.Combine(Binaries, "Holdfast.Shared.dll"))).ShouldBeEmpty();

    [Fact]
    public void Shared_Always_UsesNoFunctionsAndNoDurableType() =>
        AssemblySurface.Uses(Path.Combine(Binaries, "Holdfast.Shared.dll"), PublicSurfaceRules.Namespaces).ShouldBeEmpty();

    [Fact]
    public void ForbiddenReferences_WhenADurableAssemblyIsReferenced_NamesIt() =>
        ForbiddenReferences(["System.Runtime", "Holdfast.Embedded.Durable", "Microsoft.DurableTask.Abstractions", "Holdfast.Embedded.Bedrock"])
            .ShouldBe(["Holdfast.Embedded.Durable", "Microsoft.DurableTask.Abstractions"]);

    [Fact]
    public void Outside_WhenAMemberIsNotListed_NamesIt() =>
        PublicSurfaceRules.Outside(
            ["TaskOrchestrationContext", "TaskOrchestrationContext.InstanceId", "DurableTaskClient.RewindInstanceAsync", "TaskVersion"],
            PublicSurfaceRules.Allowed("# orchestrations\nTaskOrchestrationContext.InstanceId # the key's hash\n"))
            .ShouldBe(["DurableTaskClient.RewindInstanceAsync", "TaskVersion"]);

    [Fact(DisplayName = "Uses_WhenThisAssemblyIsRead_FindsCallsGenericsAndNamedAttributeArguments")]
    public void Uses_WhenThisAssemblyIsRead_FindsCallsGenericsAndNamedAttributeArguments()
    {
        var own = typeof(PublicSurfaceTests).Assembly.Location;

        var uses = AssemblySurface.Uses(own, "Xunit", "Shouldly", "System.Collections.Generic");

        uses.ShouldContain("FactAttribute");
        uses.ShouldContain("FactAttribute.new");
        uses.ShouldContain("FactAttribute.DisplayName");
        uses.ShouldContain("ShouldBeEnumerableTestExtensions.ShouldContain");
        uses.ShouldContain("HashSet.Add");
        PublicSurfaceRules.Outside(uses, PublicSurfaceRules.Allowed("FactAttribute.new")).ShouldContain("FactAttribute.DisplayName");
    }

    private static IReadOnlyList<string> ForbiddenReferences(IEnumerable<string> references)
    {
        string[] forbidden =
            ["Microsoft.Azure.Functions", "Microsoft.DurableTask", "DurableTask", "Holdfast.Embedded.Worker", "Holdfast.Embedded.Durable"];
        return [.. references.Where(name => forbidden.Any(start => name.StartsWith(start, StringComparison.Ordinal)))];
    }
}
