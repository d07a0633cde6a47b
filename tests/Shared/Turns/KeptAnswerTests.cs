using Holdfast.Inbox;
using Holdfast.Storage;
using Holdfast.Transcripts;
using Holdfast.Turns;
using Holdfast.Turns.Steps;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Turns;

/// <summary>An answer that was computed is not thrown away, whatever storage does when it is to be written down (I5).</summary>
public sealed class KeptAnswerTests
{
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(90);

    [Theory]
    [InlineData(BlobVerb.Append, false, StepEnding.Answered)]
    [InlineData(BlobVerb.Read, true, StepEnding.Parked)]
    [InlineData(BlobVerb.Create, true, StepEnding.Parked)]
    public void RunAsync_WhenStorageFailsForLongAtTheEnd_HoldsOnToTheAnswer(BlobVerb failing, bool isTakenOver, StepEnding ending) => TurnRig.Run(async rig =>
    {
        var until = DateTimeOffset.MaxValue;
        var isOut = false;
        rig.Model.Then(
            PlayedModel.Delta("the whole answer"),
            new Act.Call(async () =>
            {
                await (isTakenOver ? rig.ForeignTurnAsync() : Task.CompletedTask);
                (isOut, until) = (true, rig.Clock.GetUtcNow() + Outage);
            }),
            PlayedModel.Stop());
        await rig.AcceptAsync("m1");
        var process = rig.Start(new BlobTap
        {
            Plan = (call, _) => isOut && call.Verb == failing && rig.Clock.GetUtcNow() < until ? TapAction.FaultBefore : TapAction.Pass,
        });
        var turn = await TurnRig.OpenAsync(process);

        var report = await process.StepAsync(turn);

        (report.Ending, rig.Model.Requests.Count).ShouldBe((ending, 1));
        rig.Clock.GetUtcNow().ShouldBeGreaterThanOrEqualTo(until);
        (await rig.NamesAsync("outbox/")).Count.ShouldBe(isTakenOver ? 1 : 0);
    });

    [Fact]
    public void RunAsync_WhenStorageFailsUntilTheDeadline_EndsWithTheFault() => TurnRig.Run(async rig =>
    {
        await rig.AcceptAsync("m1");
        var process = rig.Start(new BlobTap
        {
            Plan = (call, _) => rig.Model.Requests.Count > 0 && call.Verb == BlobVerb.Append ? TapAction.FaultBefore : TapAction.Pass,
        });
        var turn = await TurnRig.OpenAsync(process);

        await Should.ThrowAsync<StorageUnavailableException>(() => process.StepAsync(turn));

        (rig.Clock.GetUtcNow() - turn.DeadlineAt).ShouldBeInRange(TimeSpan.Zero, TimeSpan.FromMinutes(1));
    });

    [Fact]
    public void RunAsync_WhenTheSuccessorLosesTheSessionToo_TheZombieParksItsOwnAnswer() => TurnRig.Run(async rig =>
    {
        rig.Model.Then(PlayedModel.Delta("the whole answer"), new Act.Call(() => SucceededAsync(rig)), PlayedModel.Stop());
        await rig.AcceptAsync("m1");
        var process = rig.Start();
        var turn = await TurnRig.OpenAsync(process);

        var zombie = process.StepAsync(turn);
        await rig.PassAsync(TimeSpan.FromMilliseconds(500));
        zombie.IsCompleted.ShouldBeFalse("it waits for its successor");
        await rig.ForeignTurnAsync();

        (await zombie).Ending.ShouldBe(StepEnding.Parked);
        (await process.Outbox.FindAsync(turn.Run().Turn, CancellationToken.None))!.Record.Text.ShouldBe(TurnNotices.BesideTheMainLine + "the whole answer");
    });

    [Fact]
    public void RunAsync_WhenAnEntryWasLeftTwiceUnderOneDelivery_ItStandsOnce() => TurnRig.Run(async rig =>
    {
        var line = TurnRig.Lines(Lines.CustomMessage(Lines.By("cron", EntrySource.Side)));
        for (var second = 0; second < 2; second++)
        {
            await rig.Start().Inbox.AddSideEntryAsync(
                TurnRig.Key, DeliveryId.Parse("note"), rig.Clock.GetUtcNow() + TimeSpan.FromSeconds(second), line, CancellationToken.None);
        }

        await rig.AcceptAsync("m1");

        await new PlayedOrchestration(rig).RunAsync();

        rig.Entries().OfType<TranscriptEntry.CustomMessage>().ShouldHaveSingleItem();
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    private static async Task SucceededAsync(TurnRig rig)
    {
        using var successor = await rig.Start().ClaimAsync(TurnRig.RunOf("m1"), TurnRig.Session);
    }
}
