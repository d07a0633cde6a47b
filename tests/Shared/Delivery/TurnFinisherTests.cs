using Holdfast.Delivery;
using Holdfast.Storage;
using Holdfast.Tests.Turns;
using Holdfast.Transcripts;
using Holdfast.Turns;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Delivery;

public sealed class TurnFinisherTests
{
    [Theory]
    [InlineData((int)TapAction.CrashBefore)]
    [InlineData((int)TapAction.CrashAfter)]
    public void FinishAsync_WhenKilledAtAnyBlobCall_PostsOnceAndLeavesNothing(int action)
    {
        for (var at = 1; at <= 12; at++)
        {
            var number = at;
            TurnFixture.Run(
                fixture => FinishAsync(fixture, new BlobTap { Plan = (_, call) => call == number ? (TapAction)action : TapAction.Pass }));
        }
    }

    [Theory]
    [InlineData((int)PostPlan.TakeAndCrash)]
    [InlineData((int)PostPlan.TakeAndLoseAnswer)]
    [InlineData((int)PostPlan.Lose)]
    [InlineData((int)PostPlan.RateLimit)]
    public void FinishAsync_WhenThePostGoesWrong_PostsOnce(int plan) => TurnFixture.Run(fixture =>
    {
        fixture.Channel.Plans.Enqueue((PostPlan)plan);
        return FinishAsync(fixture, new BlobTap());
    });

    [Fact]
    public void FinishAsync_WhenThePlatformWantsAnHour_TheOrchestrationWaitsAndTheReplyIsDeliveredAfterTheDeadline() =>
        TurnFixture.Run(async fixture =>
    {
        fixture.Channel.Plans.Enqueue(PostPlan.RateLimit);
        fixture.Channel.RetryAfter = TimeSpan.FromHours(1);
        await fixture.AcceptAsync("m1");
        await fixture.AcceptAsync("m2", "and then?");
        var orchestration = new SimulatedOrchestration(fixture);

        (await orchestration.RunAsync()).Select(receipt => receipt.Ending).ShouldBe([TurnEnding.Replied, TurnEnding.Replied]);

        orchestration.Pauses.ShouldBe([TimeSpan.FromHours(1)]);
        fixture.Model.Requests.Count.ShouldBe(2, "the answer stood");
        (fixture.Channel.PostCalls, fixture.Channel.Lookups).ShouldBe((3, 0));
        await TurnInvariants.CheckAsync(fixture, "m1");
        await TurnInvariants.CheckAsync(fixture, "m2");
    });

    [Fact]
    public void FinishAsync_WhenThePlatformRefuses_IsUndeliverableAndTheTextIsKept() => TurnFixture.Run(async fixture =>
    {
        fixture.Channel.Plans.Enqueue(PostPlan.Refuse);
        await fixture.AcceptAsync("m1");

        (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Undeliverable);

        (await fixture.Start().Outbox.FindAsync(TurnFixture.Delivery("m1").Turn, CancellationToken.None))!.Record.Text.ShouldBe(
            "the answer");
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    [Fact]
    public void FinishAsync_WhenTheModelsLimitCutTheAnswer_TheReplySaysSo() => TurnFixture.Run(async fixture =>
    {
        fixture.Model.Then(SimulatedModel.Delta("half of it"), SimulatedModel.Stop("max_tokens"));
        await fixture.AcceptAsync("m1");

        (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        fixture.Channel.Posts.ShouldHaveSingleItem().Text.ShouldBe("half of it" + TurnNotices.CutAtTheLimit);
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    [Fact]
    public void FinishAsync_WhenRunTwiceAtOnce_PostsOnce() => TurnFixture.Run(async fixture =>
    {
        var turn = await AnsweredAsync(fixture);
        var request = new FinishRequest(turn, TurnEnding.Replied, 0, null, TurnTally.Zero);
        await Task.WhenAll(FinishQuietlyAsync(fixture, request), FinishQuietlyAsync(fixture, request));
        await new SimulatedOrchestration(fixture).FinishAsync(turn, TurnEnding.Replied, 0, null);

        fixture.Channel.Posts.ShouldHaveSingleItem();
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    [Fact]
    public void FinishAsync_WhenItNotesTheDelivery_ItsSequenceGoesOnWhereTheStepStopped() => TurnFixture.Run(async fixture =>
    {
        var turn = await AnsweredAsync(fixture);

        await fixture.Start().Finisher.FinishAsync(
            new FinishRequest(turn, TurnEnding.Replied, 0, null, TurnTally.Zero), CancellationToken.None);

        fixture.Entries().Select(entry => (entry.Provenance!.Epoch, entry.Provenance.Seq)).ShouldBe([(1L, 1L), (1L, 2L), (1L, 3L)]);
    });

    [Fact]
    public void S21_WhenTheFinisherDiesBeforeTheLeaseIsLetGo_ItsNextExecutionLetsItGo() => TurnFixture.Run(async fixture =>
    {
        var turn = await AnsweredAsync(fixture);
        var tap = new BlobTap
        {
            Plan = (call, _) => call.Verb == Holdfast.Storage.BlobVerb.ReleaseLease ? TapAction.CrashBefore : TapAction.Pass,
        };

        await new SimulatedOrchestration(fixture, tap).FinishAsync(turn, TurnEnding.Replied, 0, null);

        (await fixture.Outside.ReadAsync(TurnFixture.Segment, 0, 0, CancellationToken.None))!.IsLeased.ShouldBeFalse();
    });

    private static async Task FinishAsync(TurnFixture fixture, BlobTap tap)
    {
        var turn = await AnsweredAsync(fixture);

        await new SimulatedOrchestration(fixture, tap).FinishAsync(turn, TurnEnding.Replied, 0, null);

        fixture.Channel.Posts.ShouldHaveSingleItem();
        fixture.Entries().OfType<TranscriptEntry.Custom>().Count(entry => entry.CustomType == "holdfast/delivery").ShouldBe(1);
        (await fixture.Outside.ReadAsync(TurnFixture.Segment, 0, 0, CancellationToken.None))!.IsLeased.ShouldBeFalse(
            "the next turn starts at once");
        await TurnInvariants.CheckAsync(fixture, "m1");
    }

    private static async Task<TurnReference> AnsweredAsync(TurnFixture fixture)
    {
        await fixture.AcceptAsync("m1");
        var turn = await TurnFixture.OpenAsync(fixture.Start());
        await fixture.Start().StepAsync(turn);
        return turn;
    }

    [Fact]
    public void AnswerAsync_WhenARenewalIsDueAfterTheLeaseWasLetGo_LeavesItFree() => TurnFixture.Run(async fixture =>
    {
        var tap = new BlobTap();
        tap.HoldBefore = (call, _) =>
            call.Verb == BlobVerb.List && tap.CountOf(BlobVerb.ReleaseLease) > 0 ? fixture.PassAsync(TimeSpan.FromSeconds(50)) : null;
        await fixture.AcceptAsync("m1");

        (await new SimulatedOrchestration(fixture, tap).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        (await fixture.Outside.ReadAsync(TurnFixture.Segment, 0, 0, CancellationToken.None))!.IsLeased.ShouldBeFalse();
    });

    private static async Task FinishQuietlyAsync(TurnFixture fixture, FinishRequest request)
    {
        try
        {
            await fixture.Start().Finisher.FinishAsync(request, CancellationToken.None);
        }
        catch (Holdfast.Storage.StorageUnavailableException)
        {
            // The other one was at work; the engine runs it again.
        }
    }
}
