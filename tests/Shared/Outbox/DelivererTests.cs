using Holdfast.Inbox;
using Holdfast.Outbox;
using Holdfast.Tests.Turns;
using Holdfast.Turns;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Outbox;

public sealed class DelivererTests
{
    [Theory]
    [InlineData((int)PostPlan.TakeAndLoseAnswer, 1)]
    [InlineData((int)PostPlan.Lose, 2)]
    public void S44_WhenTheAnswerToAPostIsLost_ItIsLookedUpBeforeItIsSentAgain(int plan, int calls) => TurnRig.Run(async rig =>
    {
        rig.Channel.Plans.Enqueue((PostPlan)plan);

        (await DeliverAsync(rig)).State.ShouldBe(OutboxState.Delivered);

        rig.Channel.Posts.ShouldHaveSingleItem();
        rig.Channel.PostCalls.ShouldBe(calls);
        rig.Channel.Lookups.ShouldBe(1);
    });

    [Theory]
    [InlineData(6)]
    [InlineData(3600)]
    public void DeliverAsync_WhenThePauseIsLongerThanItsPatience_GivesItBackAtOnceAndNothingIsInDoubt(int seconds) => TurnRig.Run(async rig =>
    {
        rig.Channel.Plans.Enqueue(PostPlan.RateLimit);
        rig.Channel.RetryAfter = TimeSpan.FromSeconds(seconds);
        var since = rig.Clock.GetUtcNow();

        var putOff = await DeliverOnceAsync(rig);

        rig.Clock.GetUtcNow().ShouldBe(since);
        (putOff.State, putOff.RetryAt).ShouldBe((OutboxState.Sending, since + rig.Channel.RetryAfter));
        await rig.PassAsync(rig.Channel.RetryAfter);
        (await DeliverOnceAsync(rig)).State.ShouldBe(OutboxState.Delivered);
        (rig.Channel.PostCalls, rig.Channel.Lookups).ShouldBe((2, 0));
        rig.Clock.GetUtcNow().ShouldBe(since + rig.Channel.RetryAfter, "a sender that stopped with nothing on its way is not waited for");
    });

    [Fact]
    public void DeliverAsync_BeforeThePauseIsOver_CallsThePlatformNotEvenByAnotherSender() => TurnRig.Run(async rig =>
    {
        rig.Channel.Plans.Enqueue(PostPlan.RateLimit);
        var first = await DeliverOnceAsync(rig);
        await rig.PassAsync(TimeSpan.FromSeconds(20));

        (await DeliverOnceAsync(rig)).RetryAt.ShouldBe(first.RetryAt);

        rig.Channel.PostCalls.ShouldBe(1);
        await rig.PassAsync(TimeSpan.FromSeconds(7));
        (await DeliverOnceAsync(rig)).State.ShouldBe(OutboxState.Delivered, "three seconds are waited for");
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void DeliverAsync_WhenALookIsRateLimited_LooksAgainAfterThePause(bool stands) => TurnRig.Run(async rig =>
    {
        rig.Channel.Plans.Enqueue(stands ? PostPlan.TakeAndLoseAnswer : PostPlan.Lose);
        rig.Channel.LaterLooks = 1;

        (await DeliverAsync(rig)).State.ShouldBe(OutboxState.Delivered);

        rig.Channel.Posts.ShouldHaveSingleItem();
        rig.Channel.Lookups.ShouldBe(2);
    });

    [Fact]
    public void DeliverAsync_WhenThePlatformWantsDays_AsksAgainAfterAnHour() => TurnRig.Run(async rig =>
    {
        rig.Channel.Plans.Enqueue(PostPlan.RateLimit);
        rig.Channel.RetryAfter = TimeSpan.FromDays(10);

        (await DeliverOnceAsync(rig)).RetryAt.ShouldBe(rig.Clock.GetUtcNow() + TimeSpan.FromHours(1));
    });

    [Fact]
    public void DeliverAsync_WhenThePauseIsShort_WaitsHere() => TurnRig.Run(async rig =>
    {
        rig.Channel.Plans.Enqueue(PostPlan.RateLimit);
        rig.Channel.RetryAfter = Patience;
        var since = rig.Clock.GetUtcNow();

        (await DeliverOnceAsync(rig)).State.ShouldBe(OutboxState.Delivered);

        (rig.Clock.GetUtcNow() - since).ShouldBe(Patience);
    });

    [Fact]
    public void DeliverAsync_WhenRateLimited_WaitsAsLongAsItIsTold() => TurnRig.Run(async rig =>
    {
        rig.Channel.Plans.Enqueue(PostPlan.RateLimit);
        var since = rig.Clock.GetUtcNow();

        (await DeliverAsync(rig)).State.ShouldBe(OutboxState.Delivered);

        (rig.Clock.GetUtcNow() - since).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(30));
        rig.Channel.Posts.ShouldHaveSingleItem();
    });

    [Fact]
    public void DeliverAsync_WhenRefused_IsRefusedForGood() => TurnRig.Run(async rig =>
    {
        rig.Channel.Plans.Enqueue(PostPlan.Refuse);

        (await DeliverAsync(rig)).Refusal.ShouldBe("channel_not_found");
        (await DeliverAsync(rig)).State.ShouldBe(OutboxState.Refused);
        rig.Channel.PostCalls.ShouldBe(1);
    });

    [Fact]
    public void DeliverAsync_WhenTheProcessDiesAfterEachPart_ResumesAtTheNext() => TurnRig.Run(async rig =>
    {
        rig.Channel.MaxCharacters = 4;
        for (var part = 0; part < 3; part++)
        {
            rig.Channel.Plans.Enqueue(PostPlan.TakeAndCrash);
        }

        for (var time = 0; time < 3; time++)
        {
            await Should.ThrowAsync<CrashException>(() => DeliverAsync(rig));
        }

        (await DeliverAsync(rig)).Posted.Length.ShouldBe(3);
        rig.Channel.Posts.Select(post => post.Text).ShouldBe(["the ", "answ", "er"]);
    });

    [Fact]
    public void S37_WhenAReplyAndANoticeAreBothTried_TheFirstIntentAloneGoesOut() => TurnRig.Run(async rig =>
    {
        var reply = await DeliverAsync(rig);
        var notice = await DeliverAsync(rig, "a notice", TurnEnding.Failed);

        notice.ShouldBe(reply with { Posted = notice.Posted });
        rig.Channel.Posts.ShouldHaveSingleItem().Text.ShouldBe("the answer");
        reply.Posted.ShouldHaveSingleItem("delivered means the platform's own receipt");
    });

    [Fact]
    public void DeliverAsync_WhenThePlatformNeverAnswers_SaysThatItIsUnfinished() => TurnRig.Run(async rig =>
    {
        for (var time = 0; time < 20; time++)
        {
            rig.Channel.Plans.Enqueue(PostPlan.Lose);
        }

        await Should.ThrowAsync<DeliveryUnfinishedException>(() => DeliverAsync(rig));
    });

    [Theory]
    [InlineData(5, 0)]
    [InlineData(15, 0)]
    [InlineData(60, 0)]
    [InlineData(60, 90)]
    [InlineData(15, -90)]
    public void DeliverAsync_WhenTwoSendersAreAtWorkAtOnce_PostsOnce(int answersWithin, int secondsAhead) => TurnRig.Run(async rig =>
    {
        rig.Channel.AnswersWithin = TimeSpan.FromSeconds(answersWithin);
        rig.Channel.Plans.Enqueue(PostPlan.TakeLate);
        rig.Channel.Pass = time => Task.Delay(time, rig.Clock);
        var first = DeliverOnceAsync(rig);

        (await DeliverAsync(rig, clock: new ClockAhead(rig.Clock, TimeSpan.FromSeconds(secondsAhead)))).State.ShouldBe(OutboxState.Delivered);

        await Should.ThrowAsync<Holdfast.Storage.StorageUnavailableException>(() => first);
        rig.Channel.Posts.ShouldHaveSingleItem();
    });

    private static readonly TimeSpan Patience = TurnDecider.LongestPauseInside;

    /// <summary>To its end, with the pauses that an orchestration would make.</summary>
    private static async Task<OutboxRecord> DeliverAsync(
        TurnRig rig, string text = "the answer", TurnEnding ending = TurnEnding.Replied, TimeProvider? clock = null)
    {
        while (true)
        {
            var delivered = await DeliverOnceAsync(rig, text, ending, clock);
            if (delivered is not { State: OutboxState.Sending, RetryAt: { } retryAt })
            {
                return delivered;
            }

            await rig.PassAsync(retryAt - (clock ?? rig.Clock).GetUtcNow());
        }
    }

    private static Task<OutboxRecord> DeliverOnceAsync(
        TurnRig rig, string text = "the answer", TurnEnding ending = TurnEnding.Replied, TimeProvider? clock = null) =>
        new Deliverer(rig.Start().Outbox, new OneChannel(rig.Channel), rig.Ids, clock ?? rig.Clock, rig.Log.For<Deliverer>()).DeliverAsync(
            new OutboxRecord(
                TurnRig.RunOf("a").Turn.Value, TurnRig.RunOf("a").Value, TurnRig.Key.Value, ending, new ReplyTarget.Slack("C1", null), text, OutboxState.Sending, 1, [], null),
            rig.Clock.GetUtcNow(),
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
