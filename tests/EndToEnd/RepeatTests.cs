using Holdfast.Harness;
using Shouldly;
using Xunit;

namespace Holdfast.EndToEnd.Tests;

/// <summary>The same message, delivered more than once, is one message.</summary>
public sealed class RepeatTests(RunningFixture fixture)
{
    [Fact]
    public async Task S48_WhenOneSlackEventComesThreeTimesAtOnce_ThereIsOneTurnAndOneReply()
    {
        var thread = SlackThread.Begin("C0REPEAT");
        var envelope = thread.Mention("thrice");

        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => fixture.SendSlackAsync(envelope)));

        answers.ShouldAllBe(answer => (int)answer.StatusCode == 200);
        var turns = await Task.WhenAll(answers.Select(AppFixture.TurnOfAsync));
        var turn = turns.Distinct().ShouldHaveSingleItem();
        await fixture.ReceiptAsync(turn);
        await ShouldStandOnceAsync(thread, "thrice");

        // Once more, as Slack does after five minutes: the receipt stands, nothing runs.
        var late = await (await fixture.SendSlackAsync(envelope)).JsonAsync();
        late.GetProperty("repeated").GetBoolean().ShouldBeTrue();
        await fixture.ReceiptAsync(await fixture.MentionAsync(thread, "next", SlackThread.NextTs()));
        fixture.Model.RequestsOf("thrice").Count.ShouldBe(1);
        thread.Replies(fixture.AppFixture.Slack).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Slack_WhenAMentionInAThreadComesAsMentionAndAsMessage_ThereIsOneTurn()
    {
        var thread = SlackThread.Begin("C0REPEAT");
        await fixture.ReceiptAsync(await fixture.MentionAsync(thread, "begin"));
        var ts = SlackThread.NextTs();
        var text = $"<@{Peers.Slack.ScriptedSlack.BotUserId}> twofold";

        var answers = await Task.WhenAll(
            fixture.SendSlackAsync(thread.Message(text, ts)), fixture.SendSlackAsync(thread.Mention("twofold", ts)));

        answers.ShouldAllBe(answer => (int)answer.StatusCode == 200);
        var turn = (await Task.WhenAll(answers.Select(AppFixture.TurnOfAsync))).Distinct().ShouldHaveSingleItem();
        await fixture.ReceiptAsync(turn);
        fixture.Model.RequestsOf("twofold").Count.ShouldBe(1);
        thread.Replies(fixture.AppFixture.Slack).Count.ShouldBe(2);
    }

    [Fact]
    public async Task GitHub_WhenADeliveryIsSentAgain_ThereIsOneComment()
    {
        var delivery = new GitHubTalk(number: 701, "deliver me once");

        var turn = await AppFixture.TurnOfAsync(await delivery.SendAsync(fixture.App));
        await fixture.ReceiptAsync(turn);
        var again = await (await delivery.SendAsync(fixture.App)).JsonAsync();

        again.GetProperty("turnId").GetString().ShouldBe(turn.Value);
        again.GetProperty("repeated").GetBoolean().ShouldBeTrue();
        await fixture.ReceiptAsync(await AppFixture.TurnOfAsync(await new GitHubTalk(number: 701, "and another").SendAsync(fixture.App)));
        fixture.Model.RequestsOf("deliver me once").Count.ShouldBe(1);
        delivery.Replies(fixture.AppFixture.GitHub).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Messages_WhenTheIdempotencyKeyIsRepeated_AreTheSameTurn()
    {
        const string Key = "agent:main:http:idempotent";

        var first = await AppFixture.PostAsync(fixture.App, Key, "once only", "key-1");
        var second = await AppFixture.PostAsync(fixture.App, Key, "once only", "key-1");

        ((int)first.StatusCode, (int)second.StatusCode).ShouldBe((202, 202));
        var turn = await AppFixture.TurnOfAsync(first);
        (await AppFixture.TurnOfAsync(second)).ShouldBe(turn);
        await fixture.ReceiptAsync(turn);
        (await fixture.AppFixture.TranscriptAsync(Key)).Said().ShouldBe(["once only"]);
    }

    [Fact]
    public async Task Messages_WhenTheIdempotencyKeyComesWithAnotherText_Answer409AndKeepTheFirst()
    {
        const string Key = "agent:main:http:conflict";
        var turn = await AppFixture.TurnOfAsync(await AppFixture.PostAsync(fixture.App, Key, "the first", "key-2"));

        var answer = await AppFixture.PostAsync(fixture.App, Key, "not the first", "key-2");

        ((int)answer.StatusCode).ShouldBe(409);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await answer.JsonAsync()).GetProperty("detail").GetString().ShouldNotBeNullOrWhiteSpace();
        await fixture.ReceiptAsync(turn);
        (await fixture.AppFixture.TranscriptAsync(Key)).Said().ShouldBe(["the first"]);
        fixture.Model.RequestsOf("not the first").ShouldBeEmpty();
    }

    private async Task ShouldStandOnceAsync(SlackThread thread, string text)
    {
        (await fixture.AppFixture.TranscriptAsync(thread.SessionKey())).Said().ShouldBe([text]);
        thread.Replies(fixture.AppFixture.Slack).Count.ShouldBe(1);
    }
}
