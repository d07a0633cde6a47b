using Holdfast.Tests.Support;
using Shouldly;
using Xunit;

namespace Holdfast.LocalHost.Tests;

/// <summary>Where settings come from, and which wins.</summary>
public sealed class SettingsTests(SharedAzurite azurite)
{
    [Fact]
    public async Task Settings_OfFileAndEnvironment_ReachTheWorkerAndTheEnvironmentWins()
    {
        await using var app = await ServedApp.StartAsync(
            await azurite.GetAsync(),
            settings: new Dictionary<string, string?>
            {
                ["BOTH"] = "environment",
                ["CONTAINER_NAME"] = "c",
                ["WEBSITE_SKU"] = "Dynamic",
                ["TickSchedule"] = null
            },
            files: [("local.settings.json", """
                { // comments are fine
                  "IsEncrypted": false, "Values": { "BOTH": "file", "FILE_ONLY": "file", "TickSchedule": "*/1 * * * * *", } }
                """)]);

        (await ValueAsync(app, "BOTH")).ShouldBe("environment");
        (await ValueAsync(app, "FILE_ONLY")).ShouldBe("file");
        (await ValueAsync(app, "CONTAINER_NAME")).ShouldBe("(none)");
        (await ValueAsync(app, "WEBSITE_SKU")).ShouldBe("(none)");
        (await ValueAsync(app, "WEBSITE_HOSTNAME")).ShouldBe(app.Http.BaseAddress!.Authority);
        // The schedule, too, came from the file, by way of %TickSchedule%.
        await app.TrailedAsync("ticks", ticks => ticks.Count >= 2 && ticks.All(tick => tick == "tick"));
    }

    [Fact]
    public async Task HostJson_UnderTheEnvironment_SetsLevelsAndMayHoldWhatNobodyKnows()
    {
        await using var app = await ServedApp.StartAsync(
            await azurite.GetAsync(),
            settings: new Dictionary<string, string?>
            {
                ["AzureFunctionsJobHost__logging__logLevel__Holdfast.LocalHost.App"] = "Warning",
            },
            files: [("host.json", """
                { "version": "2.0", "nobody": { "knows": [1, 2] }, "logging": { "logLevel": { "Holdfast.LocalHost.App": "Debug" } } }
                """)]);

        (await ValueAsync(app, "NONE")).ShouldBe("(none)");

        await app.Host.WaitForLineAsync(line => line.Contains("Function Setting ended", StringComparison.Ordinal), ServedApp.Soon);
        app.Host.Lines.ShouldNotContain(line => line.Contains("Setting NONE was read", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Log_AsJson_IsAnObjectALineWithTheWorkersCategories()
    {
        await using var app = await ServedApp.StartAsync(await azurite.GetAsync(), ["--log", "json"]);

        await app.SendAsync(HttpMethod.Get, "api/settings/NONE");

        var entries = app.Host.Lines.Where(line => line.StartsWith('{'))
            .Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement)
            .ToList();
        var read = entries.Single(entry => entry.GetProperty("Message").GetString() == "Setting NONE was read");
        read.GetProperty("Category").GetString().ShouldBe("Holdfast.LocalHost.App.HttpFunctions");
        app.Host.Lines.Where(line => !line.StartsWith('{')).Count().ShouldBe(2);
    }

    /// <summary>A log line may hold what somebody sent, and a start-up fault what somebody wrote into a file.</summary>
    [Fact]
    public async Task Console_WhenSomebodyWroteEscapes_ShowsThemAsText()
    {
        await using var app = await ServedApp.StartAsync(await azurite.GetAsync());
        await app.SendAsync(HttpMethod.Get, "api/settings/%1B%5B31mred%C2%9B2J%E2%80%AEturned");
        await app.Host.WaitForLineAsync(
            line => line.Contains("Setting", StringComparison.Ordinal) && line.Contains("was read", StringComparison.Ordinal),
            ServedApp.Soon);
        var (_, failed) = await ServedApp.FailAsync(await azurite.GetAsync(), ["--app", "/no/such/\u001b[31mapp"]);

        app.Host.Lines.ShouldContain(
            line => line.Contains(@"Setting \u001B[31mred\u009B2J\u202Eturned was read", StringComparison.Ordinal));
        failed[^1].ShouldContain(@"/no/such/\u001B[31mapp");
    }

    [Fact]
    public async Task Bind_ToEveryAddress_AnswersToAnyNameAndStillAsksForKeys()
    {
        await using var app = await ServedApp.StartAsync(await azurite.GetAsync(), ["--bind", "0.0.0.0"]);

        (await app.SendAsync(HttpMethod.Get, "api/ping", headers: ("Host", "build-7.example"))).Status.ShouldBe(200);
        (await app.SendAsync(
            HttpMethod.Get, "api/ping", headers: [("Host", "build-7.example"), ("Origin", "https://page.example")])).Status.ShouldBe(403);
        (await app.SendAsync(HttpMethod.Get, "api/guarded", headers: ("Host", "build-7.example"))).Status.ShouldBe(401);
        (await ValueAsync(app, "WEBSITE_HOSTNAME")).ShouldBe(app.Http.BaseAddress!.Authority);
    }

    private static async Task<string> ValueAsync(
        ServedApp app, string name) => (await app.SendAsync(HttpMethod.Get, $"api/settings/{name}")).Body;
}
