using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Holdfast.Channels.GitHub;
using Holdfast.Inbox;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Channels.GitHub;

public sealed class GitHubEventParserTests
{
    private const string Delivery = "72d3162e-cc78-11e3-81ab-4c9367dc0958";

    [Theory]
    [InlineData("issue_comment", "created", 1)]
    [InlineData("issues", "opened", 1)]
    [InlineData("pull_request", "opened", 2)]
    [InlineData("pull_request_review_comment", "created", 2)]
    public void Parse_WhenRecordedDeliveriesBringText_GivesEachOfThem(string eventName, string action, int number)
    {
        var recorded = RecordedDeliveries.Of(eventName, action).ToList();
        recorded.Count.ShouldBeGreaterThan(2);
        foreach (var payload in recorded)
        {
            var message = Message(payload, eventName);

            (message.Owner, message.Repository, message.Number).ShouldBe(("Codertocat", "Hello-World", number));
            message.FullName.ShouldBe(payload["repository"]!["full_name"]!.GetValue<string>());
            (message.DeliveryId, message.EventName, message.Action).ShouldBe((Delivery, eventName, action));
            message.SenderLogin.ShouldBe("Codertocat");
            var written = payload["comment"] ?? payload["issue"] ?? payload["pull_request"];
            message.Body.ShouldBe(written!["body"]?.GetValue<string>() ?? "");
        }
    }

    [Theory]
    [InlineData("issue_comment", "edited")]
    [InlineData("issue_comment", "deleted")]
    [InlineData("issues", "labeled")]
    [InlineData("pull_request", "synchronize")]
    [InlineData("pull_request_review_comment", "edited")]
    public void Parse_WhenTheActionBringsNoNewText_IgnoresIt(string eventName, string action)
    {
        foreach (var payload in RecordedDeliveries.Of(eventName, action))
        {
            Parse(payload, eventName).ShouldBe(new WebhookOutcome.Ignored("OtherAction"));
        }
    }

    [Fact]
    public void Parse_WhenTheEventIsOfAnotherKind_IgnoresIt()
    {
        foreach (var payload in RecordedDeliveries.Of("push", null))
        {
            Parse(payload, "push").ShouldBe(new WebhookOutcome.Ignored("OtherEvent"));
        }
    }

    [Fact]
    public void Parse_WhenGitHubTriesTheWebhook_HasNothingToDo() =>
        Parse(RecordedDeliveries.Of("ping", null).First(), "ping").ShouldBe(new WebhookOutcome.Ignored("Ping"));

    [Fact]
    public void Parse_WhenTheCommentIsOurOwnReply_IgnoresIt() =>
        Parse(Comment(new ReplyMarker("t1", 1).AppendTo("an answer")), "issue_comment").ShouldBe(new WebhookOutcome.Ignored("OwnReply"));

    [Fact]
    public void Parse_WhenAPersonQuotesOurReply_GivesTheMessage()
    {
        var quoted = string.Join('\n', new ReplyMarker("t1", 1).AppendTo("an answer").Split('\n').Select(line => "> " + line));

        Message(Comment(quoted), "issue_comment").Body.ShouldBe(quoted);
        Message(Comment(quoted + "\n\nand why?"), "issue_comment").Body.ShouldStartWith(quoted);
    }

    [Fact]
    public void Parse_WhenTheBodyIsNull_GivesAnEmptyOne()
    {
        var payload = RecordedDeliveries.Of("issues", "opened").First().DeepClone();
        payload["issue"]!["body"] = null;

        Message(payload, "issues").Body.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(null, Delivery)]
    [InlineData("issue_comment", null)]
    [InlineData("", Delivery)]
    public void Parse_WhenAHeaderIsMissing_SaysMalformed(string? eventName, string? delivery) =>
        GitHubEventParser.Parse(
            RecordedDeliveries.Bytes(Comment("x")), eventName, delivery, Take).ShouldBeOfType<WebhookOutcome.Refused>().Kind.ShouldBe(
                WebhookRefusal.Malformed);

    [Theory]
    [InlineData("")]
    [InlineData("payload=%7B%7D")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"action\":\"created\"}")]
    [InlineData("{\"action\":\"created\",\"issue\":1,\"comment\":{}}")]
    public void Parse_WhenTheBodyIsNotWhatGitHubSends_SaysMalformed(string body) =>
        GitHubEventParser.Parse(
            Encoding.UTF8.GetBytes(body), "issue_comment", Delivery, Take).ShouldBeOfType<WebhookOutcome.Refused>().Kind.ShouldBe(
                WebhookRefusal.Malformed);

    [Theory]
    [InlineData("repository")]
    [InlineData("issue")]
    [InlineData("comment")]
    [InlineData("sender")]
    public void Parse_WhenAPartIsMissing_SaysMalformed(string name)
    {
        var payload = Comment("x");
        payload.AsObject().Remove(name);

        Parse(payload, "issue_comment").ShouldBeOfType<WebhookOutcome.Refused>().Kind.ShouldBe(WebhookRefusal.Malformed);
    }

    private static JsonNode Comment(string body)
    {
        var payload = RecordedDeliveries.Of("issue_comment", "created").First().DeepClone();
        payload["comment"]!["body"] = body;
        return payload;
    }

    private static GitHubMessage Message(JsonNode payload, string eventName)
    {
        GitHubMessage? taken = null;
        GitHubEventParser.Parse(RecordedDeliveries.Bytes(payload), eventName, Delivery, (message, _) =>
        {
            taken = message;
            return Taken;
        }).ShouldBe(Taken);
        return taken!;
    }

    private static readonly WebhookOutcome Taken = new WebhookOutcome.Echo("taken");

    private static WebhookOutcome Take(GitHubMessage message, JsonElement body) => Taken;

    private static WebhookOutcome Parse(JsonNode payload, string eventName) =>
        GitHubEventParser.Parse(RecordedDeliveries.Bytes(payload), eventName, Delivery, Take);
}
