using Holdfast.Delivery;
using Holdfast.Harness;
using Shouldly;
using Xunit;

namespace Holdfast.EndToEnd.Tests;

/// <summary>One message over HTTP, against the app as a process, and what comes back with it.</summary>
public sealed class SmokeTests(RunningFixture fixture) : IClassFixture<RunningFixture>
{
    [Fact]
    public async Task Messages_WhenPosted_EndInAStoredReply()
    {
        var receipt = await fixture.ReceiptAsync(await fixture.PostAsync("agent:main:http:smoke", "hello"));

        receipt.Ending.ShouldBe(TurnEnding.Replied);
    }

    [Fact]
    public async Task Links_WhenTheRequestCameByTls_AreOfThatSchemeAndOfThisHostsName()
    {
        const string Key = "agent:main:http:smoke-tls";
        using var request = new HttpRequestMessage(HttpMethod.Post, $"api/sessions/{Key}/messages");
        request.Content = System.Net.Http.Json.JsonContent.Create(new { text = "hello" });
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-Forwarded-Host", "elsewhere.example");

        var answer = await fixture.App.Http.SendAsync(request);

        answer.Headers.Location!.ToString().ShouldBe(
            $"https://{fixture.App.Http.BaseAddress!.Authority}/runtime/webhooks/durabletask/instances/{AppCalls.InstanceOf(Key)}");
        await fixture.ReceiptAsync(await AppFixture.TurnOfAsync(answer));
    }

    [Fact]
    public async Task CommandLine_TakesTheKeyOfItsArgumentsOrOfTheHostOnThisMachine()
    {
        await fixture.ReceiptAsync(await fixture.PostAsync("agent:main:http:smoke-cli", "hello"));
        string[] arguments = ["status", "agent:main:http:smoke-cli", "--url", fixture.App.Http.BaseAddress!.ToString()];
        var folder = Directory.CreateDirectory(Path.Combine(fixture.AppFixture.Folder, "command")).FullName;
        var key = fixture.App.Http.DefaultRequestHeaders.GetValues("x-functions-key").Single();

        var without = await HoldfastCommand.RunInAsync(folder, arguments);
        var given = await HoldfastCommand.RunInAsync(folder, [.. arguments, "--function-key", key]);
        Directory.CreateDirectory(Path.Combine(folder, ".holdfast", "keys"));
        await File.WriteAllTextAsync(Path.Combine(folder, ".holdfast", "keys", "function"), key);
        var found = await HoldfastCommand.RunInAsync(folder, arguments);

        (without.ExitCode, given.ExitCode, found.ExitCode).ShouldBe((1, 0, 0), without.Text + given.Text + found.Text);
        without.Text.ShouldContain("401");
    }
}
