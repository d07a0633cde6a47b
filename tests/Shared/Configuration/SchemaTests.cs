using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Holdfast.Channels.GitHub;
using Holdfast.Channels.Hooks;
using Holdfast.Channels.Schedules;
using Holdfast.Channels.Slack;
using Holdfast.Configuration;
using Holdfast.Configuration.Agents;
using Holdfast.Configuration.Parsing;
using Holdfast.Tools;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Configuration;

/// <summary>Holds schema, sample, records and loader in step.</summary>
public sealed class SchemaTests
{
    /// <summary>Where each record stands in the schema; null is its root.</summary>
    public static TheoryData<Type, string?> Records { get; } = new()
    {
        { typeof(HoldfastConfiguration), null },
        { typeof(AgentConfiguration), "agent" },
        { typeof(SessionConfiguration), "session" },
        { typeof(CompactionConfiguration), "compaction" },
        { typeof(ExecConfiguration), "exec" },
        { typeof(ExecCommand), "execCommand" },
        { typeof(ModelConfiguration), "model" },
        { typeof(RetryConfiguration), "retry" },
        { typeof(ModelDefaults), "modelDefaults" },
        { typeof(ChannelsConfiguration), "channels" },
        { typeof(SlackOptions), "slack" },
        { typeof(SlackChannelOptions), "slackChannel" },
        { typeof(GitHubOptions), "github" },
        { typeof(GitHubCredential.App), "githubApp" },
        { typeof(HookConfiguration.GitHub), "githubHook" },
        { typeof(HookConfiguration.Generic), "genericHook" },
        { typeof(CronJobConfiguration), "cronJob" },
        { typeof(LimitsConfiguration), "limits" },
    };

    [Theory]
    [MemberData(nameof(Records))]
    public void Schema_WhenARecordHasAProperty_HasItToo(Type record, string? definition)
    {
        var keys = Properties(definition).Select(entry => entry.Key).ToList();
        // What the key of the object says, and what its keys together say.
        string[] elsewhere = ["id", "name", "equalityContract", "credential"];

        Members(record).Select(Camel).Except(elsewhere).Where(name => !keys.Contains(name, StringComparer.OrdinalIgnoreCase)).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Records))]
    public void Schema_WhenItHasAKey_TheRecordHasIt(Type record, string? definition)
    {
        var members = Members(record).Select(Camel).ToList();
        string[] elsewhere = ["$schema", "kind", "token", "app"];

        Properties(definition).Select(entry => entry.Key).Except(elsewhere)
            .Where(key => !members.Contains(key, StringComparer.OrdinalIgnoreCase)).ShouldBeEmpty();
    }

    [Fact]
    public void Schema_WhenItNamesADefault_TheLoaderHasTheSame()
    {
        using var folder = new ConfigurationFolder();
        var configuration = folder.LoadValid(WithoutOptionalKeys());
        var slack = configuration.Channels.Slack!;
        (object Record, string Definition)[] loaded =
        [
            (configuration.Agents["main"], "agent"), (configuration.Agents["main"].Session, "session"), (configuration.Agents["main"].Exec!, "exec"),
            (configuration.Models["quick"], "model"), (configuration.Models["quick"].Retry, "retry"), (configuration.ModelDefaults, "modelDefaults"),
            (slack, "slack"), (configuration.Channels.GitHub!, "github"), (configuration.Hooks["github"], "githubHook"),
            (configuration.Hooks["alerts"], "genericHook"), (configuration.Cron["standup"], "cronJob"), (configuration.Limits, "limits"),
        ];

        var compared = 0;
        foreach (var (record, definition) in loaded)
        {
            foreach (var (key, rule) in Properties(definition).Where(entry => entry.Value!["default"] is not null))
            {
                var member = record.GetType().GetProperties().Single(property => string.Equals(property.Name, key, StringComparison.OrdinalIgnoreCase));
                AsJson(member.GetValue(record)!, rule!["default"]!).ShouldBe(rule["default"]!.ToJsonString(), $"{definition}.{key}");
                compared++;
            }
        }

        compared.ShouldBeGreaterThan(25);
    }

    [Fact]
    public void Sample_WhenValidated_FitsTheSchemaAndTheLoader()
    {
        using var folder = new ConfigurationFolder();

        new SchemaValidator(Schema()).Validate(ConfigurationFolder.Sample()).ShouldBeEmpty();
        var outcome = folder.Load(File.ReadAllText(ConfigurationFolder.SourceFile("holdfast.sample.json")));
        outcome.ShouldBeOfType<ConfigurationOutcome.Loaded>(outcome.ToString());
    }

    [Fact]
    public void Sample_WhenValidated_UsesEveryKeyOfTheSchema()
    {
        var validator = new SchemaValidator(Schema());
        validator.Validate(ConfigurationFolder.Sample()).ShouldBeEmpty();
        // The other way to be known to GitHub, and a reply that has no key besides its kind, cannot stand in the same file.
        string[] alternatives = ["$.$defs.github.properties.token"];

        AllProperties(Schema()).Except(alternatives).Except(validator.Used).ShouldBeEmpty();
    }

    [Fact]
    public void Schema_WhenGitHubHasAToken_FitsToo()
    {
        using var folder = new ConfigurationFolder();
        var json = ConfigurationFolder.Sample();
        json["channels"]!["github"] = new JsonObject { ["token"] = "env:GITHUB_TOKEN" };

        new SchemaValidator(Schema()).Validate(json).ShouldBeEmpty();
        folder.LoadValid(json).Channels.GitHub!.Credential.ShouldBeOfType<GitHubCredential.Token>().Value.Reveal().ShouldBe("ghp-from-settings");
    }

    [Theory]
    [InlineData("""{ "agents": {}, "models": {} }""")]
    [InlineData("""{ "agents": { "A": { "instructions": "x", "model": "m" } }, "models": { "m": { "provider": "bedrock", "modelId": "x" } } }""")]
    [InlineData("""{ "agents": { "a": { "instructions": "x", "model": "m", "turnDeadline": "30 m" } }, "models": { "m": { "provider": "bedrock", "modelId": "x" } } }""")]
    [InlineData("""{ "agents": { "a": { "instructions": "x", "model": "m", "sesion": {} } }, "models": { "m": { "provider": "bedrock", "modelId": "x" } } }""")]
    public void Schema_WhenADocumentIsWrongInItself_RefusesItAsTheLoaderDoes(string text)
    {
        using var folder = new ConfigurationFolder();

        new SchemaValidator(Schema()).Validate(ConfigurationFolder.Parse(text)).ShouldNotBeEmpty();
        folder.LoadInvalid(text).ShouldNotBeEmpty();
    }

    private static JsonNode Schema() => ConfigurationFolder.Parse(File.ReadAllText(ConfigurationFolder.SourceFile("holdfast.schema.json")));

    private static JsonObject Properties(string? definition) =>
        (definition is null ? Schema() : Schema()["$defs"]![definition].ShouldNotBeNull())["properties"]!.AsObject();

    private static IEnumerable<string> Members(Type record) =>
        record.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => property.Name);

    private static string Camel(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);

    private static IEnumerable<string> AllProperties(JsonNode? node) => node switch
    {
        JsonObject entries => entries.SelectMany(entry => entry.Key == "properties"
            ? entry.Value!.AsObject().SelectMany(property => AllProperties(property.Value).Prepend(property.Value!.GetPath()))
            : AllProperties(entry.Value)),
        JsonArray items => items.SelectMany(AllProperties),
        _ => [],
    };

    private static JsonNode WithoutOptionalKeys()
    {
        var json = ConfigurationFolder.Sample();
        var schema = Schema();
        void Strip(JsonNode value, string definition)
        {
            var required = schema["$defs"]![definition]!["required"]?.AsArray().Select(key => (string)key!).ToList() ?? [];
            foreach (var key in value.AsObject().Select(entry => entry.Key).Where(key => !required.Contains(key)).ToList())
            {
                if (schema["$defs"]![definition]!["properties"]![key]!["default"] is not null)
                {
                    value.AsObject().Remove(key);
                }
            }
        }

        Strip(json["agents"]!["main"]!, "agent");
        Strip(json["agents"]!["main"]!["session"]!, "session");
        Strip(json["agents"]!["main"]!["exec"]!, "exec");
        Strip(json["models"]!["quick"]!, "model");
        Strip(json["modelDefaults"]!, "modelDefaults");
        Strip(json["channels"]!["slack"]!, "slack");
        Strip(json["channels"]!["github"]!, "github");
        Strip(json["hooks"]!["github"]!, "githubHook");
        Strip(json["hooks"]!["alerts"]!, "genericHook");
        Strip(json["cron"]!["standup"]!, "cronJob");
        Strip(json["limits"]!, "limits");
        return json;
    }

    // A loaded value as the file would write it, a duration in the default's own unit.
    private static string AsJson(object value, JsonNode like) => value switch
    {
        TimeSpan duration => DurationText.Parse((string)like!) == duration ? like.ToJsonString() : DurationText.Write(duration),
        Enum word => JsonSerializer.Serialize(word.ToString().ToLowerInvariant()),
        bool flag => flag ? "true" : "false",
        IEnumerable<string> texts => JsonSerializer.Serialize(texts),
        IFormattable number and (int or long or double) => number.ToString(null, CultureInfo.InvariantCulture),
        _ => JsonSerializer.Serialize(value.ToString()),
    };
}
