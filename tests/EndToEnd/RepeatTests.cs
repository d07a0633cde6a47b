using Holdfast.Harness;
using Shouldly;
using Xunit;

namespace Holdfast.EndToEnd.Tests;

/// <summary>The same message, delivered more than once, is one message.</summary>
public sealed class RepeatTests(RunningStage stage)
{
    [Fact]
    public async Task S48_WhenOneSlackEventComesThreeTimesAtOnce_ThereIsOneTurnAndOneReply()
    {
        var thread = SlackThread.Begin("C0REPEAT");
        var envelope = thread.Mention("thrice");

        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => stage.SendSlackAsync(envelope)));

        answers.ShouldAllBe(answer => (int)answer.StatusCode == 200);
        var turns = await Task.WhenAll(answers.Select(Stage.TurnOfAsync));
        var turn = turns.Distinct().ShouldHaveSingleItem();
        await stage.ReceiptAsync(turn);
        await ShouldStandOnceAsync(thread, "thrice");

        // Once more, as Slack does after five minutes: the receipt stands, nothing runs.
        var late = await (await stage.SendSlackAsync(envelope)).JsonAsync();
        late.GetProperty("repeated").GetBoolean().ShouldBeTrue();
        await stage.ReceiptAsync(await stage.MentionAsync(thread, "next", SlackThread.NextTs()));
        stage.Model.RequestsOf("thrice").Count.ShouldBe(1);
        thread.Replies(stage.Stage.Slack).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Slack_WhenAMentionInAThreadComesAsMentionAndAsMessage_ThereIsOneTurn()
    {
        var thread = SlackThread.Begin("C0REPEAT");
        await stage.ReceiptAsync(await stage.MentionAsync(thread, "begin"));
        var ts = SlackThread.NextTs();
        var text = $"<@{Peers.Slack.ScriptedSlack.BotUserId}> twofold";

        var answers = await Task.WhenAll(stage.SendSlackAsync(thread.Message(text, ts)), stage.SendSlackAsync(thread.Mention("twofold", ts)));

        answers.ShouldAllBe(answer => (int)answer.StatusCode == 200);
        var turn = (await Task.WhenAll(answers.Select(Stage.TurnOfAsync))).Distinct().ShouldHaveSingleItem();
        await stage.ReceiptAsync(turn);
        stage.Model.RequestsOf("twofold").Count.ShouldBe(1);
        thread.Replies(stage.Stage.Slack).Count.ShouldBe(2);
    }

    [Fact]
    public async Task GitHub_WhenADeliveryIsSentAgain_ThereIsOneComment()
    {
        var delivery = new GitHubTalk(number: 701, "deliver me once");

        var turn = await Stage.TurnOfAsync(await delivery.SendAsync(stage.App));
        await stage.ReceiptAsync(turn);
        var again = await (await delivery.SendAsync(stage.App)).JsonAsync();

        again.GetProperty("turnId").GetString().ShouldBe(turn.Value);
        again.GetProperty("repeated").GetBoolean().ShouldBeTrue();
        await stage.ReceiptAsync(await Stage.TurnOfAsync(await new GitHubTalk(number: 701, "and another").SendAsync(stage.App)));
        stage.Model.RequestsOf("deliver me once").Count.ShouldBe(1);
        delivery.Replies(stage.Stage.GitHub).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Messages_WhenTheIdempotencyKeyIsRepeated_AreTheSameTurn()
    {
        const string Key = "agent:main:http:idempotent";

        var first = await Stage.PostAsync(stage.App, Key, "once only", "key-1");
        var second = await Stage.PostAsync(stage.App, Key, "once only", "key-1");

        ((int)first.StatusCode, (int)second.StatusCode).ShouldBe((202, 202));
        var turn = await Stage.TurnOfAsync(first);
        (await Stage.TurnOfAsync(second)).ShouldBe(turn);
        await stage.ReceiptAsync(turn);
        (await stage.Stage.TranscriptAsync(Key)).Said().ShouldBe(["once only"]);
    }

    [Fact]
    public async Task Messages_WhenTheIdempotencyKeyComesWithAnotherText_Answer409AndKeepTheFirst()
    {
        const string Key = "agent:main:http:conflict";
        var turn = await Stage.TurnOfAsync(await Stage.PostAsync(stage.App, Key, "the first", "key-2"));

        var answer = await Stage.PostAsync(stage.App, Key, "not the first", "key-2");

        ((int)answer.StatusCode).ShouldBe(409);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await answer.JsonAsync()).GetProperty("detail").GetString().ShouldNotBeNullOrWhiteSpace();
        await stage.ReceiptAsync(turn);
        (await stage.Stage.TranscriptAsync(Key)).Said().ShouldBe(["the first"]);
        stage.Model.RequestsOf("not the first").ShouldBeEmpty();
    }

    private async Task ShouldStandOnceAsync(SlackThread thread, string text)
    {
        (await stage.Stage.TranscriptAsync(thread.SessionKey())).Said().ShouldBe([text]);
        thread.Replies(stage.Stage.Slack).Count.ShouldBe(1);
    }
}
