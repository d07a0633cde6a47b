using Holdfast.Delivery;
using Holdfast.Harness;
using Shouldly;
using Xunit;

namespace Holdfast.EndToEnd.Tests;

/// <summary>One message over HTTP, against the app as a process, and what comes back with it.</summary>
public sealed class SmokeTests(RunningStage stage) : IClassFixture<RunningStage>
{
    [Fact]
    public async Task Messages_WhenPosted_EndInAStoredReply()
    {
        var receipt = await stage.ReceiptAsync(await stage.PostAsync("agent:main:http:smoke", "hello"));

        receipt.Ending.ShouldBe(TurnEnding.Replied);
    }

    [Fact]
    public async Task Links_WhenTheRequestCameByTls_AreOfThatSchemeAndOfThisHostsName()
    {
        const string Key = "agent:main:http:smoke-tls";
        using var request = new HttpRequestMessage(HttpMethod.Post, $"api/sessions/{Key}/messages") { Content = System.Net.Http.Json.JsonContent.Create(new { text = "hello" }) };
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-Forwarded-Host", "elsewhere.example");

        var answer = await stage.App.Http.SendAsync(request);

        answer.Headers.Location!.ToString().ShouldBe(
            $"https://{stage.App.Http.BaseAddress!.Authority}/runtime/webhooks/durabletask/instances/{AppCalls.InstanceOf(Key)}");
        await stage.ReceiptAsync(await Stage.TurnOfAsync(answer));
    }

    [Fact]
    public async Task CommandLine_TakesTheKeyOfItsArgumentsOrOfTheHostOnThisMachine()
    {
        await stage.ReceiptAsync(await stage.PostAsync("agent:main:http:smoke-cli", "hello"));
        string[] arguments = ["status", "agent:main:http:smoke-cli", "--url", stage.App.Http.BaseAddress!.ToString()];
        var folder = Directory.CreateDirectory(Path.Combine(stage.Stage.Folder, "command")).FullName;
        var key = stage.App.Http.DefaultRequestHeaders.GetValues("x-functions-key").Single();

        var without = await HoldfastCommand.RunInAsync(folder, arguments);
        var given = await HoldfastCommand.RunInAsync(folder, [.. arguments, "--function-key", key]);
        Directory.CreateDirectory(Path.Combine(folder, ".holdfast", "keys"));
        await File.WriteAllTextAsync(Path.Combine(folder, ".holdfast", "keys", "function"), key);
        var found = await HoldfastCommand.RunInAsync(folder, arguments);

        (without.ExitCode, given.ExitCode, found.ExitCode).ShouldBe((1, 0, 0), without.Text + given.Text + found.Text);
        without.Text.ShouldContain("401");
    }
}
