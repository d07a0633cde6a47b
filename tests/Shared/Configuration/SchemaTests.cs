using System.Text.Json.Nodes;
using Holdfast.Configuration;
using Holdfast.Configuration.Agents;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Configuration;

/// <summary>Holds schemas, sample, options classes and loader in step.</summary>
public sealed class SchemaTests
{
    [Theory]
    [InlineData("holdfast.schema.json", typeof(HoldfastConfiguration), 50)]
    [InlineData("agent.schema.json", typeof(AgentConfiguration), 25)]
    public void Schema_Always_SaysWhatTheClassesSay(string file, Type type, int least)
    {
        var comparison = new SchemaComparison(Schema(file));

        comparison.Differences(type).ShouldBeEmpty();
        comparison.Compared.ShouldBeGreaterThan(least);
    }

    [Theory]
    [InlineData("limits", "claimWait", "description", "\"1s to 11m.\"")]
    [InlineData("limits", "claimWait", "default", "\"61s\"")]
    [InlineData("limits", "maxMessageBytes", "maximum", "7")]
    [InlineData("model", "maxAttempts", "minimum", "0")]
    [InlineData("model", "reasoning", "type", "\"string\"")]
    [InlineData("cronJob", "missed", "enum", "[\"skip\"]")]
    [InlineData("githubHook", "events", "minItems", "2")]
    [InlineData("genericHook", "deliveryHeader", "pattern", "\".\"")]
    [InlineData("slack", "channels", "propertyNames", "{ \"pattern\": \".\" }")]
    [InlineData("slack", "chanels", "type", "\"string\"")]
    public void Differences_WhenTheSchemaSaysAnother_NamesIt(string definition, string key, string rule, string value)
    {
        var schema = Schema("holdfast.schema.json");
        var properties = schema["$defs"]![definition]!["properties"]!.AsObject();
        (properties[key] ??= new JsonObject())[rule] = JsonNode.Parse(value);

        new SchemaComparison(schema).Differences(typeof(HoldfastConfiguration))
            .ShouldNotBeEmpty();
        new SchemaComparison(schema).Differences(typeof(HoldfastConfiguration)).ShouldAllBe(text => text.Contains(key));
    }

    [Fact]
    public void Sample_WhenValidated_FitsTheSchemasAndTheLoader()
    {
        using var folder = new ConfigurationFolder().WithSampleAgents();

        new SchemaValidator(Schema("holdfast.schema.json")).Validate(ConfigurationFolder.Sample()).ShouldBeEmpty();
        new SchemaValidator(Schema("agent.schema.json")).Validate(ConfigurationFolder.SampleAgent("main")).ShouldBeEmpty();
        new SchemaValidator(Schema("agent.schema.json")).Validate(ConfigurationFolder.SampleAgent("reporter")).ShouldBeEmpty();
        var outcome = folder.Load(File.ReadAllText(ConfigurationFolder.SourceFile("holdfast.sample.json")));
        outcome.ShouldBeOfType<ConfigurationOutcome.Loaded>(outcome.ToString()).Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void Sample_WhenValidated_UsesEveryKeyOfTheSchemas()
    {
        var root = new SchemaValidator(Schema("holdfast.schema.json"));
        var agent = new SchemaValidator(Schema("agent.schema.json"));
        root.Validate(ConfigurationFolder.Sample()).ShouldBeEmpty();
        agent.Validate(ConfigurationFolder.SampleAgent("main")).ShouldBeEmpty();
        agent.Validate(ConfigurationFolder.SampleAgent("reporter")).ShouldBeEmpty();
        // The other way to be known to GitHub, and the other places an agent's trigger may answer to.
        string[] alternatives = ["$.$defs.github.properties.token"];

        AllProperties(root.Root).Except(alternatives).Except(root.Used).ShouldBeEmpty();
        AllProperties(agent.Root).Where(pointer => !pointer.Contains("delivery")).Except(agent.Used).ShouldBeEmpty();
    }

    [Fact]
    public void Schema_WhenGitHubHasAToken_FitsToo()
    {
        using var folder = new ConfigurationFolder().WithSampleAgents();
        var json = ConfigurationFolder.Sample();
        json["channels"]!["github"] = new JsonObject { ["token"] = "env:GITHUB_TOKEN" };

        new SchemaValidator(Schema("holdfast.schema.json")).Validate(json).ShouldBeEmpty();
        folder.LoadValid(json).Channels.GitHub!.Token!.Reveal().ShouldBe("ghp-from-settings");
    }

    [Theory]
    [InlineData("""{ "models": {} }""")]
    [InlineData("""{ "models": { "A": { "modelId": "x" } } }""")]
    [InlineData("""{ "models": { "quick": { "modelId": "x", "firstEventTimeout": "30 m" } } }""")]
    [InlineData("""{ "models": { "quick": { "modelId": "x", "reason": true } } }""")]
    public void Schema_WhenADocumentIsWrongInItself_RefusesItAsTheLoaderDoes(string text)
    {
        using var folder = new ConfigurationFolder();

        new SchemaValidator(Schema("holdfast.schema.json")).Validate(ConfigurationFolder.Parse(text)).ShouldNotBeEmpty();
        folder.LoadInvalid(text).ShouldNotBeEmpty();
    }

    private static JsonNode Schema(string file) => ConfigurationFolder.Parse(File.ReadAllText(ConfigurationFolder.SourceFile(file)));

    private static IEnumerable<string> AllProperties(JsonNode? node) => node switch
    {
        JsonObject entries => entries.SelectMany(entry => entry.Key == "properties"
            ? entry.Value!.AsObject().SelectMany(property => AllProperties(property.Value).Prepend(property.Value!.GetPath()))
            : AllProperties(entry.Value)),
        JsonArray items => items.SelectMany(AllProperties),
        _ => [],
    };
}
