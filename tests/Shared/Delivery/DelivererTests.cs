using Holdfast.Delivery;
using Holdfast.Inbox;
using Holdfast.Tests.Turns;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Delivery;

public sealed class DelivererTests
{
    [Theory]
    [InlineData((int)PostPlan.TakeAndLoseAnswer, 1)]
    [InlineData((int)PostPlan.Lose, 2)]
    public void S44_WhenTheAnswerToAPostIsLost_ItIsLookedUpBeforeItIsSentAgain(int plan, int calls) => TurnFixture.Run(async fixture =>
    {
        fixture.Channel.Plans.Enqueue((PostPlan)plan);

        (await DeliverAsync(fixture)).State.ShouldBe(OutboxState.Delivered);

        fixture.Channel.Posts.ShouldHaveSingleItem();
        fixture.Channel.PostCalls.ShouldBe(calls);
        fixture.Channel.Lookups.ShouldBe(1);
    });

    [Fact]
    public void DeliverAsync_WhenRateLimited_WaitsAsLongAsItIsTold() => TurnFixture.Run(async fixture =>
    {
        fixture.Channel.Plans.Enqueue(PostPlan.RateLimit);
        var since = fixture.Clock.GetUtcNow();

        (await DeliverAsync(fixture)).State.ShouldBe(OutboxState.Delivered);

        (fixture.Clock.GetUtcNow() - since).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(30));
        fixture.Channel.Posts.ShouldHaveSingleItem();
    });

    [Fact]
    public void DeliverAsync_WhenRefused_IsRefusedForGood() => TurnFixture.Run(async fixture =>
    {
        fixture.Channel.Plans.Enqueue(PostPlan.Refuse);

        (await DeliverAsync(fixture)).Refusal.ShouldBe("channel_not_found");
        (await DeliverAsync(fixture)).State.ShouldBe(OutboxState.Refused);
        fixture.Channel.PostCalls.ShouldBe(1);
    });

    [Fact]
    public void DeliverAsync_WhenTheProcessDiesAfterEachPart_ResumesAtTheNext() => TurnFixture.Run(async fixture =>
    {
        fixture.Channel.MaxCharacters = 4;
        for (var part = 0; part < 3; part++)
        {
            fixture.Channel.Plans.Enqueue(PostPlan.TakeAndCrash);
        }

        for (var time = 0; time < 3; time++)
        {
            await Should.ThrowAsync<CrashException>(() => DeliverAsync(fixture));
        }

        (await DeliverAsync(fixture)).Posted.Length.ShouldBe(3);
        fixture.Channel.Posts.Select(post => post.Text).ShouldBe(["the ", "answ", "er"]);
    });

    [Fact]
    public void S37_WhenAReplyAndANoticeAreBothTried_TheFirstIntentAloneGoesOut() => TurnFixture.Run(async fixture =>
    {
        var reply = await DeliverAsync(fixture);
        var notice = await DeliverAsync(fixture, "a notice", TurnEnding.Failed);

        notice.ShouldBe(reply with { Posted = notice.Posted });
        fixture.Channel.Posts.ShouldHaveSingleItem().Text.ShouldBe("the answer");
        reply.Posted.ShouldHaveSingleItem("delivered means the platform's own receipt");
    });

    [Fact]
    public void DeliverAsync_WhenThePlatformNeverAnswers_SaysThatItIsUnfinished() => TurnFixture.Run(async fixture =>
    {
        for (var time = 0; time < 20; time++)
        {
            fixture.Channel.Plans.Enqueue(PostPlan.Lose);
        }

        await Should.ThrowAsync<DeliveryUnfinishedException>(() => DeliverAsync(fixture));
    });

    [Fact]
    public void DeliverAsync_WhenTwoSendersAreAtWorkAtOnce_PostsOnce() => TurnFixture.Run(async fixture =>
    {
        fixture.Channel.Plans.Enqueue(PostPlan.TakeLate);
        fixture.Channel.Pass = time => Task.Delay(time, fixture.Clock);
        var first = DeliverAsync(fixture);

        (await DeliverAsync(fixture)).State.ShouldBe(OutboxState.Delivered);

        await Should.ThrowAsync<Holdfast.Storage.StorageUnavailableException>(() => first);
        fixture.Channel.Posts.ShouldHaveSingleItem();
    });

    private static Task<OutboxRecord> DeliverAsync(TurnFixture fixture, string text = "the answer", TurnEnding ending = TurnEnding.Replied) =>
        fixture.Start().Deliverer.DeliverAsync(
            new OutboxRecord(
                TurnFixture.RunOf("a").Turn.Value, TurnFixture.RunOf("a").Value, TurnFixture.Key.Value, ending, new ReplyTarget.Slack("C1", null), text, OutboxState.Sending, 1, [], null),
            fixture.Clock.GetUtcNow(),
            CancellationToken.None);
}
