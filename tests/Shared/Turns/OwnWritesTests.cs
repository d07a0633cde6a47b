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
    public void S01_WhenTheModelIsSilentFor125SecondsAndStreamsFor130_OneReplyAndNoStub() => TurnFixture.Run(async fixture =>
    {
        fixture.Agent = fixture.Agent with { Tools = [SimulatedTool.Saying("look", "seen")] };
        fixture.Model.Then(SimulatedModel.Tools(("c1", "look", new { })));
        fixture.Model.Then(
            [
                new Act.Wait(TimeSpan.FromSeconds(125)),
                .. Enumerable.Range(0, 130)
                    .SelectMany(number => new Act[] { SimulatedModel.Delta($"{number} "), new Act.Wait(TimeSpan.FromSeconds(1)) }),
                SimulatedModel.Stop(),
            ]);
        await fixture.AcceptAsync("m1");
        var tap = new BlobTap();

        var receipt = (await new SimulatedOrchestration(fixture, tap).RunAsync()).ShouldHaveSingleItem();

        receipt.Ending.ShouldBe(TurnEnding.Replied);
        receipt.Tally.Verdicts.ShouldBeEmpty();
        fixture.Entries().OfType<TranscriptEntry.AssistantMessage>().ShouldAllBe(answer => !answer.IsStub);
        tap.CountOf(BlobVerb.RenewLease).ShouldBeInRange(11, 13);
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    [Fact]
    public void S02_WhenTheWatchdogFires_TheStubIsOwnAndTheTurnRetries() => TurnFixture.Run(async fixture =>
    {
        fixture.Model.Then(new Act.Wait(TimeSpan.FromSeconds(400))).Then(SimulatedModel.Text("late but here"));
        await fixture.AcceptAsync("m1");

        var receipt = (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem();

        receipt.Ending.ShouldBe(TurnEnding.Replied);
        var answers = fixture.Entries().OfType<TranscriptEntry.AssistantMessage>().ToArray();
        answers.Select(answer => answer.IsStub).ShouldBe([true, false]);
        answers[0].Model.ShouldBe("anthropic.first");
        answers.Select(answer => answer.Provenance!.Attempt).ShouldBe([1, 2]);
        answers.Select(answer => answer.Provenance!.RunId).Distinct().ShouldHaveSingleItem();
        fixture.Model.Requests[1].Prompt.Messages.ShouldHaveSingleItem("the stub is not replayed");
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    [Fact]
    public void S03_WhenEveryAttemptFails_OneErrorIsLoggedWithTheRunId() => TurnFixture.Run(async fixture =>
    {
        fixture.Model.Otherwise = [new Act.Fail(ModelFailureKind.ServerError)];
        await fixture.AcceptAsync("m1");

        var receipt = (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem();

        fixture.Log.Lines.Where(line => line.Level >= LogLevel.Error).ShouldHaveSingleItem().Text.ShouldContain(receipt.RunId.Value);
        receipt.Ending.ShouldBe(TurnEnding.Failed);
        fixture.Channel.Posts.ShouldHaveSingleItem().Text.ShouldContain("not available");
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    [Fact]
    public void S04_WhenDozensOfSideEntriesComeDuringALongCall_AllStandAndTheTurnCompletes() => TurnFixture.Run(async fixture =>
    {
        var acts = new List<Act>();
        for (var second = 0; second < 100; second++)
        {
            var number = second;
            acts.Add(SimulatedModel.Delta($"{number} "));
            acts.Add(new Act.Wait(TimeSpan.FromSeconds(1)));
            if (number % 3 == 0)
            {
                acts.Add(new Act.Call(() => SideAsync(fixture, $"side-{number}")));
            }

            if (number % 20 == 10)
            {
                acts.Add(
                    new Act.Call(() => fixture.WriteBesideAsync(Lines.User(Lines.By("cron", EntrySource.Side), id: $"direct-{number}"))));
            }
        }

        fixture.Model.Then([.. acts, SimulatedModel.Stop()]);
        await fixture.AcceptAsync("m1");

        var receipt = (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem();

        receipt.Ending.ShouldBe(TurnEnding.Replied);
        receipt.Tally.Verdicts.Keys.ShouldNotContain("takeover");
        fixture.Entries().Count(entry => entry.Provenance?.Source == EntrySource.Side).ShouldBe(34 + 5);
        (await fixture.NamesAsync("inbox/")).ShouldBeEmpty();
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    [Fact]
    public void S05_WhenTheRunsOwnEntriesLandWhileTheFenceIsOut_TheyAreOwn() => TurnFixture.Run(async fixture =>
    {
        var run = TurnFixture.RunOf("m1");
        var mine = Lines.By(run.Value);
        fixture.Model.Then(
            SimulatedModel.Delta("one "),
            new Act.Wait(TimeSpan.FromSeconds(2)),
            new Act.Call(
                () => fixture.WriteBesideAsync(Lines.Assistant(mine, "calling"), Lines.Result(mine), Lines.Assistant(mine, "", "error"))),
            new Act.Wait(TimeSpan.FromSeconds(2)),
            SimulatedModel.Delta("two"),
            SimulatedModel.Stop());
        await fixture.AcceptAsync("m1");
        var orchestration = new SimulatedOrchestration(fixture);

        var receipt = (await orchestration.RunAsync()).ShouldHaveSingleItem();

        receipt.Ending.ShouldBe(TurnEnding.Replied);
        orchestration.Courses.ShouldHaveSingleItem().Tally.Verdicts.ShouldBe(new Dictionary<string, int> { ["own"] = 1 });
        fixture.Channel.Posts.ShouldHaveSingleItem().Text.ShouldBe("one two");
        fixture.Log.Lines.ShouldNotContain(line => line.Level >= LogLevel.Error);
    });

    [Fact]
    public void S06_WhenDeltasComeLongAfterTheSetUp_OwnershipCoversThemAll() => TurnFixture.Run(async fixture =>
    {
        fixture.Model.Then(
            new Act.Say(ModelEvent.Started.Instance), new Act.Wait(TimeSpan.FromSeconds(59)), SimulatedModel.Delta("late "), new Act.Wait(
                TimeSpan.FromSeconds(59)),
            SimulatedModel.Delta("later"), new Act.Wait(TimeSpan.FromSeconds(59)), SimulatedModel.Stop());
        await fixture.AcceptAsync("m1");

        (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem().Tally.Verdicts.ShouldBeEmpty();

        fixture.Entries().OfType<TranscriptEntry.StreamedText>().Select(part => part.Text).ShouldBe(["late ", "later"]);
    });

    [Fact]
    public void S12_WhenModelAndLabelsChangeDuringTheStream_TheTurnCompletes() => TurnFixture.Run(async fixture =>
    {
        var control = Lines.By("operator", EntrySource.Control);
        fixture.Model.Then(
            SimulatedModel.Delta("one "),
            new Act.Call(() => fixture.WriteBesideAsync(
                Lines.ModelChange(control), Lines.ThinkingLevel(control), Lines.Custom(null), Lines.Other("label", null), Lines.Other(
                    "session_info", null))),
            new Act.Wait(TimeSpan.FromSeconds(3)),
            SimulatedModel.Stop());
        await fixture.AcceptAsync("m1");

        var receipt = (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem();

        receipt.Ending.ShouldBe(TurnEnding.Replied);
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    [Fact]
    public void S41_WhenTheModelGivesNothing_ItIsRetriedAndThenNoticed() => TurnFixture.Run(async fixture =>
    {
        fixture.Model.Otherwise = [new Act.Say(new ModelEvent.ReasoningDelta("hm", null)), SimulatedModel.Stop()];
        await fixture.AcceptAsync("m1");

        var receipt = (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem();

        receipt.Ending.ShouldBe(TurnEnding.Failed);
        fixture.Model.Requests.Count.ShouldBe(fixture.Agent.Fallback.MaxAttemptsPerModel);
        fixture.Channel.Posts.ShouldHaveSingleItem().Text.ShouldContain("gave no text");
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    [Fact]
    public void S42_WhenTheStreamDiesSilently_ItIsRetriedAndThePartialTextIsKeptAndMarked() => TurnFixture.Run(async fixture =>
    {
        fixture.Model.Then(
            [
                .. Enumerable.Range(0, 36)
                    .SelectMany(number => new Act[] { SimulatedModel.Delta($"{number} "), new Act.Wait(TimeSpan.FromSeconds(10)) }),
                new Act.Wait(TimeSpan.FromHours(1)),
            ]);
        fixture.Model.Then(SimulatedModel.Text("again"));
        await fixture.AcceptAsync("m1");

        (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        var entries = fixture.Entries();
        string.Concat(entries.OfType<TranscriptEntry.StreamedText>().Where(part => part.Provenance!.Attempt == 1).Select(part => part.Text))
            .ShouldBe(string.Concat(Enumerable.Range(0, 36).Select(number => $"{number} ")));
        entries.OfType<TranscriptEntry.AssistantMessage>().First().IsStub.ShouldBeTrue();
        fixture.Channel.Posts.ShouldHaveSingleItem().Text.ShouldBe("again");
    });

    [Fact]
    public void StreamedParts_WhenStorageFailsForAWhile_AreWrittenLaterInOrder() => TurnFixture.Run(async fixture =>
    {
        var tap = new BlobTap();
        fixture.Model.Then(
            new Act.Call(() => Set(tap, call => call.Verb == BlobVerb.Append ? TapAction.FaultBefore : TapAction.Pass)),
            SimulatedModel.Delta("one "), new Act.Wait(TimeSpan.FromSeconds(20)), SimulatedModel.Delta("two "), new Act.Wait(
                TimeSpan.FromSeconds(10)),
            new Act.Call(() => Set(tap, _ => TapAction.Pass)),
            new Act.Wait(TimeSpan.FromSeconds(20)), new Act.Fail(ModelFailureKind.Network));
        fixture.Model.Then(SimulatedModel.Text("again"));
        await fixture.AcceptAsync("m1");

        (await new SimulatedOrchestration(fixture, tap).RunAsync()).ShouldHaveSingleItem();

        fixture.Entries()
            .OfType<TranscriptEntry.StreamedText>()
            .Where(part => part.Provenance!.Attempt == 1)
            .Select(part => part.Text)
            .ShouldBe(["one ", "two "]);
    });

    [Fact]
    public void StreamedParts_WhenTheProcessDies_LackNoMoreThanTheWriteInterval() => TurnFixture.Run(async fixture =>
    {
        var tap = new BlobTap();
        fixture.Model.Then(
            [.. Enumerable.Range(0, 100).SelectMany(
                number => new Act[] { SimulatedModel.Delta("x"), new Act.Wait(TimeSpan.FromMilliseconds(100)) }),
            new Act.Call(
                () =>
                    Set(tap, _ => TapAction.CrashBefore)), new Act.Wait(TimeSpan.FromSeconds(5)), new Act.Call(() =>
                        throw new CrashException())]);
        fixture.Model.Then(SimulatedModel.Text("again"));
        await fixture.AcceptAsync("m1");

        (await new SimulatedOrchestration(fixture, tap).RunAsync()).ShouldHaveSingleItem();

        var entries = fixture.Entries();
        entries.OfType<TranscriptEntry.StreamedText>()
            .Where(part => part.Provenance!.Attempt == 1)
            .Sum(part => part.Text.Length)
            .ShouldBeGreaterThanOrEqualTo(89);
        entries.OfType<TranscriptEntry.AssistantMessage>().Count(answer => answer.StopReason == "aborted").ShouldBe(1, "marked once");
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    private static Task Set(BlobTap tap, Func<BlobCall, TapAction> plan)
    {
        tap.Plan = (call, _) => plan(call);
        return Task.CompletedTask;
    }

    private static async Task SideAsync(TurnFixture fixture, string name) => await fixture.Start().Inbox.AddSideEntryAsync(
        TurnFixture.Key, TurnFixture.Delivery(name), fixture.Clock.GetUtcNow(), TurnFixture.Lines(
            Lines.Custom(Lines.By(name, EntrySource.Side))), CancellationToken.None);
}
