using Holdfast.Delivery;
using Holdfast.Harness;
using Holdfast.Peers.Bedrock;
using Holdfast.Peers.Scripting;
using Holdfast.Peers.Slack;
using Shouldly;
using Xunit;

namespace Holdfast.EndToEnd.Tests;

/// <summary>What Slack says to the app, and how it gets its answers; on a fixture of their own, as Slack's moods are everybody's.</summary>
public sealed class SlackTests(RunningFixture fixture) : IClassFixture<RunningFixture>
{
    private const string Post = "chat.postMessage";

    [Fact]
    public async Task Events_WhenSlackVerifiesTheAddress_EchoTheChallenge()
    {
        var answer = await fixture.SendSlackAsync("""{"type":"url_verification","token":"old","challenge":"3eZbrw1a"}""");

        ((int)answer.StatusCode).ShouldBe(200);
        (await answer.Content.ReadAsStringAsync()).ShouldBe("3eZbrw1a");
    }

    [Fact]
    public async Task Events_WhenAThreadWeAreNotInTalks_AreLetGo()
    {
        var thread = SlackThread.Begin("C0TALK");

        var answer = await fixture.SendSlackAsync(thread.Message("among ourselves", SlackThread.NextTs()));

        ((int)answer.StatusCode).ShouldBe(200);
        (await answer.JsonAsync()).GetProperty("accepted").GetBoolean().ShouldBeFalse();
        (await fixture.AppFixture.Sessions.FindAsync(Sessions.SessionKey.Parse(thread.SessionKey()), CancellationToken.None))
            .ShouldBeNull();
    }

    [Fact]
    public async Task Events_WhenAThreadWeAreInTalks_BecomeTurnsInTheSameThread()
    {
        var thread = SlackThread.Begin("C0TALK");
        await fixture.ReceiptAsync(await fixture.MentionAsync(thread, "join us"));

        var answer = await fixture.SendSlackAsync(thread.Message("without your name", SlackThread.NextTs()));
        await fixture.ReceiptAsync(await AppFixture.TurnOfAsync(answer));

        thread.Replies(fixture.AppFixture.Slack).Count.ShouldBe(2);
        (await fixture.AppFixture.TranscriptAsync(thread.SessionKey())).Said().ShouldBe(["join us", "without your name"]);
    }

    [Fact]
    public async Task Events_WhenAPersonWritesDirectly_AreAnsweredWhereTheyAre()
    {
        var place = SlackThread.Begin("D0DIRECT");
        var direct = place.Message("just between us").Replace("type\":\"channel\"", "type\":\"im\"", StringComparison.Ordinal);

        await fixture.ReceiptAsync(await AppFixture.TurnOfAsync(await fixture.SendSlackAsync(direct)));

        var reply = fixture.AppFixture.Slack.Messages.Where(message => message.Channel == place.Channel).ShouldHaveSingleItem();
        reply.ThreadTs.ShouldBeNull();
        (await fixture.AppFixture.TranscriptAsync("agent:main:slack:direct:U1")).Said().ShouldBe(["just between us"]);
    }

    [Fact]
    public async Task Events_WhenABotOrTheChannelTalks_AreLetGo()
    {
        var thread = SlackThread.Begin("C0TALK");
        var bot = thread.Mention("I am a bot").Replace("\"user\":\"U1\"", "\"user\":\"U1\",\"bot_id\":\"B1\"", StringComparison.Ordinal);

        foreach (var envelope in new[] { bot, thread.Message("just channel talk") })
        {
            var answer = await fixture.SendSlackAsync(envelope);
            (await answer.JsonAsync()).GetProperty("accepted").GetBoolean().ShouldBeFalse();
        }

        fixture.Model.RequestsOf("I am a bot").ShouldBeEmpty();
    }

    [Fact]
    public async Task Reply_WhenItIsLongerThanAMessage_ComesInTwoPartsInOrder()
    {
        var thread = SlackThread.Begin("C0LONG");
        var paragraph = string.Concat(Enumerable.Repeat("All work and no play. ", 90)).Trim() + "\n\n";
        fixture.Model.Play(
            "at length", BedrockScript.Saying([.. Enumerable.Range(1, 9).Select(number => $"Number {number}. {paragraph}")]));

        var receipt = await fixture.ReceiptAsync(await fixture.MentionAsync(thread, "at length"));

        var parts = thread.Replies(fixture.AppFixture.Slack);
        parts.Count.ShouldBe(2);
        receipt.DeliveredAs.ShouldBe(parts.Select(part => part.Ts));
        parts.ShouldAllBe(part => part.Text.Length <= 12_000);
        string.Concat(parts.SelectMany(part => part.Text.Split("Number ").Skip(1)).Select(text => text[0])).ShouldBe("123456789");
    }

    [Fact]
    public async Task Reply_WhenSlackIsBusy_WaitsAsLongAsSlackSays()
    {
        var thread = SlackThread.Begin("C0BUSY");
        fixture.AppFixture.Slack.Script.Next(Post, SlackAnswers.RateLimited(3));

        var receipt = await fixture.ReceiptAsync(await fixture.MentionAsync(thread, "to a busy place"));

        receipt.Ending.ShouldBe(TurnEnding.Replied);
        thread.Replies(fixture.AppFixture.Slack).Count.ShouldBe(1);
        var posts = Posts(thread);
        posts.Count.ShouldBe(2);
        (posts[1].At - posts[0].At).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task S44_WhenSlacksAnswerToAPostIsLost_ItIsLookedUpAndPostedOnce()
    {
        var thread = SlackThread.Begin("C0LOST");
        fixture.AppFixture.Slack.Script.Next(Post, new ScriptedAnswer.LostAnswer());

        var receipt = await fixture.ReceiptAsync(await fixture.MentionAsync(thread, "into the void"));

        var post = thread.Replies(fixture.AppFixture.Slack).ShouldHaveSingleItem();
        receipt.DeliveredAs.ShouldBe([post.Ts]);
        Posts(thread).Count.ShouldBe(1);
        fixture.AppFixture.Slack.Calls.ShouldContain(call => call.Method == "conversations.replies" && call.Text("ts") == thread.Ts);
    }

    [Fact]
    public async Task Reply_WhenThePostItselfIsLost_IsSentAgain()
    {
        var thread = SlackThread.Begin("C0LOST");
        fixture.AppFixture.Slack.Script.Next(Post, new ScriptedAnswer.LostRequest());

        (await fixture.ReceiptAsync(await fixture.MentionAsync(thread, "not even heard"))).Ending.ShouldBe(TurnEnding.Replied);

        thread.Replies(fixture.AppFixture.Slack).Count.ShouldBe(1);
        Posts(thread).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Reply_WhenSlackRefusesForGood_IsKeptAndTheReceiptSaysSo()
    {
        var thread = SlackThread.Begin("C0GONE");
        fixture.Model.Play("to a closed place", BedrockScript.Saying("kept words"));
        fixture.AppFixture.Slack.Script.Next(Post, SlackAnswers.Error("channel_not_found"));

        var turn = await fixture.MentionAsync(thread, "to a closed place");
        var receipt = await fixture.ReceiptAsync(turn);

        (receipt.Ending, receipt.DeliveredAs.Length).ShouldBe((TurnEnding.Undeliverable, 0));
        var kept = await fixture.AppFixture.DeliveryAsync(turn);
        (kept.Text, kept.Refusal).ShouldBe(("kept words", "channel_not_found"));
        Posts(thread).Count.ShouldBe(1);
    }

    private IReadOnlyList<SlackCall> Posts(SlackThread thread) =>
        [.. fixture.AppFixture.Slack.Calls.Where(call => call.Method == Post && call.Text("thread_ts") == thread.Ts)];
}
