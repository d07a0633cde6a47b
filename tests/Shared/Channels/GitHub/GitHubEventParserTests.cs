using System.Text;
using System.Text.Json.Nodes;
using Holdfast.Channels.GitHub;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Channels.GitHub;

public sealed class GitHubEventParserTests
{
    private const string Delivery = "72d3162e-cc78-11e3-81ab-4c9367dc0958";

    [Theory]
    [InlineData("issue_comment", "created", 1, false)]
    [InlineData("issues", "opened", 1, false)]
    [InlineData("pull_request", "opened", 2, true)]
    [InlineData("pull_request_review_comment", "created", 2, true)]
    public void Parse_WhenRecordedDeliveriesBringText_GivesEachOfThem(string eventName, string action, long number, bool isPullRequest)
    {
        var recorded = RecordedDeliveries.Of(eventName, action).ToList();
        recorded.Count.ShouldBeGreaterThan(2);
        foreach (var payload in recorded)
        {
            var message = Parse(payload, eventName).ShouldBeOfType<GitHubInbound.Message>();

            message.Thread.ShouldBe(new GitHubThread("Codertocat", "Hello-World", number, isPullRequest));
            message.Thread.FullName.ShouldBe(payload["repository"]!["full_name"]!.GetValue<string>());
            (message.DeliveryId, message.EventName, message.Action).ShouldBe((Delivery, eventName, action));
            (message.SenderLogin, message.SenderType).ShouldBe(("Codertocat", "User"));
            message.InstallationId.ShouldBe(payload["installation"]?["id"]?.GetValue<long>());
            var written = payload["comment"] ?? payload["issue"] ?? payload["pull_request"];
            message.Body.ShouldBe(written!["body"]?.GetValue<string>() ?? "");
            message.CommentId.ShouldBe(payload["comment"]?["id"]?.GetValue<long>());
            message.HtmlUrl.ShouldStartWith("https://github.com/Codertocat/Hello-World/");
            message.WrittenAt.Year.ShouldBeGreaterThan(2017);
            message.Title.ShouldNotBeEmpty();
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
            Parse(payload, eventName).ShouldBe(new GitHubInbound.Ignored(GitHubIgnoreReason.OtherAction));
        }
    }

    [Fact]
    public void Parse_WhenTheEventIsOfAnotherKind_IgnoresIt()
    {
        foreach (var payload in RecordedDeliveries.Of("push", null))
        {
            Parse(payload, "push").ShouldBe(new GitHubInbound.Ignored(GitHubIgnoreReason.OtherEvent));
        }
    }

    [Fact]
    public void Parse_WhenGitHubTriesTheWebhook_GivesAPing() =>
        Parse(RecordedDeliveries.Of("ping", null).First(), "ping").ShouldBe(new GitHubInbound.Ping(Delivery));

    [Fact]
    public void Parse_WhenTheIssueIsAPullRequest_SaysSo()
    {
        var payload = Comment("hello");
        payload["issue"]!["pull_request"] = new JsonObject { ["url"] = "https://api.github.com/repos/Codertocat/Hello-World/pulls/1" };

        Parse(payload, "issue_comment").ShouldBeOfType<GitHubInbound.Message>().Thread.IsPullRequest.ShouldBeTrue();
    }

    [Fact]
    public void Parse_WhenTheCommentIsOurOwnReply_IgnoresIt() =>
        Parse(Comment(new ReplyMarker("t1", 1).AppendTo("an answer")), "issue_comment").ShouldBe(new GitHubInbound.Ignored(GitHubIgnoreReason.OwnReply));

    [Fact]
    public void Parse_WhenAPersonQuotesOurReply_GivesTheMessage()
    {
        var quoted = string.Join('\n', new ReplyMarker("t1", 1).AppendTo("an answer").Split('\n').Select(line => "> " + line));

        Parse(Comment(quoted), "issue_comment").ShouldBeOfType<GitHubInbound.Message>();
        Parse(Comment(quoted + "\n\nand why?"), "issue_comment").ShouldBeOfType<GitHubInbound.Message>();
    }

    [Fact]
    public void Parse_WhenTheBodyIsNull_GivesAnEmptyOne()
    {
        var payload = RecordedDeliveries.Of("issues", "opened").First().DeepClone();
        payload["issue"]!["body"] = null;

        Parse(payload, "issues").ShouldBeOfType<GitHubInbound.Message>().Body.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(null, Delivery)]
    [InlineData("issue_comment", null)]
    [InlineData("", Delivery)]
    public void Parse_WhenAHeaderIsMissing_SaysMalformed(string? eventName, string? delivery) =>
        GitHubEventParser.Parse(RecordedDeliveries.Bytes(Comment("x")), eventName, delivery).ShouldBeOfType<GitHubInbound.Malformed>();

    [Theory]
    [InlineData("")]
    [InlineData("payload=%7B%7D")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"action\":\"created\"}")]
    [InlineData("{\"action\":\"created\",\"issue\":1,\"comment\":{}}")]
    public void Parse_WhenTheBodyIsNotWhatGitHubSends_SaysMalformed(string body) =>
        GitHubEventParser.Parse(Encoding.UTF8.GetBytes(body), "issue_comment", Delivery).ShouldBeOfType<GitHubInbound.Malformed>();

    [Theory]
    [InlineData("repository")]
    [InlineData("issue")]
    [InlineData("comment")]
    [InlineData("sender")]
    public void Parse_WhenAPartIsMissing_SaysMalformed(string name)
    {
        var payload = Comment("x");
        payload.AsObject().Remove(name);

        Parse(payload, "issue_comment").ShouldBeOfType<GitHubInbound.Malformed>();
    }

    private static JsonNode Comment(string body)
    {
        var payload = RecordedDeliveries.Of("issue_comment", "created").First().DeepClone();
        payload["comment"]!["body"] = body;
        return payload;
    }

    private static GitHubInbound Parse(JsonNode payload, string eventName) =>
        GitHubEventParser.Parse(RecordedDeliveries.Bytes(payload), eventName, Delivery);
}
