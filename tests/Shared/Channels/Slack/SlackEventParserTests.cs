using System.Text;
using System.Text.Json.Nodes;
using Holdfast.Channels.Slack;
using Holdfast.Inbox;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Channels.Slack;

public sealed class SlackEventParserTests
{
    [Fact]
    public void Parse_WhenSlackVerifiesTheAddress_GivesTheChallenge() =>
        Parse("""{"token":"x","challenge":"3eZbrw1a","type":"url_verification"}""").ShouldBe(new WebhookOutcome.Echo("3eZbrw1a"));

    [Fact]
    public void Parse_WhenMentioned_GivesTheMessageWithoutTheMention()
    {
        var message =
            Message(
                """
                {"type":"app_mention","user":"U1","text":"<@UBOT> a &lt;b&gt; &amp;lt; <@U2>","ts":"1716300000.000200",
                 "channel":"C1"}
                """);

        message.Kind.ShouldBe(SlackMessageKind.Mention);
        message.Text.ShouldBe("a <b> &lt; <@U2>");
        (message.TeamId, message.Channel, message.User).ShouldBe(("T1", "C1", "U1"));
        (message.Ts, message.ThreadTs, message.ReplyThreadTs).ShouldBe(("1716300000.000200", null, "1716300000.000200"));
        message.SentAt.ShouldBe(DateTimeOffset.FromUnixTimeSeconds(1716300000).AddMicroseconds(200));
    }

    [Fact]
    public void Parse_WhenWrittenDirectly_GivesTheMessage()
    {
        var message = Message("""{"type":"message","channel_type":"im","user":"U1","text":"hi","ts":"1716300000.000200","channel":"D1"}""");

        (message.Kind, message.ChannelType, message.Text).ShouldBe((SlackMessageKind.Direct, "im", "hi"));
    }

    [Fact]
    public void Parse_WhenWrittenInAThread_GivesTheMessageWithItsThread()
    {
        var message = Message(
            """
            {"type":"message","channel_type":"channel","user":"U1","text":"hi","ts":"1716300009.000200",
             "thread_ts":"1716300000.000200","channel":"C1"}
            """);

        (message.Kind, message.ReplyThreadTs).ShouldBe((SlackMessageKind.ThreadReply, "1716300000.000200"));
    }

    [Fact]
    public void DeliveryKey_WhenOneTextComesAsMentionAndAsMessage_IsTheSame()
    {
        const string fields =
            """ "user":"U1","text":"<@UBOT> hi","ts":"1716300009.000200","thread_ts":"1716300000.000200","channel":"C1" """;
        var mention = Message($$"""{"type":"app_mention",{{fields}}}""");
        var message = Message($$"""{"type":"message","channel_type":"channel",{{fields}}}""", eventId: "Ev2");

        message.DeliveryKey.ShouldBe(mention.DeliveryKey);
        (message.Kind, message.Text, message.ReplyThreadTs).ShouldBe((mention.Kind, mention.Text, mention.ReplyThreadTs));
    }

    [Theory]
    [InlineData("<@UBOT>: do it", "do it")]
    [InlineData("<@UBOT|holdfast>, do it", "do it")]
    [InlineData("<@UBOT> <@UBOT> do it", "do it")]
    [InlineData("<@U2> <@UBOT> do it", "<@U2> <@UBOT> do it")]
    [InlineData("do <@UBOT> it", "do <@UBOT> it")]
    public void Parse_WhenTheBotIsNamed_StripsOnlyItsLeadingMention(string text, string expected) =>
        Message($$"""{"type":"app_mention","user":"U1","text":"{{text}}","ts":"1716300000.000200","channel":"C1"}""").Text.ShouldBe(
            expected);

    [Theory]
    [InlineData("\"bot_id\":\"B1\"", "FromBot")]
    [InlineData("\"subtype\":\"bot_message\"", "FromBot")]
    [InlineData("\"user\":\"UBOT\"", "FromBot")]
    [InlineData("\"subtype\":\"message_changed\"", "Subtype")]
    [InlineData("\"subtype\":\"message_deleted\"", "Subtype")]
    [InlineData("\"subtype\":\"channel_join\"", "Subtype")]
    [InlineData("\"text\":\"\"", "NoText")]
    [InlineData("\"channel_type\":\"channel\"", "ChannelTalk")]
    [InlineData("\"channel_type\":\"channel\",\"text\":\"<@UBOT> hi\"", "ChannelTalk")]
    [InlineData("\"type\":\"reaction_added\"", "OtherEvent")]
    public void Parse_WhenNothingIsSaidToUs_IgnoresIt(string change, string expected)
    {
        var inner =
            JsonNode.Parse("""{"type":"message","channel_type":"im","user":"U1","text":"hi","ts":"1716300000.000200","channel":"D1"}""")!;
        foreach (var (name, value) in JsonNode.Parse("{" + change + "}")!.AsObject())
        {
            inner[name] = value!.DeepClone();
        }

        Parse(Envelope(inner.ToJsonString())).ShouldBe(new WebhookOutcome.Ignored(expected));
    }

    [Fact]
    public void Parse_WhenAFileIsShared_TakesItsText() =>
        Message(
            """
            {"type":"message","subtype":"file_share","channel_type":"im","user":"U1","text":"see","ts":"1.000200","channel":"D1"}
            """).Text.ShouldBe("see");

    [Fact]
    public void Parse_WhenTheEnvelopeIsOfAnotherKind_IgnoresIt() =>
        Parse("""{"type":"app_rate_limited","team_id":"T1"}""").ShouldBe(new WebhookOutcome.Ignored("OtherEvent"));

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"type\"")]
    [InlineData("{}")]
    [InlineData("""{"type":"url_verification"}""")]
    [InlineData("""{"type":"event_callback"}""")]
    [InlineData("""{"type":"event_callback","event":[]}""")]
    [InlineData("""{"type":"event_callback","event":{}}""")]
    [InlineData("""{"type":"event_callback","event":{"type":"app_mention","text":"x","user":"U1","channel":"C1","ts":"1.0"}}""")]
    [InlineData(
        """{"type":"event_callback","event_id":"E","team_id":"T","event":{"type":"app_mention","text":"x","user":"U1","channel":"C1"}}""")]
    [InlineData(
        """
        {"type":"event_callback","event_id":"E","team_id":"T","event":{"type":"app_mention","text":"x","user":"U1","channel":"C1",
         "ts":"now"}}
        """)]
    [InlineData(
        """
        {"type":"event_callback","event_id":"E","team_id":"T","event":{"type":"app_mention","text":"x","user":7,"channel":"C1",
         "ts":"1.0"}}
        """)]
    [InlineData(
        """
        {"type":"event_callback","event_id":"E","team_id":"T","event":{"type":"app_mention","text":"x","user":"U1","channel":"C1",
         "ts":"1.0\u0000"}}
        """)]
    [InlineData(
        """
        {"type":"event_callback","event_id":"E","team_id":"T","event":{"type":"app_mention","text":"x","user":"U1","channel":"C1",
         "ts":"1.0","thread_ts":"1.0\n"}}
        """)]
    public void Parse_WhenItIsNotWhatSlackSends_SaysMalformed(string body) =>
        Parse(body).ShouldBeOfType<WebhookOutcome.Refused>().Kind.ShouldBe(WebhookRefusal.Malformed);

    private static SlackMessage Message(string inner, string eventId = "Ev1")
    {
        SlackMessage? taken = null;
        SlackEventParser.Parse(Encoding.UTF8.GetBytes(Envelope(inner, eventId)), message =>
        {
            taken = message;
            return new WebhookOutcome.Echo("taken");
        }).ShouldBe(new WebhookOutcome.Echo("taken"));
        return taken!;
    }

    private static string Envelope(string inner, string eventId = "Ev1") => $$"""
        {"token":"x","team_id":"T1","api_app_id":"A1","event":{{inner}},"type":"event_callback",
         "event_id":"{{eventId}}","event_time":1716300001,
         "authorizations":[{"enterprise_id":null,"team_id":"T1","user_id":"UBOT","is_bot":true}]}
        """;

    private static WebhookOutcome Parse(string body) =>
        SlackEventParser.Parse(Encoding.UTF8.GetBytes(body), _ => new WebhookOutcome.Echo("taken"));
}
