using Holdfast.Outbox;
using Holdfast.Storage;
using Holdfast.Tests.Turns;
using Holdfast.Transcripts;
using Holdfast.Turns;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Outbox;

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
            TurnRig.Run(rig => FinishAsync(rig, new BlobTap { Plan = (_, call) => call == number ? (TapAction)action : TapAction.Pass }));
        }
    }

    [Theory]
    [InlineData((int)PostPlan.TakeAndCrash)]
    [InlineData((int)PostPlan.TakeAndLoseAnswer)]
    [InlineData((int)PostPlan.Lose)]
    [InlineData((int)PostPlan.RateLimit)]
    public void FinishAsync_WhenThePostGoesWrong_PostsOnce(int plan) => TurnRig.Run(rig =>
    {
        rig.Channel.Plans.Enqueue((PostPlan)plan);
        return FinishAsync(rig, new BlobTap());
    });

    [Fact]
    public void FinishAsync_WhenThePlatformWantsAnHour_TheOrchestrationWaitsAndTheReplyIsDeliveredAfterTheDeadline() => TurnRig.Run(async rig =>
    {
        rig.Channel.Plans.Enqueue(PostPlan.RateLimit);
        rig.Channel.RetryAfter = TimeSpan.FromHours(1);
        await rig.AcceptAsync("m1");
        await rig.AcceptAsync("m2", "and then?");
        var orchestration = new PlayedOrchestration(rig);

        (await orchestration.RunAsync()).Select(receipt => receipt.Ending).ShouldBe([TurnEnding.Replied, TurnEnding.Replied]);

        orchestration.Pauses.ShouldBe([TimeSpan.FromHours(1)]);
        rig.Model.Requests.Count.ShouldBe(2, "the answer stood");
        (rig.Channel.PostCalls, rig.Channel.Lookups).ShouldBe((3, 0));
        await TurnInvariants.CheckAsync(rig, "m1");
        await TurnInvariants.CheckAsync(rig, "m2");
    });

    [Fact]
    public void FinishAsync_WhenThePlatformRefuses_IsUndeliverableAndTheTextIsKept() => TurnRig.Run(async rig =>
    {
        rig.Channel.Plans.Enqueue(PostPlan.Refuse);
        await rig.AcceptAsync("m1");

        (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Undeliverable);

        (await rig.Start().Outbox.FindAsync(TurnRig.Delivery("m1").Turn, CancellationToken.None))!.Record.Text.ShouldBe("the answer");
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    [Fact]
    public void FinishAsync_WhenTheModelsLimitCutTheAnswer_TheReplySaysSo() => TurnRig.Run(async rig =>
    {
        rig.Model.Then(PlayedModel.Delta("half of it"), PlayedModel.Stop("max_tokens"));
        await rig.AcceptAsync("m1");

        (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        rig.Channel.Posts.ShouldHaveSingleItem().Text.ShouldBe("half of it" + TurnNotices.CutAtTheLimit);
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    [Fact]
    public void FinishAsync_WhenRunTwiceAtOnce_PostsOnce() => TurnRig.Run(async rig =>
    {
        var turn = await AnsweredAsync(rig);
        var request = new FinishRequest(turn, TurnEnding.Replied, 0, null, TurnTally.Zero);
        await Task.WhenAll(FinishQuietlyAsync(rig, request), FinishQuietlyAsync(rig, request));
        await new PlayedOrchestration(rig).FinishAsync(turn, TurnEnding.Replied, 0, null);

        rig.Channel.Posts.ShouldHaveSingleItem();
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    [Fact]
    public void FinishAsync_WhenItNotesTheDelivery_ItsSequenceGoesOnWhereTheStepStopped() => TurnRig.Run(async rig =>
    {
        var turn = await AnsweredAsync(rig);

        await rig.Start().Finisher.FinishAsync(new FinishRequest(turn, TurnEnding.Replied, 0, null, TurnTally.Zero), CancellationToken.None);

        rig.Entries().Select(entry => (entry.Stamp!.Epoch, entry.Stamp.Seq)).ShouldBe([(1L, 1L), (1L, 2L), (1L, 3L)]);
    });

    [Fact]
    public void S21_WhenTheFinisherDiesBeforeTheLeaseIsLetGo_ItsNextExecutionLetsItGo() => TurnRig.Run(async rig =>
    {
        var turn = await AnsweredAsync(rig);
        var tap = new BlobTap { Plan = (call, _) => call.Verb == Holdfast.Storage.BlobVerb.ReleaseLease ? TapAction.CrashBefore : TapAction.Pass };

        await new PlayedOrchestration(rig, tap).FinishAsync(turn, TurnEnding.Replied, 0, null);

        (await rig.Outside.ReadAsync(TurnRig.Segment, 0, 0, CancellationToken.None))!.IsLeased.ShouldBeFalse();
    });

    private static async Task FinishAsync(TurnRig rig, BlobTap tap)
    {
        var turn = await AnsweredAsync(rig);

        await new PlayedOrchestration(rig, tap).FinishAsync(turn, TurnEnding.Replied, 0, null);

        rig.Channel.Posts.ShouldHaveSingleItem();
        rig.Entries().OfType<TranscriptEntry.Custom>().Count(entry => entry.CustomType == "holdfast/delivery").ShouldBe(1);
        (await rig.Outside.ReadAsync(TurnRig.Segment, 0, 0, CancellationToken.None))!.IsLeased.ShouldBeFalse("the next turn starts at once");
        await TurnInvariants.CheckAsync(rig, "m1");
    }

    private static async Task<TurnReference> AnsweredAsync(TurnRig rig)
    {
        await rig.AcceptAsync("m1");
        var turn = await TurnRig.OpenAsync(rig.Start());
        await rig.Start().StepAsync(turn);
        return turn;
    }

    [Fact]
    public void AnswerAsync_WhenARenewalIsDueAfterTheLeaseWasLetGo_LeavesItFree() => TurnRig.Run(async rig =>
    {
        var tap = new BlobTap();
        tap.HoldBefore = (call, _) => call.Verb == BlobVerb.List && tap.CountOf(BlobVerb.ReleaseLease) > 0 ? rig.PassAsync(TimeSpan.FromSeconds(50)) : null;
        await rig.AcceptAsync("m1");

        (await new PlayedOrchestration(rig, tap).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        (await rig.Outside.ReadAsync(TurnRig.Segment, 0, 0, CancellationToken.None))!.IsLeased.ShouldBeFalse();
    });

    private static async Task FinishQuietlyAsync(TurnRig rig, FinishRequest request)
    {
        try
        {
            await rig.Start().Finisher.FinishAsync(request, CancellationToken.None);
        }
        catch (Holdfast.Storage.StorageUnavailableException)
        {
            // The other one was at work; the engine runs it again.
        }
    }
}
