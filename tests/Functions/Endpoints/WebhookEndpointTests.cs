using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Holdfast.Functions.Endpoints;
using Holdfast.Storage;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Holdfast.Functions.Tests.Endpoints;

/// <summary><c>POST /api/slack/events</c> and <c>POST /api/hooks/{name}</c>: nothing is read that is not proven.</summary>
public sealed class WebhookEndpointTests : IAsyncDisposable
{
    private const string SlackKey = "agent:main:slack:channel:C1:thread:1767225600.000100";
    private const string HookKey = "agent:main:github:o/r:7";

    private const string Mention =
        """
        {"type":"event_callback","team_id":"T1","event_id":"Ev1","event_time":1767225600,"event":{"type":"app_mention",
        "channel_type":"channel","user":"U1","text":"hello","ts":"1767225600.000100","channel":"C1"}}
        """;

    private const string Comment =
        """
        {"action":"created","issue":{"number":7,"title":"t"},"comment":{"id":1,"created_at":"2026-01-01T00:00:00Z",
        "updated_at":"2026-01-01T00:00:00Z","html_url":"https://github.com/o/r/issues/7#issuecomment-1","body":"please look",
        "user":{"login":"ann","type":"User"}},"repository":{"full_name":"o/r","name":"r","owner":{"login":"o"}},
        "sender":{"login":"ann","type":"User"}}
        """;

    private readonly EndpointFixture _app = new();

    [Fact]
    public async Task Slack_WhenAMentionIsProven_IsInTheInboxAndSignalled()
    {
        var answer = await SlackAsync(Mention);

        answer.Status.ShouldBe(200);
        answer.Json.GetProperty("accepted").GetBoolean().ShouldBeTrue();
        (await _app.PendingAsync(SlackKey)).ShouldHaveSingleItem().Text.ShouldBe("hello");
        _app.Signals.ShouldBe(1);
        var again = await SlackAsync(Mention);
        again.Json.GetProperty("repeated").GetBoolean().ShouldBeTrue();
        again.Json.GetProperty("turnId").GetString().ShouldBe(answer.Json.GetProperty("turnId").GetString());
        (await _app.PendingAsync(SlackKey)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Slack_WhenItAsksWhetherTheAddressIsOurs_GetsItsChallenge()
    {
        var answer = await SlackAsync("""{"type":"url_verification","challenge":"c-1"}""");

        answer.Body.ShouldBe("c-1");
        answer.Status.ShouldBe(200);
    }

    [Fact]
    public async Task Slack_WhenABotSpeaks_IsAnsweredAndLeavesNothing()
    {
        var answer = await SlackAsync(Mention.Replace("\"user\":\"U1\"", "\"user\":\"U1\",\"bot_id\":\"B1\"", StringComparison.Ordinal));

        answer.Status.ShouldBe(200);
        answer.Json.GetProperty("accepted").GetBoolean().ShouldBeFalse();
        answer.Json.GetProperty("reason").GetString().ShouldNotBeNullOrEmpty();
        await ShouldBeUntouchedAsync();
    }

    [Fact]
    public async Task Slack_WhenNobodyNamedUsInThatThread_IsAnsweredAndLeavesNothing()
    {
        var reply = Mention.Replace("app_mention", "message", StringComparison.Ordinal)
            .Replace("\"channel\":\"C1\"", "\"channel\":\"C1\",\"thread_ts\":\"1767225600.000050\"", StringComparison.Ordinal);

        (await SlackAsync(reply)).Json.GetProperty("reason").GetString().ShouldBe("NotInThisThread");

        await ShouldBeUntouchedAsync();
    }

    [Theory]
    [InlineData("another secret", 0, "wrong")]
    [InlineData(EndpointFixture.SlackSecret, -301, "stale")]
    [InlineData(EndpointFixture.SlackSecret, 301, "stale")]
    [InlineData(null, 0, "missing")]
    public async Task Slack_WhenItIsNotProven_Answers401(string? secret, int signedAfterSeconds, string detail)
    {
        (await SlackAsync(Mention, secret, signedAfterSeconds)).ShouldBeProblem(401, detail);

        await ShouldBeUntouchedAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("{ this is no JSON")]
    [InlineData("[]")]
    [InlineData("payload=%7B%7D")]
    [InlineData("""{"type":"event_callback"}""")]
    public async Task Slack_WhenAProvenBodyIsNotSlacks_Answers400(string body) => (await SlackAsync(body)).ShouldBeProblem(400, "");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Slack_WhenTheBodyIsTooLarge_Answers413(bool isLengthKnown)
    {
        var request = EndpointFixture.Post(new string('x', (1024 * 1024) + 1));
        request.ContentLength = isLengthKnown ? request.ContentLength : null;

        (await SlackAsync(request)).ShouldBeProblem(413, "bytes");
    }

    [Fact]
    public async Task Slack_WhenTheAppIsOnNone_Answers404()
    {
        await using var app = new EndpointFixture(isOnSlack: false);
        var request = EndpointFixture.Post(Mention);

        var answer = await app.AnswerAsync(
            request, app.Get<SlackEventsFunction>().RunAsync(request, app.Engine, CancellationToken.None));

        answer.ShouldBeProblem(404, "Slack");
    }

    [Fact]
    public async Task Webhooks_WhenStorageIsOutOfReach_FailAndSignalNobody()
    {
        _app.LoseStorage();

        await Should.ThrowAsync<StorageUnavailableException>(() => SlackAsync(Mention));
        await Should.ThrowAsync<StorageUnavailableException>(() => HookAsync("github", Comment));

        _app.Signals.ShouldBe(0);
    }

    [Fact]
    public async Task Hooks_WhenACommentIsProven_IsInTheInboxAndSignalled()
    {
        var answer = await HookAsync("github", Comment);

        answer.Status.ShouldBe(200);
        (await _app.PendingAsync(HookKey)).ShouldHaveSingleItem().Text.ShouldBe("please look");
        _app.Signals.ShouldBe(1);
        (await HookAsync("github", Comment)).Json.GetProperty("repeated").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Hooks_WhenADeliveryComesAgainWithOtherContent_Answers409()
    {
        await HookAsync("github", Comment);

        var other = await HookAsync("github", Comment.Replace("please look", "look again", StringComparison.Ordinal));

        other.ShouldBeProblem(409, "delivery id");
    }

    [Fact]
    public async Task Hooks_WhenItIsOfNoUse_IsAnsweredAndLeavesNothing()
    {
        var answer = await HookAsync("github", Comment.Replace("\"created\"", "\"deleted\"", StringComparison.Ordinal));

        answer.Status.ShouldBe(200);
        answer.Json.GetProperty("accepted").GetBoolean().ShouldBeFalse();
        await ShouldBeUntouchedAsync();
    }

    [Theory]
    [InlineData("sha256=0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("sha1=da39a3ee5e6b4b0d3255bfef95601890afd80709")]
    [InlineData("")]
    public async Task Hooks_WhenItIsNotProven_Answers401(string signature)
    {
        (await HookAsync("github", Comment, signature)).ShouldBeProblem(401, "prove");

        await ShouldBeUntouchedAsync();
    }

    [Theory]
    [InlineData("no JSON at all")]
    [InlineData("[1]")]
    [InlineData("payload=%7B%7D")]
    [InlineData("""{"action":"created"}""")]
    public async Task Hooks_WhenAProvenBodyIsNotGitHubs_Answers400(string body) =>
        (await HookAsync("github", body)).ShouldBeProblem(400, "");

    [Fact]
    public async Task Hooks_WhenTheNameIsUnknown_Answers404() => (await HookAsync("nobody", Comment)).ShouldBeProblem(404, "hook");

    [Fact]
    public async Task Hooks_WhenTheBodyIsTooLarge_Answers413() =>
        (await HookAsync("github", new string('x', 4097))).ShouldBeProblem(413, "4096");

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Task<Answer> SlackAsync(string body, string? secret = EndpointFixture.SlackSecret, int signedAfterSeconds = 0)
    {
        var at = _app.Clock.GetUtcNow().AddSeconds(signedAfterSeconds).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return SlackAsync(secret is null
            ? EndpointFixture.Post(body)
            : EndpointFixture.Post(
                body, ("X-Slack-Request-Timestamp", at), ("X-Slack-Signature", "v0=" + Hmac(secret, $"v0:{at}:{body}"))));
    }

    private Task<Answer> SlackAsync(HttpRequest request) =>
        _app.AnswerAsync(request, _app.Get<SlackEventsFunction>().RunAsync(request, _app.Engine, CancellationToken.None));

    private Task<Answer> HookAsync(string name, string body, string? signature = null)
    {
        var request = EndpointFixture.Post(
            body,
            ("X-GitHub-Event", "issue_comment"),
            ("X-GitHub-Delivery", "d-1"),
            ("X-Hub-Signature-256", signature ?? "sha256=" + Hmac(EndpointFixture.HookSecret, body)));
        return _app.AnswerAsync(request, _app.Get<HooksFunction>().RunAsync(request, name, _app.Engine, CancellationToken.None));
    }

    private static string Hmac(string secret, string text) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(text)));

    private async Task ShouldBeUntouchedAsync()
    {
        _app.Signals.ShouldBe(0);
        (await _app.PendingAsync(SlackKey)).ShouldBeEmpty();
        (await _app.PendingAsync(HookKey)).ShouldBeEmpty();
    }
}
