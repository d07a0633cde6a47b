using Holdfast.Delivery;
using Holdfast.Inbox;
using Holdfast.Tests.Turns;
using Holdfast.Turns;
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

    [Theory]
    [InlineData(6)]
    [InlineData(3600)]
    public void DeliverAsync_WhenThePauseIsLongerThanItsPatience_GivesItBackAtOnceAndNothingIsInDoubt(int seconds) =>
        TurnFixture.Run(async fixture =>
    {
        fixture.Channel.Plans.Enqueue(PostPlan.RateLimit);
        fixture.Channel.RetryAfter = TimeSpan.FromSeconds(seconds);
        var since = fixture.Clock.GetUtcNow();

        var putOff = await DeliverOnceAsync(fixture);

        fixture.Clock.GetUtcNow().ShouldBe(since);
        (putOff.State, putOff.RetryAt).ShouldBe((OutboxState.Sending, since + fixture.Channel.RetryAfter));
        await fixture.PassAsync(fixture.Channel.RetryAfter);
        (await DeliverOnceAsync(fixture)).State.ShouldBe(OutboxState.Delivered);
        (fixture.Channel.PostCalls, fixture.Channel.Lookups).ShouldBe((2, 0));
        fixture.Clock.GetUtcNow()
            .ShouldBe(since + fixture.Channel.RetryAfter, "a sender that stopped with nothing on its way is not waited for");
    });

    [Fact]
    public void DeliverAsync_BeforeThePauseIsOver_CallsThePlatformNotEvenByAnotherSender() => TurnFixture.Run(async fixture =>
    {
        fixture.Channel.Plans.Enqueue(PostPlan.RateLimit);
        var first = await DeliverOnceAsync(fixture);
        await fixture.PassAsync(TimeSpan.FromSeconds(20));

        (await DeliverOnceAsync(fixture)).RetryAt.ShouldBe(first.RetryAt);

        fixture.Channel.PostCalls.ShouldBe(1);
        await fixture.PassAsync(TimeSpan.FromSeconds(7));
        (await DeliverOnceAsync(fixture)).State.ShouldBe(OutboxState.Delivered, "three seconds are waited for");
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void DeliverAsync_WhenALookIsRateLimited_LooksAgainAfterThePause(bool stands) => TurnFixture.Run(async fixture =>
    {
        fixture.Channel.Plans.Enqueue(stands ? PostPlan.TakeAndLoseAnswer : PostPlan.Lose);
        fixture.Channel.LaterLooks = 1;

        (await DeliverAsync(fixture)).State.ShouldBe(OutboxState.Delivered);

        fixture.Channel.Posts.ShouldHaveSingleItem();
        fixture.Channel.Lookups.ShouldBe(2);
    });

    [Fact]
    public void DeliverAsync_WhenThePlatformWantsDays_AsksAgainAfterAnHour() => TurnFixture.Run(async fixture =>
    {
        fixture.Channel.Plans.Enqueue(PostPlan.RateLimit);
        fixture.Channel.RetryAfter = TimeSpan.FromDays(10);

        (await DeliverOnceAsync(fixture)).RetryAt.ShouldBe(fixture.Clock.GetUtcNow() + TimeSpan.FromHours(1));
    });

    [Fact]
    public void DeliverAsync_WhenThePauseIsShort_WaitsHere() => TurnFixture.Run(async fixture =>
    {
        fixture.Channel.Plans.Enqueue(PostPlan.RateLimit);
        fixture.Channel.RetryAfter = Patience;
        var since = fixture.Clock.GetUtcNow();

        (await DeliverOnceAsync(fixture)).State.ShouldBe(OutboxState.Delivered);

        (fixture.Clock.GetUtcNow() - since).ShouldBe(Patience);
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

    [Theory]
    [InlineData(5, 0)]
    [InlineData(15, 0)]
    [InlineData(60, 0)]
    [InlineData(60, 90)]
    [InlineData(15, -90)]
    public void DeliverAsync_WhenTwoSendersAreAtWorkAtOnce_PostsOnce(int answersWithin, int secondsAhead) =>
        TurnFixture.Run(async fixture =>
    {
        fixture.Channel.AnswersWithin = TimeSpan.FromSeconds(answersWithin);
        fixture.Channel.Plans.Enqueue(PostPlan.TakeLate);
        fixture.Channel.Pass = time => Task.Delay(time, fixture.Clock);
        var first = DeliverOnceAsync(fixture);

        (await DeliverAsync(fixture, clock: new ClockAhead(fixture.Clock, TimeSpan.FromSeconds(secondsAhead)))).State.ShouldBe(
            OutboxState.Delivered);

        await Should.ThrowAsync<Holdfast.Storage.StorageUnavailableException>(() => first);
        fixture.Channel.Posts.ShouldHaveSingleItem();
    });

    private static readonly TimeSpan Patience = TurnDecider.LongestPauseInside;

    /// <summary>To its end, with the pauses that an orchestration would make.</summary>
    private static async Task<OutboxRecord> DeliverAsync(
        TurnFixture fixture, string text = "the answer", TurnEnding ending = TurnEnding.Replied, TimeProvider? clock = null)
    {
        while (true)
        {
            var delivered = await DeliverOnceAsync(fixture, text, ending, clock);
            if (delivered is not { State: OutboxState.Sending, RetryAt: { } retryAt })
            {
                return delivered;
            }

            await fixture.PassAsync(retryAt - (clock ?? fixture.Clock).GetUtcNow());
        }
    }

    private static Task<OutboxRecord> DeliverOnceAsync(
        TurnFixture fixture, string text = "the answer", TurnEnding ending = TurnEnding.Replied, TimeProvider? clock = null) =>
        new Deliverer(
            fixture.Start().Outbox, new OneChannel(fixture.Channel), fixture.Ids, clock ?? fixture.Clock, fixture.Log.For<Deliverer>())
            .DeliverAsync(
            new OutboxRecord(TurnFixture.RunOf("a"), TurnFixture.Key, ending, new ReplyTarget.Slack("C1", null), text) { Attempts = 1 },
            fixture.Clock.GetUtcNow(),
            Patience,
            CancellationToken.None);

    /// <summary>Another machine's clock.</summary>
    private sealed class ClockAhead(TimeProvider clock, TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => clock.GetUtcNow() + by;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            clock.CreateTimer(callback, state, dueTime, period);
    }
}
