using System.Text.Json.Nodes;
using Holdfast.Harness;
using Holdfast.Tests.Support;
using Shouldly;
using Xunit;

namespace Holdfast.EndToEnd.Tests;

/// <summary>What the app says when it cannot start, and that it does not.</summary>
public sealed class StartTests(SharedAzurite azurite) : IClassFixture<SharedAzurite>, IDisposable
{
    private static readonly Dictionary<string, string?> Settings = new()
    {
        ["A_TOKEN"] = "xoxb-1",
        ["A_SECRET"] = "s",
        ["HoldfastCronTickSchedule"] = "*/1 * * * * *",
        ["HoldfastInboxSweepSchedule"] = "*/2 * * * * *",
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("holdfast-start-").FullName;

    private string ConfigurationFile => Path.Combine(_folder, "holdfast.json");

    [Fact]
    public async Task Start_WhenTheConfigurationHasFaults_NamesFilePathAndValueOfEach()
    {
        var configuration = Configuration();
        configuration["modles"] = new JsonObject();
        configuration.SettingsOf("main")["fallbacks"] = new JsonArray("thikner");
        configuration["models"]!["thinker"]!["firstEventTimeout"] = "300 parsecs";
        configuration["channels"]!["slack"]!["botToken"] = "env:NOT_SET_ANYWHERE";

        var start = await RunAsync(configuration);

        start.ExitCode.ShouldBe(1);
        Line(start, "$.modles").ShouldContain("'models'");
        Line(start, "$.metadata.holdfast.fallbacks[0]").ShouldContain("main.agent.md:2: $.metadata.holdfast.fallbacks[0] = \"thikner\"");
        Line(start, "$.models.thinker.firstEventTimeout").ShouldContain("\"300 parsecs\"");
        Line(start, "$.channels.slack.botToken").ShouldContain("NOT_SET_ANYWHERE");
        Faults(start).Count.ShouldBe(4);
    }

    [Fact]
    public async Task Start_WhenThereIsNoConfiguration_NamesTheFileAndTheSetting()
    {
        var start = await RunAsync(configuration: null);

        start.ExitCode.ShouldBe(1);
        start.Lines[^1].ShouldContain(ConfigurationFile);
        start.Lines[^1].ShouldContain("Holdfast__Config");
    }

    [Fact]
    public async Task Start_WhenTheConfigurationIsNoJson_NamesLineAndByte()
    {
        var start = await RunTextAsync("{\n  \"models\": oops }");

        start.ExitCode.ShouldBe(1);
        Faults(start).ShouldHaveSingleItem().ShouldContain("line 2");
    }

    [Theory]
    [InlineData("{ \"version\": ", "host.json(1)")]
    [InlineData("{ \"version\": \"1.0\" }", "2.0")]
    [InlineData("{ }", "version")]
    public async Task Start_WhenHostJsonIsBroken_SaysSoInOneLine(string host, string part)
    {
        var start = await RunAsync(Configuration(), host);

        start.ExitCode.ShouldBe(1);
        var line = start.Lines.ShouldHaveSingleItem();
        line.ShouldContain(Path.Combine(_folder, "host.json"));
        line.ShouldContain(part);
    }

    [Theory]
    [InlineData("Holdfast__Turns__WriteEvery", "01:00:00", "WriteEvery")]
    [InlineData("HoldfastCronTickSchedule", "", "HoldfastCronTickSchedule")]
    [InlineData("HoldfastInboxSweepSchedule", "every now and then", "every now and then")]
    [InlineData("Holdfast__Storage__ConnectionString", "nonsense", "ConnectionString")]
    public async Task Start_WhenASettingIsNotUsable_NamesIt(string name, string value, string part)
    {
        var start = await RunAsync(Configuration(), host: null, (name, value));

        start.ExitCode.ShouldBe(1);
        start.Lines[^1].ShouldContain(part);
    }

    /// <summary>Before it takes work, that is: a store that is away for some seconds must not end a worker that is at work.</summary>
    [Fact]
    public async Task Start_WhenItsStoreIsOutOfReach_EndsBeforeTheWorkerIsReady()
    {
        var away = Azurite.ConnectionStringVia(new Uri("http://127.0.0.1:9"));

        var start = await RunAsync(Configuration(), host: null, ("Holdfast__Storage__ConnectionString", away));

        start.ExitCode.ShouldBe(1);
        start.Lines.ShouldContain(line => line.Contains("before it was ready", StringComparison.Ordinal), string.Join('\n', start.Lines));
        start.Lines[^1].ShouldContain("127.0.0.1:9");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<AppStart> RunTextAsync(string text)
    {
        await File.WriteAllTextAsync(ConfigurationFile, text);
        return await RunAsync(configuration: null);
    }

    private async Task<AppStart> RunAsync(
        AppConfiguration? configuration, string? host = null, params (string Name, string Value)[] settings)
    {
        var storage = (await azurite.GetAsync()).ConnectionString;
        var environment = new Dictionary<string, string?>(Settings)
        {
            ["AzureWebJobsStorage"] = storage,
            ["Holdfast__Storage__ConnectionString"] = storage,
        };
        foreach (var (name, value) in settings)
        {
            environment[name] = value;
        }

        return await AppStart.RunAsync(_folder, configuration, host, environment);
    }

    private string Line(AppStart start, string path) =>
        Faults(start).Where(line => line.Contains(path, StringComparison.Ordinal)).ShouldHaveSingleItem(string.Join('\n', start.Lines));

    /// <summary>The lines that name a file of the configuration.</summary>
    private List<string> Faults(AppStart start) =>
        [
            .. start.Lines.Where(
                line => line.StartsWith(_folder, StringComparison.Ordinal) && line.Contains(": $", StringComparison.Ordinal)),
        ];

    private static AppConfiguration Configuration()
    {
        var configuration = new AppConfiguration(JsonNode.Parse("""
            {
              "models": { "thinker": { "provider": "bedrock", "modelId": "test.thinker-v1:0" } },
              "channels": { "slack": { "botToken": "env:A_TOKEN", "signingSecrets": ["env:A_SECRET"], "agent": "main" } }
            }
            """)!.AsObject());
        configuration.AddAgent("main", "thinker");
        return configuration;
    }
}
