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
    public void RunAsync_WhenAnOlderMessageComesBeforeTheNextExecution_TheTurnThatWasBegunGoesOn() => TurnRig.Run(async rig =>
    {
        var tap = new BlobTap { Plan = (call, _) => IsStreaming(rig, call.Verb) ? TapAction.CrashBefore : TapAction.Pass };
        rig.Model.Then(
                PlayedModel.Delta("half "), new Act.Wait(TimeSpan.FromSeconds(3)), new Act.Call(() => AcceptOlderAsync(rig)), PlayedModel.Delta("lost"),
                new Act.Wait(TimeSpan.FromSeconds(3)), PlayedModel.Stop())
            .Then(PlayedModel.Text("answer to m1")).Then(PlayedModel.Text("answer to older"));
        await rig.AcceptAsync("m1");
        var orchestration = new PlayedOrchestration(rig, tap);

        var receipts = await orchestration.RunAsync();

        receipts.Select(receipt => (receipt.RunId, receipt.Ending)).ShouldBe(
            [(TurnRig.RunOf("m1").Value, TurnEnding.Replied), (TurnRig.RunOf("older").Value, TurnEnding.Replied)]);
        receipts.ShouldAllBe(receipt => !receipt.Tally.Verdicts.ContainsKey("takeover"));
        rig.Channel.Posts.Select(post => post.Text).ShouldBe(["answer to m1", "answer to older"]);
        await TurnInvariants.CheckAsync(rig, "m1");
        await TurnInvariants.CheckAsync(rig, "older");
    });

    [Fact]
    public void RunAsync_WhenItsExecutionsDieAgainAndAgain_TheDeadlineOfTheFirstHolds() => TurnRig.Run(async rig =>
    {
        rig.Agent = rig.Agent with { TurnDeadline = TimeSpan.FromMinutes(4) };
        Act[] slow = [.. Enumerable.Repeat<Act[]>([PlayedModel.Delta("on "), new Act.Wait(TimeSpan.FromSeconds(30))], 6).SelectMany(acts => acts), PlayedModel.Stop()];
        rig.Model.Then(slow).Then(slow);
        await rig.AcceptAsync("m1");
        var begun = rig.Clock.GetUtcNow();
        var tap = new BlobTap { Plan = (_, _) => rig.Clock.GetUtcNow() > begun + TimeSpan.FromMinutes(2) ? TapAction.CrashBefore : TapAction.Pass };

        var receipt = (await new PlayedOrchestration(rig, tap).RunAsync()).ShouldHaveSingleItem();

        receipt.Ending.ShouldBe(TurnEnding.Failed);
        (receipt.FinishedAt - begun).ShouldBeLessThan(TimeSpan.FromMinutes(5));
        rig.Channel.Posts.ShouldHaveSingleItem().Text.ShouldContain("deadline");
    });

    [Fact]
    public void AnswerAsync_WhenTheOrchestrationThatBeganTheTurnWasTerminated_TellsWhoAsked() => TurnRig.Run(async rig =>
    {
        rig.Model.Then(PlayedModel.Delta("half "), new Act.Wait(TimeSpan.FromSeconds(3)), PlayedModel.Delta("lost"), PlayedModel.Stop());
        await rig.AcceptAsync("m1", "first");
        await rig.AcceptAsync("m2", "second");
        var begun = new TurnCourse(TurnRig.Key.Value, "terminated", null, IsTerminated: false);
        var tap = new BlobTap { Plan = (call, _) => IsStreaming(rig, call.Verb) ? TapAction.CrashBefore : TapAction.Pass };
        await Should.ThrowAsync<CrashException>(() => rig.Start(tap).Runner.AnswerAsync(begun, CancellationToken.None));

        var next = await rig.Start().Runner.AnswerAsync(new TurnCourse(TurnRig.Key.Value, "next", "terminated", IsTerminated: true), CancellationToken.None);
        var after = await rig.Start().Runner.AnswerAsync(new TurnCourse(TurnRig.Key.Value, "next", "terminated", IsTerminated: true), CancellationToken.None);

        (next.Next, next.Ending, next.HasMore).ShouldBe((TurnMove.End, TurnEnding.Terminated, true));
        (after.Ending, after.HasMore).ShouldBe((TurnEnding.Replied, false));
        rig.Channel.Posts.Count.ShouldBe(2);
        rig.Channel.Posts[0].Text.ShouldContain("operator ended");
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    private static bool IsStreaming(TurnRig rig, BlobVerb verb) =>
        verb == BlobVerb.Append && rig.Entries().Any(entry => entry is TranscriptEntry.StreamedText);

    private static Task<AcceptOutcome> AcceptOlderAsync(TurnRig rig) => rig.Start().Inbox.AcceptAsync(
        TurnRig.Delivery("older"), rig.Message("older", "an older question") with { AcceptedAt = rig.Clock.GetUtcNow() - TimeSpan.FromMinutes(1) }, CancellationToken.None);
}
