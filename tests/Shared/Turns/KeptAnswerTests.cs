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
    [InlineData(BlobVerb.Read, true, StepEnding.Detached)]
    [InlineData(BlobVerb.Create, true, StepEnding.Detached)]
    public void RunAsync_WhenStorageFailsForLongAtTheEnd_HoldsOnToTheAnswer(BlobVerb failing, bool isTakenOver, StepEnding ending) =>
        TurnFixture.Run(async fixture =>
    {
        var until = DateTimeOffset.MaxValue;
        var isOut = false;
        fixture.Model.Then(
            SimulatedModel.Delta("the whole answer"),
            new Act.Call(async () =>
            {
                await (isTakenOver ? fixture.ForeignTurnAsync() : Task.CompletedTask);
                (isOut, until) = (true, fixture.Clock.GetUtcNow() + Outage);
            }),
            SimulatedModel.Stop());
        await fixture.AcceptAsync("m1");
        var process = fixture.Start(new BlobTap
        {
            Plan = (call, _) => isOut && call.Verb == failing && fixture.Clock.GetUtcNow() < until ? TapAction.FaultBefore : TapAction.Pass,
        });
        var turn = await TurnFixture.OpenAsync(process);

        var report = await process.StepAsync(turn);

        (report.Ending, fixture.Model.Requests.Count).ShouldBe((ending, 1));
        fixture.Clock.GetUtcNow().ShouldBeGreaterThanOrEqualTo(until);
        (await fixture.NamesAsync("outbox/")).Count.ShouldBe(isTakenOver ? 1 : 0);
    });

    [Fact]
    public void RunAsync_WhenStorageFailsUntilTheDeadline_EndsWithTheFault() => TurnFixture.Run(async fixture =>
    {
        await fixture.AcceptAsync("m1");
        var process = fixture.Start(new BlobTap
        {
            Plan = (call, _) => fixture.Model.Requests.Count > 0 && call.Verb == BlobVerb.Append ? TapAction.FaultBefore : TapAction.Pass,
        });
        var turn = await TurnFixture.OpenAsync(process);

        await Should.ThrowAsync<StorageUnavailableException>(() => process.StepAsync(turn));

        (fixture.Clock.GetUtcNow() - turn.DeadlineAt).ShouldBeInRange(TimeSpan.Zero, TimeSpan.FromMinutes(1));
    });

    [Fact]
    public void RunAsync_WhenTheSuccessorLosesTheSessionToo_TheZombieDetachesItsOwnAnswer() => TurnFixture.Run(async fixture =>
    {
        fixture.Model.Then(SimulatedModel.Delta("the whole answer"), new Act.Call(() => SucceededAsync(fixture)), SimulatedModel.Stop());
        await fixture.AcceptAsync("m1");
        var process = fixture.Start();
        var turn = await TurnFixture.OpenAsync(process);

        var zombie = process.StepAsync(turn);
        await fixture.PassAsync(TimeSpan.FromMilliseconds(500));
        zombie.IsCompleted.ShouldBeFalse("it waits for its successor");
        await fixture.ForeignTurnAsync();

        (await zombie).Ending.ShouldBe(StepEnding.Detached);
        var intent = (await process.Outbox.FindAsync(turn.RunId.Turn, CancellationToken.None)).ShouldNotBeNull();
        intent.Record.Text.ShouldBe(TurnNotices.BesideTheMainLine + "the whole answer");
    });

    [Fact]
    public void RunAsync_WhenAnEntryWasLeftTwiceUnderOneDelivery_ItStandsOnce() => TurnFixture.Run(async fixture =>
    {
        var line = TurnFixture.Lines(Lines.CustomMessage(Lines.By("cron", EntrySource.Side)));
        for (var second = 0; second < 2; second++)
        {
            await fixture.Start().Inbox.AddSideEntryAsync(
                TurnFixture.Key, DeliveryId.Parse("note"), fixture.Clock.GetUtcNow()
                    + TimeSpan.FromSeconds(second), line, CancellationToken.None);
        }

        await fixture.AcceptAsync("m1");

        await new SimulatedOrchestration(fixture).RunAsync();

        fixture.Entries().OfType<TranscriptEntry.CustomMessage>().ShouldHaveSingleItem();
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    private static async Task SucceededAsync(TurnFixture fixture)
    {
        using var successor = await fixture.Start().ClaimAsync(TurnFixture.RunOf("m1"), TurnFixture.Session);
    }
}
