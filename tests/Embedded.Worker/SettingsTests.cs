using Holdfast.Embedded.Hosting;
using Holdfast.Embedded.Settings;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Holdfast.Embedded.Worker.Tests;

public sealed class SettingsTests
{
    private static FunctionsApplicationBuilder Read(string[] args, params (string Name, string Content)[] files)
    {
        using var folder = new WorkerFolder(files);
        return WorkerHost.Builder(folder, [], TextWriter.Null, args);
    }

    // The process environment is shared by all tests: each uses a name of its own.
    private static string UniqueName(string purpose) => $"HOLDFAST_TEST_{purpose}_{Guid.NewGuid():N}";

    [Fact]
    public void Values_WhenNotInTheEnvironment_GoThereAndIntoTheConfiguration()
    {
        var name = UniqueName("VALUE");
        var builder = Read([], ("local.settings.json", $$"""
            {
              // Core Tools allow comments, and a comma at the end.
              "IsEncrypted": false,
              "Values": { "{{name}}": "from file", "{{name}}__Nested": 7, },
            }
            """));
        builder.Configuration[name].ShouldBe("from file");
        builder.Configuration[$"{name}:Nested"].ShouldBe("7");
        Environment.GetEnvironmentVariable(name).ShouldBe("from file");
    }

    [Fact]
    public void Values_WhenAlreadyInTheEnvironment_DoNotReplaceIt()
    {
        var name = UniqueName("VALUE");
        Environment.SetEnvironmentVariable(name, "from environment");
        var builder = Read([], ("local.settings.json", $$"""{"Values":{"{{name}}":"from file"} }"""));
        builder.Configuration[name].ShouldBe("from environment");
    }

    [Fact]
    public void Configuration_WhenAllSourcesHaveAKey_TakesTheCommandLine()
    {
        var name = UniqueName("ORDER");
        var appSettings = ("appsettings.json", $$"""{"{{name}}":"file","{{name}}B":"file","{{name}}C":"file"}""");
        var localSettings = ("local.settings.json", $$"""{"Values":{"{{name}}":"values","{{name}}B":"values"} }""");
        var builder = Read([$"--{name}", "argument"], appSettings, localSettings);
        builder.Configuration[name].ShouldBe("argument");
        builder.Configuration[$"{name}B"].ShouldBe("values");
        builder.Configuration[$"{name}C"].ShouldBe("file");
    }

    [Fact]
    public void ConnectionStrings_WhenGiven_AreConnectionStrings()
    {
        var name = UniqueName("CS");
        var builder = Read([], ("local.settings.json", $$$"""{"ConnectionStrings":{"{{{name}}}":"plain","{{{name}}}B":{"ConnectionString":"nested","ProviderName":"x"} } }"""));
        builder.Configuration.GetConnectionString(name).ShouldBe("plain");
        builder.Configuration.GetConnectionString($"{name}B").ShouldBe("nested");
    }

    [Theory]
    [InlineData("host.json", "{\n  \"version\": \"2.0\",\n  \"logging\": {\n", "host.json(", "not valid JSON")]
    [InlineData("host.json", "{\n\n  \"version\" \"2.0\" }", "host.json(3)", "not valid JSON")]
    [InlineData("host.json", "[]", "host.json(1)", "expected a JSON object")]
    [InlineData("host.json", "{}", "host.json", "'version' is missing")]
    [InlineData("host.json", """{"version":"4"}""", "host.json", "'version' is '4'")]
    [InlineData("local.settings.json", "{\n  \"Values\": {\n    oops\n  }\n}", "local.settings.json(3)", "not valid JSON")]
    [InlineData("local.settings.json", """{"IsEncrypted":true,"Values":{}}""", "local.settings.json", "IsEncrypted")]
    [InlineData("local.settings.json", """{"Values":{"a":{"b":1}}}""", "local.settings.json", "Values.a")]
    [InlineData("local.settings.json", """{"Host":{"LocalHttpPort":"x"}}""", "local.settings.json", "Host.LocalHttpPort")]
    [InlineData("local.settings.json", """{"Host":{"CORS":"*"}}""", "local.settings.json", "Host.CORS")]
    [InlineData("appsettings.json", "{ nope }", "appsettings.json(1)", "not valid JSON")]
    public void CreateBuilder_WhenAFileIsNotValid_NamesFileAndPlace(string file, string content, string place, string reason)
    {
        var failure = Should.Throw<HostStartException>(() => Read([], (file, content)));
        failure.Message.ShouldContain(place);
        failure.Message.ShouldContain(reason);
    }

    [Fact]
    public void HostJson_WhenTheEnvironmentOverrides_TakesTheOverride()
    {
        var name = UniqueName("SECTION");
        Environment.SetEnvironmentVariable($"AzureFunctionsJobHost__extensions__{name}__hubName", "overridden");
        using var folder = new WorkerFolder(("host.json", $$$"""{"version":"2.0","extensions":{"{{{name}}}":{"hubName":"file","other":[true,2] } } }"""));
        var section = HostJson.Read(folder.Path).GetSection($"extensions:{name}");
        section["hubName"].ShouldBe("overridden");
        section["other:1"].ShouldBe("2");
        section.GetValue<bool>("other:0").ShouldBeTrue();
    }

    [Fact]
    public void HostJson_WhenMissing_IsEmpty()
    {
        using var folder = new WorkerFolder();
        HostJson.Read(folder.Path)["version"].ShouldBeNull();
    }

    [Fact]
    public void Logging_WhenHostJsonSetsLevels_HonoursThem()
    {
        var builder = Read([], ("host.json", """{"version":"2.0","logging":{"logLevel":{"default":"Warning","Holdfast.Chatty":"Debug"}}}"""));
        using var host = builder.Build();
        var factory = host.Services.GetRequiredService<ILoggerFactory>();
        factory.CreateLogger("Other").IsEnabled(LogLevel.Information).ShouldBeFalse();
        factory.CreateLogger("Holdfast.Chatty.Part").IsEnabled(LogLevel.Debug).ShouldBeTrue();
    }

    [Theory]
    [InlineData(true, true, true, "named")]
    [InlineData(false, true, true, "current")]
    [InlineData(false, false, true, "base")]
    [InlineData(false, false, false, "base")]
    public void ContentRoot_WhenSearched_IsTheFirstThatIsNamedOrHasHostJson(bool isNamed, bool currentHas, bool baseHas, string expected)
    {
        (string, string)[] hostJson = [("host.json", """{"version":"2.0"}""")];
        using var named = new WorkerFolder();
        using var current = new WorkerFolder(currentHas ? hostJson : []);
        using var app = new WorkerFolder(baseHas ? hostJson : []);
        var settings = isNamed ? new Dictionary<string, string?> { ["AzureWebJobsScriptRoot"] = named.Path } : [];
        var commandLine = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        var found = ContentRoot.Find(commandLine, current.Path, app.Path);
        found.ShouldBe(expected switch { "named" => named.Path, "current" => current.Path, _ => app.Path });
    }

    [Fact]
    public void Environment_WhenNothingSaysOtherwise_IsDevelopment() => Read([]).Environment.EnvironmentName.ShouldBe("Development");

    [Theory]
    [InlineData(new[] { "--urls", "http://127.0.0.1:81;http://127.0.0.1:82", "--port", "83" }, "http://127.0.0.1:81;http://127.0.0.1:82")]
    [InlineData(new[] { "--port", "83" }, "http://127.0.0.1:83")]
    [InlineData(new string[0], "http://127.0.0.1:7099")]
    public void ListenAddress_WhenChosen_PrefersTheCommandLine(string[] args, string expected)
        => ListenAddress.Choose(new ConfigurationBuilder().AddCommandLine(args).Build(), new LocalSettings(7099)).ShouldBe(expected);

    [Fact]
    public void ListenAddress_WhenNothingIsSet_IsPort7071OnLoopback()
        => ListenAddress.Choose(new ConfigurationBuilder().Build(), new LocalSettings(LocalHttpPort: null)).ShouldBe("http://127.0.0.1:7071");

    [Theory]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("70000")]
    public void ListenAddress_WhenThePortIsNone_Throws(string port)
        => Should.Throw<HostStartException>(() => Read(["--port", port])).Message.ShouldContain(port);

    [Fact]
    public void LocalSettings_WhenTheyNameAPort_CarryIt()
    {
        using var folder = new WorkerFolder(("local.settings.json", """{"Host":{"LocalHttpPort":7123}}"""));
        LocalSettings.Apply(folder.Path).LocalHttpPort.ShouldBe(7123);
    }
}
