using Holdfast.Delivery;
using Holdfast.Models;
using Holdfast.Storage;
using Holdfast.Tests.Support.Blobs;
using Holdfast.Transcripts;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Turns;

/// <summary>The run's own and harmless writes never end a turn (I1), whatever the model does meanwhile.</summary>
public sealed class OwnWritesTests
{
    [Fact]
    public void S01_WhenTheModelIsSilentFor125SecondsAndStreamsFor130_OneReplyAndNoStub() => TurnRig.Run(async rig =>
    {
        rig.Agent = rig.Agent with { Tools = [PlayedTool.Saying("look", "seen")] };
        rig.Model.Then(PlayedModel.Tools(("c1", "look", new { })));
        rig.Model.Then(
            [new Act.Wait(TimeSpan.FromSeconds(125)), .. Enumerable.Range(0, 130).SelectMany(number => new Act[] { PlayedModel.Delta($"{number} "), new Act.Wait(TimeSpan.FromSeconds(1)) }), PlayedModel.Stop()]);
        await rig.AcceptAsync("m1");
        var tap = new BlobTap();

        var receipt = (await new PlayedOrchestration(rig, tap).RunAsync()).ShouldHaveSingleItem();

        receipt.Ending.ShouldBe(TurnEnding.Replied);
        receipt.Tally.Verdicts.ShouldBeEmpty();
        rig.Entries().OfType<TranscriptEntry.AssistantMessage>().ShouldAllBe(answer => !answer.IsStub);
        tap.CountOf(BlobVerb.RenewLease).ShouldBeInRange(11, 13);
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    [Fact]
    public void S02_WhenTheWatchdogFires_TheStubIsOwnAndTheTurnRetries() => TurnRig.Run(async rig =>
    {
        rig.Model.Then(new Act.Wait(TimeSpan.FromSeconds(400))).Then(PlayedModel.Text("late but here"));
        await rig.AcceptAsync("m1");

        var receipt = (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem();

        receipt.Ending.ShouldBe(TurnEnding.Replied);
        var answers = rig.Entries().OfType<TranscriptEntry.AssistantMessage>().ToArray();
        answers.Select(answer => answer.IsStub).ShouldBe([true, false]);
        answers[0].Model.ShouldBe("anthropic.first");
        answers.Select(answer => answer.Stamp!.Attempt).ShouldBe([1, 2]);
        answers.Select(answer => answer.Stamp!.RunId).Distinct().ShouldHaveSingleItem();
        rig.Model.Requests[1].Prompt.Messages.ShouldHaveSingleItem("the stub is not replayed");
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    [Fact]
    public void S03_WhenEveryAttemptFails_OneErrorIsLoggedWithTheRunId() => TurnRig.Run(async rig =>
    {
        rig.Model.Otherwise = [new Act.Fail(ModelFailureKind.ServerError)];
        await rig.AcceptAsync("m1");

        var receipt = (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem();

        rig.Log.Lines.Where(line => line.Level >= LogLevel.Error).ShouldHaveSingleItem().Text.ShouldContain(receipt.RunId);
        receipt.Ending.ShouldBe(TurnEnding.Failed);
        rig.Channel.Posts.ShouldHaveSingleItem().Text.ShouldContain("not available");
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    [Fact]
    public void S04_WhenDozensOfSideEntriesComeDuringALongCall_AllStandAndTheTurnCompletes() => TurnRig.Run(async rig =>
    {
        var acts = new List<Act>();
        for (var second = 0; second < 100; second++)
        {
            var number = second;
            acts.Add(PlayedModel.Delta($"{number} "));
            acts.Add(new Act.Wait(TimeSpan.FromSeconds(1)));
            if (number % 3 == 0)
            {
                acts.Add(new Act.Call(() => SideAsync(rig, $"side-{number}")));
            }

            if (number % 20 == 10)
            {
                acts.Add(new Act.Call(() => rig.WriteBesideAsync(Lines.User(Lines.By("cron", EntrySource.Side), id: $"direct-{number}"))));
            }
        }

        rig.Model.Then([.. acts, PlayedModel.Stop()]);
        await rig.AcceptAsync("m1");

        var receipt = (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem();

        receipt.Ending.ShouldBe(TurnEnding.Replied);
        receipt.Tally.Verdicts.Keys.ShouldNotContain("takeover");
        rig.Entries().Count(entry => entry.Stamp?.Source == EntrySource.Side).ShouldBe(34 + 5);
        (await rig.NamesAsync("inbox/")).ShouldBeEmpty();
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    [Fact]
    public void S05_WhenTheRunsOwnEntriesLandWhileTheFenceIsOut_TheyAreOwn() => TurnRig.Run(async rig =>
    {
        var run = TurnRig.RunOf("m1");
        var mine = Lines.By(run.Value);
        rig.Model.Then(
            PlayedModel.Delta("one "),
            new Act.Wait(TimeSpan.FromSeconds(2)),
            new Act.Call(() => rig.WriteBesideAsync(Lines.Assistant(mine, "calling"), Lines.Result(mine), Lines.Assistant(mine, "", "error"))),
            new Act.Wait(TimeSpan.FromSeconds(2)),
            PlayedModel.Delta("two"),
            PlayedModel.Stop());
        await rig.AcceptAsync("m1");
        var orchestration = new PlayedOrchestration(rig);

        var receipt = (await orchestration.RunAsync()).ShouldHaveSingleItem();

        receipt.Ending.ShouldBe(TurnEnding.Replied);
        orchestration.Courses.ShouldHaveSingleItem().Tally.Verdicts.ShouldBe(new Dictionary<string, int> { ["own"] = 1 });
        rig.Channel.Posts.ShouldHaveSingleItem().Text.ShouldBe("one two");
        rig.Log.Lines.ShouldNotContain(line => line.Level >= LogLevel.Error);
    });

    [Fact]
    public void S06_WhenDeltasComeLongAfterTheSetUp_OwnershipCoversThemAll() => TurnRig.Run(async rig =>
    {
        rig.Model.Then(
            new Act.Say(ModelEvent.Started.Instance), new Act.Wait(TimeSpan.FromSeconds(59)), PlayedModel.Delta("late "), new Act.Wait(TimeSpan.FromSeconds(59)),
            PlayedModel.Delta("later"), new Act.Wait(TimeSpan.FromSeconds(59)), PlayedModel.Stop());
        await rig.AcceptAsync("m1");

        (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem().Tally.Verdicts.ShouldBeEmpty();

        rig.Entries().OfType<TranscriptEntry.StreamedText>().Select(part => part.Text).ShouldBe(["late ", "later"]);
    });

    [Fact]
    public void S12_WhenModelAndLabelsChangeDuringTheStream_TheTurnCompletes() => TurnRig.Run(async rig =>
    {
        var control = Lines.By("operator", EntrySource.Control);
        rig.Model.Then(
            PlayedModel.Delta("one "),
            new Act.Call(() => rig.WriteBesideAsync(
                Lines.ModelChange(control), Lines.ThinkingLevel(control), Lines.Custom(null), Lines.Other("label", null), Lines.Other("session_info", null))),
            new Act.Wait(TimeSpan.FromSeconds(3)),
            PlayedModel.Stop());
        await rig.AcceptAsync("m1");

        var receipt = (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem();

        receipt.Ending.ShouldBe(TurnEnding.Replied);
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    [Fact]
    public void S41_WhenTheModelGivesNothing_ItIsRetriedAndThenNoticed() => TurnRig.Run(async rig =>
    {
        rig.Model.Otherwise = [new Act.Say(new ModelEvent.ReasoningDelta("hm", null)), PlayedModel.Stop()];
        await rig.AcceptAsync("m1");

        var receipt = (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem();

        receipt.Ending.ShouldBe(TurnEnding.Failed);
        rig.Model.Requests.Count.ShouldBe(rig.Agent.Ladder.MaxAttemptsPerModel);
        rig.Channel.Posts.ShouldHaveSingleItem().Text.ShouldContain("gave no text");
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    [Fact]
    public void S42_WhenTheStreamDiesSilently_ItIsRetriedAndThePartialTextIsKeptAndMarked() => TurnRig.Run(async rig =>
    {
        rig.Model.Then(
            [.. Enumerable.Range(0, 36).SelectMany(number => new Act[] { PlayedModel.Delta($"{number} "), new Act.Wait(TimeSpan.FromSeconds(10)) }), new Act.Wait(TimeSpan.FromHours(1))]);
        rig.Model.Then(PlayedModel.Text("again"));
        await rig.AcceptAsync("m1");

        (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        var entries = rig.Entries();
        string.Concat(entries.OfType<TranscriptEntry.StreamedText>().Where(part => part.Stamp!.Attempt == 1).Select(part => part.Text))
            .ShouldBe(string.Concat(Enumerable.Range(0, 36).Select(number => $"{number} ")));
        entries.OfType<TranscriptEntry.AssistantMessage>().First().IsStub.ShouldBeTrue();
        rig.Channel.Posts.ShouldHaveSingleItem().Text.ShouldBe("again");
    });

    [Fact]
    public void StreamedParts_WhenStorageFailsForAWhile_AreWrittenLaterInOrder() => TurnRig.Run(async rig =>
    {
        var tap = new BlobTap();
        rig.Model.Then(
            new Act.Call(() => Set(tap, call => call.Verb == BlobVerb.Append ? TapAction.FaultBefore : TapAction.Pass)),
            PlayedModel.Delta("one "), new Act.Wait(TimeSpan.FromSeconds(20)), PlayedModel.Delta("two "), new Act.Wait(TimeSpan.FromSeconds(10)),
            new Act.Call(() => Set(tap, _ => TapAction.Pass)),
            new Act.Wait(TimeSpan.FromSeconds(20)), new Act.Fail(ModelFailureKind.Network));
        rig.Model.Then(PlayedModel.Text("again"));
        await rig.AcceptAsync("m1");

        (await new PlayedOrchestration(rig, tap).RunAsync()).ShouldHaveSingleItem();

        rig.Entries().OfType<TranscriptEntry.StreamedText>().Where(part => part.Stamp!.Attempt == 1).Select(part => part.Text).ShouldBe(["one ", "two "]);
    });

    [Fact]
    public void StreamedParts_WhenTheProcessDies_LackNoMoreThanTheWriteInterval() => TurnRig.Run(async rig =>
    {
        var tap = new BlobTap();
        rig.Model.Then(
            [.. Enumerable.Range(0, 100).SelectMany(number => new Act[] { PlayedModel.Delta("x"), new Act.Wait(TimeSpan.FromMilliseconds(100)) }),
            new Act.Call(() => Set(tap, _ => TapAction.CrashBefore)), new Act.Wait(TimeSpan.FromSeconds(5)), new Act.Call(() => throw new CrashException())]);
        rig.Model.Then(PlayedModel.Text("again"));
        await rig.AcceptAsync("m1");

        (await new PlayedOrchestration(rig, tap).RunAsync()).ShouldHaveSingleItem();

        var entries = rig.Entries();
        entries.OfType<TranscriptEntry.StreamedText>().Where(part => part.Stamp!.Attempt == 1).Sum(part => part.Text.Length).ShouldBeGreaterThanOrEqualTo(89);
        entries.OfType<TranscriptEntry.AssistantMessage>().Count(answer => answer.StopReason == "aborted").ShouldBe(1, "marked once");
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    private static Task Set(BlobTap tap, Func<BlobCall, TapAction> plan)
    {
        tap.Plan = (call, _) => plan(call);
        return Task.CompletedTask;
    }

    private static async Task SideAsync(TurnRig rig, string name) => await rig.Start().Inbox.AddSideEntryAsync(
        TurnRig.Key, TurnRig.Delivery(name), rig.Clock.GetUtcNow(), TurnRig.Lines(Lines.Custom(Lines.By(name, EntrySource.Side))), CancellationToken.None);
}
