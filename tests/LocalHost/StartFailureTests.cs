using System.Net;
using System.Net.Sockets;
using Holdfast.Tests.Support;
using Shouldly;
using Xunit;

namespace Holdfast.LocalHost.Tests;

/// <summary>What is said when it does not start: one line that names what to change, exit code 1, and no process left.</summary>
public sealed class StartFailureTests(SharedAzurite azurite)
{
    [Fact]
    public async Task Start_WhenThePortIsInUse_NamesIt()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        await ShouldFailAsync($"port {port}", arguments: ["--port", $"{port}"]);
    }

    [Theory]
    [InlineData("nowhere")]
    [InlineData("203.0.113.7")]
    public async Task Start_WhenTheAddressIsNotThisMachines_NamesIt(
        string address) => await ShouldFailAsync(address, arguments: ["--bind", address]);

    [Fact]
    public async Task Start_WhenTheAppFolderIsMissing_NamesIt() =>
        await ShouldFailAsync("/no/such/app", arguments: ["--app", "/no/such/app"]);

    [Fact]
    public async Task Start_WhenTheFolderHoldsNoApp_NamesTheMissingFile() =>
        await ShouldFailAsync("worker.config.json", arguments: ["--app", RepositoryRoot.PathOf("docs")]);

    [Fact]
    public async Task Start_WhenStorageIsNotSet_NamesTheSetting() =>
        await ShouldFailAsync("AzureWebJobsStorage is not set", ("AzureWebJobsStorage", null));

    [Fact]
    public async Task Start_WhenStorageIsNoConnectionString_NamesTheSetting() =>
        await ShouldFailAsync("AzureWebJobsStorage", ("AzureWebJobsStorage", "nonsense"));

    [Fact]
    public async Task Start_WhenStorageIsOutOfReach_NamesSettingAndAddress()
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();
        var connection = (await azurite.GetAsync()).ConnectionString.Replace(
            $"{(await azurite.GetAsync()).QueueEndpoint.Port}", $"{port}", StringComparison.Ordinal);

        var line = await ShouldFailAsync($"127.0.0.1:{port}", ("AzureWebJobsStorage", connection));

        line.ShouldContain("AzureWebJobsStorage");
    }

    [Fact]
    public async Task Start_WhenASettingOfATriggerIsNotSet_NamesFunctionAndSetting() =>
        (await ShouldFailAsync("TickSchedule", ("TickSchedule", null))).ShouldContain("Function Tick:");

    [Fact]
    public async Task Start_WhenTheAppMapsItsRoutesElsewhere_NamesBothPrefixes() =>
        (await ShouldFailAsync("'api'", ("AzureFunctionsJobHost__extensions__http__routePrefix", "v1"))).ShouldContain("'v1'");

    [Fact]
    public async Task Start_WhenAScheduleIsNone_NamesFunctionAndSchedule() =>
        (await ShouldFailAsync("every now and then", ("TickSchedule", "every now and then"))).ShouldContain("Tick");

    [Fact]
    public async Task Start_WhenTheWorkerEnds_GivesItsExitCodeAndLastLines()
    {
        var (exitCode, lines) = await ServedApp.FailAsync(
            await azurite.GetAsync(), settings: new Dictionary<string, string?> { ["FAIL_AT_START"] = "a reason" });

        exitCode.ShouldBe(1);
        lines[^1].ShouldBe("told to fail: a reason");
        lines[^2].ShouldContain("exit code 3");
    }

    [Theory]
    [InlineData("host.json", "{\n  \"version\": \"2.0\",\n  \"logging\": {\n", "host.json(4)")]
    [InlineData("host.json", "{\n\n  \"version\" \"2.0\" }", "host.json(3)")]
    [InlineData("host.json", "[]", "host.json(1)")]
    [InlineData("host.json", "{}", "'version' is missing")]
    [InlineData("host.json", """{ "version": "4" }""", "\"4\"")]
    [InlineData("local.settings.json", "{\n  \"Values\": {\n    oops\n  }\n}", "local.settings.json(3)")]
    [InlineData("local.settings.json", """{ "IsEncrypted": true }""", "IsEncrypted")]
    [InlineData("local.settings.json", """{ "Values": { "A": { "b": 1 } } }""", "Values.A")]
    [InlineData("local.settings.json", """{ "Host": { "CORS": "*" } }""", "Host.CORS")]
    public async Task Start_WhenASettingsFileIsNotGood_NamesFileAndPlace(string file, string text, string part)
    {
        var (exitCode, lines) = await ServedApp.FailAsync(await azurite.GetAsync(), files: (file, text));

        exitCode.ShouldBe(1);
        lines.ShouldHaveSingleItem().ShouldContain(part);
    }

    [Fact]
    public async Task Start_WhenABindingIsUnknown_NamesFunctionAndType()
    {
        var folder = Directory.CreateTempSubdirectory("holdfast-app-").FullName;
        foreach (var file in new[] { "worker.config.json", "Holdfast.LocalHost.App.dll", "functions.metadata" })
        {
            File.Copy(Path.Combine(ServedApp.AppFolder, file), Path.Combine(folder, file));
        }

        var metadata = Path.Combine(folder, "functions.metadata");
        File.WriteAllText(metadata, File.ReadAllText(metadata).Replace("\"timerTrigger\"", "\"kafkaTrigger\"", StringComparison.Ordinal));

        (await ShouldFailAsync("kafkaTrigger", arguments: ["--app", folder])).ShouldContain("Function Tick:");
        Directory.Delete(folder, recursive: true);
    }

    private Task<string> ShouldFailAsync(
        string part, params (string Name, string? Value)[] settings) => ShouldFailAsync(part, [], settings);

    /// <returns>The last line.</returns>
    private async Task<string> ShouldFailAsync(string part, string[] arguments, params (string Name, string? Value)[] settings)
    {
        var (exitCode, lines) = await ServedApp.FailAsync(
            await azurite.GetAsync(), arguments, settings.ToDictionary(setting => setting.Name, setting => setting.Value));
        exitCode.ShouldBe(1, string.Join('\n', lines));
        lines[^1].ShouldContain(part, customMessage: string.Join('\n', lines));
        return lines[^1];
    }
}
