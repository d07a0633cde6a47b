using Holdfast.Delivery;
using Holdfast.Inbox;
using Holdfast.Storage;
using Holdfast.Transcripts;
using Holdfast.Turns;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Turns;

/// <summary>An execution that dies opens its turn again: the same one, with the same deadline, whatever came meanwhile.</summary>
public sealed class ReopenedTurnTests
{
    [Fact]
    public void RunAsync_WhenAnOlderMessageComesBeforeTheNextExecution_TheTurnThatWasBegunGoesOn() => TurnFixture.Run(async fixture =>
    {
        var tap = new BlobTap { Plan = (call, _) => IsStreaming(fixture, call.Verb) ? TapAction.CrashBefore : TapAction.Pass };
        fixture.Model.Then(
                SimulatedModel.Delta("half "), new Act.Wait(TimeSpan.FromSeconds(3)), new Act.Call(
                    () => AcceptOlderAsync(fixture)), SimulatedModel.Delta("lost"),
                new Act.Wait(TimeSpan.FromSeconds(3)), SimulatedModel.Stop())
            .Then(SimulatedModel.Text("answer to m1")).Then(SimulatedModel.Text("answer to older"));
        await fixture.AcceptAsync("m1");
        var orchestration = new SimulatedOrchestration(fixture, tap);

        var receipts = await orchestration.RunAsync();

        receipts.Select(receipt => (receipt.RunId, receipt.Ending)).ShouldBe(
            [(TurnFixture.RunOf("m1"), TurnEnding.Replied), (TurnFixture.RunOf("older"), TurnEnding.Replied)]);
        receipts.ShouldAllBe(receipt => !receipt.Tally.Verdicts.ContainsKey("takeover"));
        fixture.Channel.Posts.Select(post => post.Text).ShouldBe(["answer to m1", "answer to older"]);
        await TurnInvariants.CheckAsync(fixture, "m1");
        await TurnInvariants.CheckAsync(fixture, "older");
    });

    [Fact]
    public void RunAsync_WhenItsExecutionsDieAgainAndAgain_TheDeadlineOfTheFirstHolds() => TurnFixture.Run(async fixture =>
    {
        fixture.Agent = fixture.Agent with { TurnDeadline = TimeSpan.FromMinutes(4) };
        Act[] slow =
        [
            .. Enumerable.Repeat<Act[]>([SimulatedModel.Delta("on "), new Act.Wait(TimeSpan.FromSeconds(30))], 6).SelectMany(acts => acts),
            SimulatedModel.Stop(),
        ];
        fixture.Model.Then(slow).Then(slow);
        await fixture.AcceptAsync("m1");
        var begun = fixture.Clock.GetUtcNow();
        var tap = new BlobTap
        {
            Plan = (_, _) => fixture.Clock.GetUtcNow() > begun + TimeSpan.FromMinutes(2) ? TapAction.CrashBefore : TapAction.Pass,
        };

        var receipt = (await new SimulatedOrchestration(fixture, tap).RunAsync()).ShouldHaveSingleItem();

        receipt.Ending.ShouldBe(TurnEnding.Failed);
        (receipt.FinishedAt - begun).ShouldBeLessThan(TimeSpan.FromMinutes(5));
        fixture.Channel.Posts.ShouldHaveSingleItem().Text.ShouldContain("deadline");
    });

    [Fact]
    public void AnswerAsync_WhenTheOrchestrationThatBeganTheTurnWasTerminated_TellsWhoAsked() => TurnFixture.Run(async fixture =>
    {
        fixture.Model.Then(
            SimulatedModel.Delta("half "), new Act.Wait(TimeSpan.FromSeconds(3)), SimulatedModel.Delta("lost"), SimulatedModel.Stop());
        await fixture.AcceptAsync("m1", "first");
        await fixture.AcceptAsync("m2", "second");
        var begun = new TurnCourse(TurnFixture.Key, "terminated", null, IsTerminated: false);
        var tap = new BlobTap { Plan = (call, _) => IsStreaming(fixture, call.Verb) ? TapAction.CrashBefore : TapAction.Pass };
        await Should.ThrowAsync<CrashException>(() => fixture.Start(tap).Runner.AnswerAsync(begun, CancellationToken.None));

        var next = await fixture.Start().Runner.AnswerAsync(
            new TurnCourse(TurnFixture.Key, "next", "terminated", IsTerminated: true), CancellationToken.None);
        var after = await fixture.Start().Runner.AnswerAsync(
            new TurnCourse(TurnFixture.Key, "next", "terminated", IsTerminated: true), CancellationToken.None);

        (next.Next, next.Ending, next.HasMore).ShouldBe((TurnMove.End, TurnEnding.Terminated, true));
        (after.Ending, after.HasMore).ShouldBe((TurnEnding.Replied, false));
        fixture.Channel.Posts.Count.ShouldBe(2);
        fixture.Channel.Posts[0].Text.ShouldContain("operator ended");
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    private static bool IsStreaming(TurnFixture fixture, BlobVerb verb) =>
        verb == BlobVerb.Append && fixture.Entries().Any(entry => entry is TranscriptEntry.StreamedText);

    private static Task<AcceptOutcome> AcceptOlderAsync(TurnFixture fixture) => fixture.Start().Inbox.AcceptAsync(
        fixture.Message("older", "an older question") with { AcceptedAt = fixture.Clock.GetUtcNow() - TimeSpan.FromMinutes(1) },
        CancellationToken.None);
}
