using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using Shouldly;
using Xunit;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace Holdfast.Conventions.Tests;

/// <summary>Which folder may use which: each those before it in its list, and none those after it. So there is no circle either.</summary>
public sealed class LayerDirectionTests
{
    private static readonly string[] Shared =
        ["Storage", "Sessions", "Transcripts", "Ownership", "Inbox", "Models", "Tools", "Delivery", "Turns", "Channels", "Configuration"];

    private static readonly string[] Channels = ["Channels.Markdown", "Channels.Slack", "Channels.GitHub", "Channels.Schedules",
        "Channels.Hooks"];

    private static readonly string[] Functions = ["Functions.Orchestrations", "Functions.Status", "Functions.Endpoints",
        "Functions.Operators", "Functions.Composition"];

    [Fact]
    public void Shared_Always_DependsOneWay() => Violations("Holdfast.Shared.dll", Shared).ShouldBeEmpty();

    [Fact]
    public void Functions_Always_DependOneWay() => Violations("Holdfast.Functions.dll", Functions).ShouldBeEmpty();

    [Fact]
    public void Channels_Always_DependOneWay() => Violations("Holdfast.Shared.dll", Channels).ShouldBeEmpty();

    [Fact]
    public void Layers_Always_NameEachFolder() =>
        Load("Holdfast.Shared.dll").Types.Select(type => type.Namespace.FullName)
            .Where(name => name.StartsWith("Holdfast.", StringComparison.Ordinal)).Select(name => name.Split('.')[1]).Distinct()
            .ShouldBeSubsetOf(Shared);

    /// <summary>The rule itself: with two layers turned round it must speak up.</summary>
    [Fact]
    public void Violations_WhenTwoLayersAreTurnedRound_NamesTheTypes() =>
        Violations("Holdfast.Shared.dll", ["Sessions", "Storage"])
            .ShouldContain(text => text.Contains("SessionDirectory", StringComparison.Ordinal));

    private static List<string> Violations(string assembly, string[] layers)
    {
        var architecture = Load(assembly);
        return
        [
            .. from index in Enumerable.Range(0, layers.Length - 1)
               let later = string.Join('|', layers[(index + 1)..]).Replace(".", @"\.", StringComparison.Ordinal)
               let rule = Types().That().ResideInNamespaceMatching($@"^Holdfast\.{layers[index]}(\.|$)")
                   .Should().NotDependOnAny(Types().That().ResideInNamespaceMatching($@"^Holdfast\.({later})(\.|$)"))
                   .WithoutRequiringPositiveResults()
               from result in rule.Evaluate(architecture)
               where !result.Passed
               select result.Description,
        ];
    }

    private static Architecture Load(string assembly) =>
        new ArchLoader().LoadAssemblies(System.Reflection.Assembly.LoadFrom(Path.Combine(AppContext.BaseDirectory, assembly))).Build();
}
