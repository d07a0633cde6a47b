using System.Security.Cryptography;
using System.Text;
using Holdfast.Channels;
using Holdfast.Channels.Hooks;
using Holdfast.Channels.Slack;
using Holdfast.Configuration.Parsing;
using Holdfast.Inbox;
using Holdfast.Tests.Support;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Channels.Hooks;

/// <summary>What the signed endpoints let in. Whatever is not proven is refused before it is read.</summary>
public sealed class WebhookReaderTests
{
    private const string Key = "It's a Secret to Everybody";
    private const string Comment =
        """
        {"action":"created","issue":{"number":7,"title":"t"},"comment":{"id":1,"created_at":"2026-01-01T00:00:00Z",
         "updated_at":"2026-01-01T00:00:00Z","html_url":"https://github.com/o/r/issues/7#issuecomment-1","body":"please look",
         "user":{"login":"ann","type":"User"}},"repository":{"full_name":"o/r","name":"r","owner":{"login":"o"}},
         "sender":{"login":"ann","type":"User"}}
        """;

    private static readonly ManualClock Clock = new();

    [Theory]
    [InlineData("nope", "{}", "Bearer " + Key, WebhookRefusal.UnknownEndpoint)]
    [InlineData("alarm", "{}", null, WebhookRefusal.Unauthorized)]
    [InlineData("alarm", "{}", "", WebhookRefusal.Unauthorized)]
    [InlineData("alarm", "{}", "Bearer wrong", WebhookRefusal.Unauthorized)]
    [InlineData("alarm", "no json", "Bearer wrong", WebhookRefusal.Unauthorized)]
    [InlineData("alarm", "no json", "Bearer " + Key, WebhookRefusal.Malformed)]
    [InlineData("alarm", "", "Bearer " + Key, WebhookRefusal.Malformed)]
    public void Read_WhenNotProvenOrNotJson_IsRefused(string name, string body, string? authorization, WebhookRefusal refusal) =>
        Reader().Read(name, Encoding.UTF8.GetBytes(body), header => header == "Authorization" ? authorization : null)
            .ShouldBeOfType<WebhookOutcome.Refused>().Kind.ShouldBe(refusal);

    [Fact]
    public void Read_WhenProven_GivesTheMessageByTheTemplates()
    {
        var taken =
            Reader()
            .Read(
                "alarm", """{"who":"ann"}"""u8.ToArray(), header =>
                    header == "Authorization" ? "Bearer " + Key : null).ShouldBeOfType<WebhookOutcome.Accepted>();

        taken.Message.SessionKey.Value.ShouldBe("agent:main:hook:alarm");
        taken.Message.Text.ShouldBe("""rang: {"who":"ann"}""");
        taken.Message.Priority.ShouldBe(MessagePriority.Hook);
    }

    [Fact]
    public void Read_WhenTheSameBodyComesTwice_IsOneDelivery()
    {
        Func<string, string?> headers = header => header == "Authorization" ? "Bearer " + Key : null;

        IdOf("""{"a":1}""", headers).ShouldBe(IdOf("""{"a":1}""", headers));
        IdOf("""{"a":2}""", headers).ShouldNotBe(IdOf("""{"a":1}""", headers));

        static DeliveryId IdOf(string body, Func<string, string?> headers) =>
            Reader().Read("alarm", Encoding.UTF8.GetBytes(body), headers).ShouldBeOfType<WebhookOutcome.Accepted>().Message.DeliveryId;
    }

    [Theory]
    [InlineData("issue_comment", true, true)]
    [InlineData("issue_comment", false, false)]
    public void Read_WhenItIsGitHubs_FailsClosedWithoutARightSignature(string eventName, bool isSigned, bool isTaken)
    {
        var outcome =
            Reader()
            .Read("code", Encoding.UTF8.GetBytes(Comment), GitHubHeaders(eventName, isSigned ? Sign(Comment) : Sign(Comment + " ")));

        (outcome is WebhookOutcome.Accepted).ShouldBe(isTaken, outcome.ToString());
        if (!isTaken)
        {
            outcome.ShouldBeOfType<WebhookOutcome.Refused>().Kind.ShouldBe(WebhookRefusal.Unauthorized);
        }
    }

    [Fact]
    public void Read_WhenGitHubCommentIsTaken_NamesDeliverySessionAndReply()
    {
        var taken =
            Reader()
            .Read(
                "code", Encoding.UTF8.GetBytes(Comment),
                GitHubHeaders("issue_comment", Sign(Comment))).ShouldBeOfType<WebhookOutcome.Accepted>();

        taken.Message.DeliveryId.Value.ShouldBe("github:code:d-1");
        taken.Message.SessionKey.Value.ShouldBe("agent:main:github:o/r:7");
        taken.Message.ReplyTo.ShouldBe(new ReplyTarget.GitHub("o", "r", 7));
    }

    [Fact]
    public void Read_WhenTheDeliveryIdIsTooLong_IsMalformedNotAFault() =>
        Reader().Read("code", Encoding.UTF8.GetBytes(Comment), GitHubHeaders("issue_comment", Sign(Comment), new string('d', 300)))
            .ShouldBeOfType<WebhookOutcome.Refused>().Kind.ShouldBe(WebhookRefusal.Malformed);

    [Theory]
    [InlineData(0, true, WebhookRefusal.Unauthorized, true)]
    [InlineData(301, false, WebhookRefusal.Unauthorized, false)]
    [InlineData(-301, false, WebhookRefusal.Unauthorized, false)]
    [InlineData(0, false, WebhookRefusal.Unauthorized, false)]
    public void SlackRead_WhenSignatureOrTimeIsWrong_IsRefused(int ageSeconds, bool isSignedRight, WebhookRefusal refusal, bool isTaken)
    {
        const string Body =
            """
            {"type":"event_callback","team_id":"T1","event_id":"Ev1","event_time":1767225600,"event":{"type":"message",
             "channel_type":"im","user":"U1","text":"hi","ts":"1767225600.000200","channel":"D1"}}
            """;
        var at = Clock.GetUtcNow().AddSeconds(-ageSeconds).ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        var signature = "v0=" + Hmac($"v0:{at}:{Body}{(isSignedRight || ageSeconds != 0 ? "" : "x")}");

        var outcome = Slack(Key).Read(Encoding.UTF8.GetBytes(Body), at, signature);

        if (isTaken)
        {
            outcome.ShouldBeOfType<WebhookOutcome.Accepted>().Message.SessionKey.Value.ShouldBe("agent:main:slack:direct:U1");
        }
        else
        {
            outcome.ShouldBeOfType<WebhookOutcome.Refused>().Kind.ShouldBe(refusal);
        }
    }

    [Theory]
    [InlineData("U1\\n", "D1")]
    [InlineData("U1 ", "D1")]
    public void SlackRead_WhenAnIdIsNone_IsMalformedNotAFault(string user, string channel)
    {
        var body =
            $$"""
            {"type":"event_callback","team_id":"T1","event_id":"Ev1","event_time":1767225600,"event":{"type":"message",
             "channel_type":"im","user":"{{user}}","text":"hi","ts":"1767225600.000200","channel":"{{channel}}"} }
            """;
        var at = Clock.GetUtcNow().ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);

        Slack(Key).Read(Encoding.UTF8.GetBytes(body), at, "v0=" + Hmac($"v0:{at}:{body}"))
            .ShouldBeOfType<WebhookOutcome.Refused>().Kind.ShouldBe(WebhookRefusal.Malformed);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("1767225600", null)]
    [InlineData(null, "v0=00")]
    public void SlackRead_WhenHeadersAreMissing_IsUnproven(string? timestamp, string? signature) =>
        Slack(Key)
            .Read("{}"u8.ToArray(), timestamp, signature).ShouldBeOfType<WebhookOutcome.Refused>().Kind.ShouldBe(
                WebhookRefusal.Unauthorized);

    [Fact]
    public void SlackRead_WhenThisAppIsOnNoSlack_ThereIsNoDoor() =>
        new SlackWebhookReader(null, Clock)
            .Read("{}"u8.ToArray(), "1", "v0=").ShouldBeOfType<WebhookOutcome.Refused>().Kind.ShouldBe(WebhookRefusal.UnknownEndpoint);

    [Fact]
    public void SlackRead_WhenNoSecretIsKnown_NothingIsProven() =>
        new SlackWebhookReader(new SlackOptions { Agent = "main", BotToken = new Secret("T", "xoxb-1"), SigningSecrets = [] }, Clock)
            .Read(
                "{}"u8.ToArray(), Clock.GetUtcNow().ToUnixTimeSeconds()
                .ToString(System.Globalization.CultureInfo.InvariantCulture), "v0=" + Hmac("x"))
            .ShouldBeOfType<WebhookOutcome.Refused>().Kind.ShouldBe(WebhookRefusal.Unauthorized);

    private static SlackWebhookReader Slack(string secret) => new(
        new SlackOptions { Agent = "main", BotToken = new Secret("T", "xoxb-1"), SigningSecrets = [new Secret("S", secret)] }, Clock);

    private static Func<string, string?> GitHubHeaders(string eventName, string signature, string delivery = "d-1") =>
        header => header switch
    {
        "X-GitHub-Event" => eventName,
        "X-GitHub-Delivery" => delivery,
        "X-Hub-Signature-256" => signature,
        _ => null,
    };

    private static string Sign(string body) => "sha256=" + Hmac(body);

    private static string Hmac(string text) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Key), Encoding.UTF8.GetBytes(text)));

    private static WebhookReader Reader() => new(
        new Dictionary<string, HookConfiguration>
        {
            ["alarm"] = new HookConfiguration.Generic
            {
                Name = "alarm",
                Secret = new Secret("S", Key),
                Agent = "main",
                SessionKey = Template("hook:alarm"),
                Message = Template("rang: {body}", "body"),
                Reply = new ReplyTarget.Stored(),
                MaxBodyBytes = 1024,
                Signature = new HookSignature.Bearer(),
            },
            ["code"] = new HookConfiguration.GitHub
            {
                Name = "code",
                Secret = new Secret("S", Key),
                Agent = "main",
                SessionKey = Template("github:{repository}:{number}", "repository", "number"),
                Message = Template("{sender}: {body}", "sender", "body"),
                MaxBodyBytes = 1024,
                Events = ["issue_comment.created"],
            },
        },
        Clock);

    private static Template Template(string text, params string[] names) =>
        TemplateParser.Parse(text, names).ShouldBeOfType<TemplateParseOutcome.Parsed>().Template;
}
