using Holdfast.Channels.GitHub;
using Holdfast.Delivery;
using Holdfast.Harness;
using Holdfast.Peers.Bedrock;
using Shouldly;
using Xunit;

namespace Holdfast.EndToEnd.Tests;

/// <summary>From a recorded GitHub delivery to a comment.</summary>
public sealed class GitHubTests(RunningFixture fixture)
{
    [Fact]
    public async Task Hook_WhenACommentIsRecorded_IsAnsweredByACommentWithTheHiddenMarker()
    {
        var talk = new GitHubTalk(number: 11, "please look at issue eleven");
        fixture.Model.Play("issue eleven", BedrockScript.Saying("looked at, **done**"));

        var turn = await AppFixture.TurnOfAsync(await talk.SendAsync(fixture.App));
        var receipt = await fixture.ReceiptAsync(turn);

        var comment = talk.Replies(fixture.AppFixture.GitHub).ShouldHaveSingleItem();
        comment.Body.ShouldStartWith("looked at, **done**");
        ReplyMarker.TryRead(comment.Body).ShouldBe(new ReplyMarker(turn.Value, 1));
        (receipt.Ending, receipt.Channel, receipt.DeliveredAs.Length).ShouldBe((TurnEnding.Replied, "github", 1));
        fixture.Model.RequestsOf("issue eleven")[0].LastUserText.ShouldStartWith($"Codertocat wrote on {talk.FullName}#11:");
        (await fixture.AppFixture.TranscriptAsync(talk.SessionKey)).Said().Count.ShouldBe(1);
    }

    [Fact]
    public async Task Hook_WhenTheCommentIsOurOwn_IsLetGo()
    {
        var own = new GitHubTalk(number: 12, new ReplyMarker("0123456789abcdef0123456789abcdef", 1).AppendTo("what we said on twelve"));

        var answer = await own.SendAsync(fixture.App);

        ((int)answer.StatusCode).ShouldBe(200);
        (await answer.JsonAsync()).GetProperty("accepted").GetBoolean().ShouldBeFalse();

        // The next message of the issue shows that nothing stood before it.
        await fixture.ReceiptAsync(
            await AppFixture.TurnOfAsync(await new GitHubTalk(number: 12, "a person on twelve").SendAsync(fixture.App)));
        (await fixture.AppFixture.TranscriptAsync(own.SessionKey)).Said().ShouldHaveSingleItem().ShouldContain("a person");
        fixture.Model.RequestsOf("what we said on twelve").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("ping", """{"zen":"Keep it logically awesome.","hook_id":1}""")]
    [InlineData("star", """{"action":"created"}""")]
    public async Task Hook_WhenTheEventIsNoneOfOurs_IsLetGo(string eventName, string body)
    {
        var answer = await AppFixture.SendHookAsync(fixture.App, "github", body, eventName, Guid.NewGuid().ToString());

        ((int)answer.StatusCode).ShouldBe(200);
        (await answer.JsonAsync()).GetProperty("accepted").GetBoolean().ShouldBeFalse();
    }
}
