using Amazon.BedrockRuntime;
using Shouldly;
using Xunit;

namespace Holdfast.Conventions.Tests;

/// <summary>
/// What stands in for AWSSDK.BedrockRuntime has what is used, and nobody uses more than was compared with the package. Built with
/// -p:BedrockRuntime=package, the same tests look at the package's own assembly.
/// </summary>
public sealed class BedrockMembersTests
{
    private static readonly string Shared = Path.Combine(AppContext.BaseDirectory, "Holdfast.Shared.dll");

    private static readonly IReadOnlyList<string> List =
        BedrockMembers.Listed(RepositoryTree.FileAt("tests/Conventions/bedrock-members.txt").Text);

    [Fact]
    public void Shared_Always_UsesExactlyTheListedMembers() =>
        BedrockMembers.AsListed(AssemblySurface.Uses(Shared, BedrockMembers.Namespace)).ShouldBe(List);

    [Fact]
    public void ListedMembers_Always_ArePublicWhereTheBuildTakesThemFrom() =>
        BedrockMembers.Missing(List, typeof(AmazonBedrockRuntimeClient).Assembly).ShouldBeEmpty();

    [Fact]
    public void Missing_WhenATypeOrAMemberIsNotThere_NamesIt() =>
        BedrockMembers.Missing(
            ["AmazonBedrockRuntimeClient.new", "AmazonBedrockRuntimeClient.Config", "StopReason.Sing", "StopReason", "Choir"],
            typeof(AmazonBedrockRuntimeClient).Assembly)
            .ShouldBe(["StopReason.Sing", "Choir"]);

    [Fact]
    public void AsListed_WhenATypeHasMembers_LeavesTheTypeOut() =>
        BedrockMembers.AsListed(["B", "A", "A.new", "AB"]).ShouldBe(["A.new", "AB", "B"]);

    [Fact]
    public void Uses_WhenThisAssemblyIsRead_FindsCallsAndGenericTypes()
    {
        var uses = AssemblySurface.Uses(typeof(BedrockMembersTests).Assembly.Location, "Xunit", "Shouldly", "System.Collections.Generic");

        uses.ShouldContain("FactAttribute.new");
        uses.ShouldContain("ShouldBeEnumerableTestExtensions.ShouldContain");
        uses.ShouldContain("HashSet.Add");
        uses.ShouldNotContain("Path.Combine");
    }
}
