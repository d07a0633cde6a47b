using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Holdfast.Harness;
using Shouldly;
using Xunit;

namespace Holdfast.EndToEnd.Tests;

/// <summary>Requests that no endpoint lets in: each has its status and its problem body, leaves no trace, and harms nobody.</summary>
public sealed class RefusalTests(QuietFixture fixture) : IClassFixture<QuietFixture>
{
    private const string Comment = """{"action":"created"}""";

    [Theory]
    [InlineData("another-secret", 0, "wrong")]
    [InlineData(AppFixture.SlackSecret, -301, "stale")]
    [InlineData(AppFixture.SlackSecret, 301, "stale")]
    public async Task Slack_WhenTheSignatureIsNotGood_Answers401(string secret, int signedAfterSeconds, string word)
    {
        var answer = await AppFixture.SendSlackAsync(
            fixture.App, SlackThread.Begin("C0REFUSED").Mention("hi"), DateTimeOffset.UtcNow.AddSeconds(signedAfterSeconds), secret);

        (await ShouldBeRefusedAsync(answer, 401)).ShouldContain(word);
    }

    [Fact]
    public async Task Slack_WhenItIsNotSigned_Answers401()
    {
        var answer = await fixture.App.Http.PostAsync("api/slack/events", Json(SlackThread.Begin("C0REFUSED").Mention("hi")));

        (await ShouldBeRefusedAsync(answer, 401)).ShouldContain("missing");
    }

    [Theory]
    [InlineData("{ this is no JSON")]
    [InlineData("[]")]
    [InlineData("""{"type":"event_callback"}""")]
    public async Task Slack_WhenASignedBodyIsNotSlacks_Answers400(string body) =>
        await ShouldBeRefusedAsync(await AppFixture.SendSlackAsync(fixture.App, body, DateTimeOffset.UtcNow, AppFixture.SlackSecret), 400);

    [Fact]
    public async Task Slack_WhenTheBodyIsTooLarge_Answers413()
    {
        var body = JsonSerializer.Serialize(new { type = "event_callback", padding = new string('x', 1024 * 1024) });

        await ShouldBeRefusedAsync(await AppFixture.SendSlackAsync(fixture.App, body, DateTimeOffset.UtcNow, AppFixture.SlackSecret), 413);
    }

    [Theory]
    [InlineData("sha256=0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("sha256=short")]
    [InlineData("sha1=da39a3ee5e6b4b0d3255bfef95601890afd80709")]
    [InlineData(null)]
    public async Task GitHub_WhenTheSignatureIsNotGood_Answers401(string? signature)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "api/hooks/github") { Content = Json(Comment) };
        request.Headers.Add("X-GitHub-Event", "issue_comment");
        request.Headers.Add("X-GitHub-Delivery", "d-1");
        if (signature is not null)
        {
            request.Headers.Add("X-Hub-Signature-256", signature);
        }

        await ShouldBeRefusedAsync(await fixture.App.Http.SendAsync(request), 401);
    }

    [Theory]
    [InlineData("no JSON at all")]
    [InlineData("[1]")]
    [InlineData(Comment)]
    public async Task GitHub_WhenASignedBodyIsNotGitHubs_Answers400(string body) =>
        await ShouldBeRefusedAsync(await AppFixture.SendHookAsync(fixture.App, "github", body, "issue_comment", "d-2"), 400);

    [Fact]
    public async Task Hooks_WhenTheNameIsUnknown_Answers404() =>
        await ShouldBeRefusedAsync(await AppFixture.SendHookAsync(fixture.App, "nobody", Comment, "issue_comment", "d-3"), 404);

    [Fact]
    public async Task Hooks_WhenTheBodyIsTooLarge_Answers413WithoutReadingItAll()
    {
        var body = "{\"body\":\"" + new string('x', 8 * 1024) + "\"}";

        await ShouldBeRefusedAsync(await AppFixture.SendHookAsync(fixture.App, "small", body, "issue_comment", "d-4"), 413);
    }

    [Theory]
    [InlineData("""{ "text": """)]
    [InlineData("\"text\"")]
    [InlineData("""{ "text": "  " }""")]
    [InlineData("""{ "text": null }""")]
    [InlineData("""{ }""")]
    [InlineData("""{ "text": "hello", "txet": "hello" }""")]
    [InlineData("")]
    public async Task Messages_WhenTheBodyIsNoMessage_Answers400(string body) =>
        await ShouldBeRefusedAsync(await PostAsync("agent:main:http:refused", Json(body)), 400);

    [Theory]
    [InlineData("main")]
    [InlineData("agent:main")]
    [InlineData("agent:main:")]
    [InlineData("agent:main:with space")]
    [InlineData("user:main:x")]
    public async Task Messages_WhenTheKeyIsNone_Answers400(string key) =>
        await ShouldBeRefusedAsync(await PostAsync(key, Json("""{ "text": "hello" }""")), 400);

    [Fact]
    public async Task Messages_WhenTheAgentIsUnknown_Answers404() =>
        await ShouldBeRefusedAsync(await PostAsync("agent:nobody:http:x", Json("""{ "text": "hello" }""")), 404);

    [Theory]
    [InlineData(257 * 1024)]
    [InlineData(2 * 1024 * 1024)]
    public async Task Messages_WhenTheTextIsTooLarge_Answers413(int characters)
    {
        var body = JsonSerializer.Serialize(new { text = new string('x', characters) });

        await ShouldBeRefusedAsync(await PostAsync("agent:main:http:refused", Json(body)), 413);
    }

    [Fact]
    public async Task Messages_WhenTheIdempotencyKeyIsTooLong_Answers400()
    {
        const string Path = "api/sessions/agent:main:http:refused/messages";
        var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = Json("""{ "text": "hello" }""") };
        request.Headers.Add("Idempotency-Key", new string('k', 129));

        await ShouldBeRefusedAsync(await fixture.App.Http.SendAsync(request), 400);
    }

    [Theory]
    [InlineData("agent:main:http:never-seen")]
    [InlineData("no key")]
    public async Task Session_WhenItIsUnknown_Answers404(string key)
    {
        await ShouldBeRefusedAsync(await fixture.App.SessionAsync(key), 404);
        await ShouldBeRefusedAsync(await fixture.App.TranscriptAsync(key), 404);
    }

    [Theory]
    [InlineData("GET", "api/slack/events")]
    [InlineData("PUT", "api/hooks/github")]
    [InlineData("DELETE", "api/sessions/agent:main:http:refused/messages")]
    [InlineData("POST", "api/sessions/agent:main:http:refused/transcript")]
    [InlineData("GET", "api/nothing/here")]
    public async Task Doors_WhenMethodOrPathIsNotTheirs_Answer404(string method, string path)
    {
        var answer = await fixture.App.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        ((int)answer.StatusCode).ShouldBe(404);
        await ShouldBeUntouchedAsync();
    }

    private Task<HttpResponseMessage> PostAsync(string key, HttpContent body) =>
        fixture.App.Http.PostAsync($"api/sessions/{Uri.EscapeDataString(key)}/messages", body);

    private static StringContent Json(string body) => new(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));

    /// <returns>The detail.</returns>
    private async Task<string> ShouldBeRefusedAsync(HttpResponseMessage answer, int status)
    {
        ((int)answer.StatusCode).ShouldBe(status, await answer.Content.ReadAsStringAsync());
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = await answer.JsonAsync();
        problem.GetProperty("status").GetInt32().ShouldBe(status);
        var detail = problem.GetProperty("detail").GetString();
        detail.ShouldNotBeNullOrWhiteSpace();
        await ShouldBeUntouchedAsync();
        return detail;
    }

    private async Task ShouldBeUntouchedAsync()
    {
        foreach (var prefix in new[] { "inbox/", "deliveries/", "keys/", "sessions/", "outbox/", "receipts/" })
        {
            (await fixture.AppFixture.ListAsync(prefix)).ShouldBeEmpty();
        }

        ((int)(await fixture.App.Http.GetAsync("api/health")).StatusCode).ShouldBe(200);
        fixture.AppFixture.Bedrock.Requests.ShouldBeEmpty();
        fixture.AppFixture.Slack.Calls.ShouldBeEmpty();
        fixture.AppFixture.GitHub.Calls.ShouldBeEmpty();
    }
}
