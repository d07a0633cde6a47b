using Holdfast.Delivery;
using Holdfast.Ownership;
using Holdfast.Ownership.Resets;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Tests.Turns;
using Holdfast.Transcripts;
using Holdfast.Turns;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Ownership.Resets;

/// <summary>A session that is closed for good, and what becomes of whoever was in it (docs/decisions/0012).</summary>
public sealed class SessionResetTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly SessionId Second = TurnRig.Session.After(2);

    [Fact]
    public void ResetAsync_WhenNobodyHoldsTheSession_SealsItAndTheKeyGoesOnInAnother() => TurnRig.Run(async rig =>
    {
        await AnsweredAsync(rig, "m1");
        var before = rig.Bytes();

        var done = (await rig.Start().Reset.ResetAsync(TurnRig.Key, force: false, None)).ShouldBeOfType<ResetOutcome.Done>();

        done.ShouldBe(new ResetOutcome.Done(TurnRig.Session, new SessionRecord(TurnRig.Key.Value, Second.Value, 2, 0) { Ended = new SessionPlace(TurnRig.Session.Value, 0) }));
        (await rig.Start().Sessions.FindAsync(TurnRig.Key, None)).ShouldBe(done.Next);
        var closed = (await rig.Outside.ReadAsync(TurnRig.Segment, 0, null, None))!;
        (closed.IsSealed, closed.IsLeased, closed.Content.ToArray().AsSpan().SequenceEqual(before)).ShouldBe((true, false, true));
        (rig.Claim()!.EndsSession, rig.Claim()!.Epoch).ShouldBe((true, 2L));
        await AnsweredAsync(rig, "m2");
        (await EntriesAsync(rig, Second)).OfType<TranscriptEntry.UserMessage>().ShouldHaveSingleItem().Id.ShouldBe(EntryId.OfMessage(TurnRig.RunOf("m2").Turn));
        rig.Model.Requests[^1].Prompt.Messages.Length.ShouldBe(1, "nothing of the old session is asked again");
    });

    [Fact]
    public void ResetAsync_WhenATurnHoldsTheSession_GivesWayAndChangesNothing() => TurnRig.Run(async rig =>
    {
        using var theirs = await rig.Start().ClaimAsync(TurnRig.RunOf("m1"), TurnRig.Session);
        var before = rig.Claim();

        (await rig.Start().Reset.ResetAsync(TurnRig.Key, force: false, None)).ShouldBe(new ResetOutcome.Held(before));

        rig.Claim().ShouldBe(before);
        (await theirs.AppendAsync([Lines.User(null)], None)).ShouldBe(FencedOutcome.Appended.Instance);
        theirs.LastVerdict.ShouldBeNull();
    });

    [Fact]
    public void ResetAsync_WhenTheKeyIsNew_IsUnknown() => TurnRig.Run(async rig =>
        (await rig.Start().Reset.ResetAsync(SessionKey.Parse("agent:main:test:never"), force: true, None)).ShouldBeOfType<ResetOutcome.Unknown>());

    [Fact]
    public void ResetAsync_WhenForcedIntoAStream_TheTurnIsQueuedAgainInTheNewSession() => TurnRig.Run(async rig =>
    {
        rig.Model.Then(PlayedModel.Delta("lost "), new Act.Wait(TimeSpan.FromSeconds(2)), new Act.Call(() => ForceAsync(rig)), new Act.Wait(TimeSpan.FromMinutes(4)), PlayedModel.Stop());
        await rig.AcceptAsync("m1");

        var orchestration = new PlayedOrchestration(rig);
        var receipt = (await orchestration.RunAsync()).ShouldHaveSingleItem();

        orchestration.Moves.ShouldBe([TurnMove.Answer, TurnMove.Answer, TurnMove.End]);
        (receipt.Ending, receipt.SessionId, receipt.RunId).ShouldBe((TurnEnding.Replied, Second.Value, TurnRig.RunOf("m1").Next().Value));
        rig.Entries().Count(entry => entry.Id == EntryId.OfMessage(TurnRig.RunOf("m1").Turn)).ShouldBe(1);
        (await EntriesAsync(rig, Second)).Count(entry => entry.Id == EntryId.OfMessage(TurnRig.RunOf("m1").Turn)).ShouldBe(1);
        rig.Channel.Posts.ShouldHaveSingleItem().Text.ShouldBe("the answer");
    });

    [Fact]
    public void ResetAsync_WhenForcedBeforeTheCommit_TheFinishedAnswerIsDeliveredMarked() => TurnRig.Run(async rig =>
    {
        rig.Model.Then(PlayedModel.Delta("the whole answer"), new Act.Call(() => ForceAsync(rig)), PlayedModel.Stop());
        await rig.AcceptAsync("m1");

        var receipt = (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem();

        receipt.Ending.ShouldBe(TurnEnding.Superseded);
        rig.Channel.Posts.ShouldHaveSingleItem().Text.ShouldBe(TurnNotices.BesideTheMainLine + "the whole answer");
        rig.Entries().OfType<TranscriptEntry.AssistantMessage>().ShouldBeEmpty("nothing of it is in the closed session");
    });

    [Fact]
    public void ResetAsync_WhenForcedAfterACommitNobodyHeardOf_TheAnswerIsDeliveredAndNotAskedForAgain() => TurnRig.Run(async rig =>
    {
        await rig.AcceptAsync("m1");
        var turn = await TurnRig.OpenAsync(rig.Start());
        rig.Model.Then(PlayedModel.Text("said before"));
        var dying = rig.Start(new BlobTap
        {
            Plan = (call, _) => call.Verb == BlobVerb.Append && rig.Model.Requests.Count > 0 ? TapAction.CrashAfter : TapAction.Pass,
        });
        await Should.ThrowAsync<CrashException>(() => dying.StepAsync(turn));
        await ForceAsync(rig);

        var receipt = (await new PlayedOrchestration(rig).TurnAsync(turn)).ShouldNotBeNull();

        (receipt.Ending, rig.Model.Requests.Count).ShouldBe((TurnEnding.Replied, 1));
        rig.Channel.Posts.ShouldHaveSingleItem().Text.ShouldBe("said before");
    });

    [Fact]
    public void ResetAsync_WhenForcedBetweenTheDeliveryAndItsReceipt_TheTurnIsFinishedAndNotAskedForAgain() => TurnRig.Run(async rig =>
    {
        var faults = 0;
        var tap = new BlobTap
        {
            Plan = (call, _) => call.Verb == BlobVerb.Create && call.Name.StartsWith("receipts/", StringComparison.Ordinal) && faults++ == 0 ? TapAction.FaultBefore : TapAction.Pass,
        };
        var isForced = false;
        tap.HoldBefore = (call, _) => call.Verb == BlobVerb.List && faults > 0 && !isForced && (isForced = true) ? ForceAsync(rig) : null;
        rig.Model.Then(PlayedModel.Text("the answer")).Then(PlayedModel.Text("another"));
        await rig.AcceptAsync("m1");

        var receipt = (await new PlayedOrchestration(rig, tap).RunAsync()).ShouldHaveSingleItem();

        (receipt.Ending, receipt.SessionId, rig.Model.Requests.Count).ShouldBe((TurnEnding.Replied, TurnRig.Session.Value, 1));
        rig.Channel.Posts.ShouldHaveSingleItem().Text.ShouldBe("the answer");
    });

    [Fact]
    public void ResetAsync_WhenForcedDuringATool_TheTurnBeginsAgainInTheNewSession() => TurnRig.Run(async rig =>
    {
        rig.Agent = rig.Agent with
        {
            Tools = [new PlayedTool("slow", async _ =>
            {
                await ForceAsync(rig);
                return new Holdfast.Tools.ToolOutcome.Succeeded("done");
            })],
        };
        rig.Model.Then(PlayedModel.Tools(("c1", "slow", new { })));
        await rig.AcceptAsync("m1");

        var orchestration = new PlayedOrchestration(rig);
        var receipt = (await orchestration.RunAsync()).ShouldHaveSingleItem();

        orchestration.Moves.ShouldBe([TurnMove.RunTools, TurnMove.Answer, TurnMove.End]);
        (receipt.Ending, receipt.SessionId, receipt.RunId).ShouldBe((TurnEnding.Replied, Second.Value, TurnRig.RunOf("m1").Next().Value));
        rig.Model.Requests[^1].Prompt.Messages.Length.ShouldBe(1);
    });

    [Fact]
    public void ResetAsync_WhenATurnWasOpenedButNotBegun_ItBeginsInTheNewSessionUnderItsOwnRun() => TurnRig.Run(async rig =>
    {
        await rig.AcceptAsync("m1");
        var turn = await TurnRig.OpenAsync(rig.Start());
        await rig.Start().Reset.ResetAsync(TurnRig.Key, force: false, None);

        var receipt = (await new PlayedOrchestration(rig).TurnAsync(turn)).ShouldNotBeNull();

        (receipt.Ending, receipt.SessionId, receipt.RunId).ShouldBe((TurnEnding.Replied, Second.Value, turn.RunId));
    });

    [Fact]
    public void FinishAsync_WhenTheSessionWasClosedBeforeTheNotice_TheMessageStandsInTheNewOne() => TurnRig.Run(async rig =>
    {
        await rig.AcceptAsync("m1");
        var turn = await TurnRig.OpenAsync(rig.Start());
        await rig.Start().Reset.ResetAsync(TurnRig.Key, force: false, None);

        var receipt = await new PlayedOrchestration(rig).FinishAsync(turn, TurnEnding.Terminated, 0, TurnFailure.Terminated);

        receipt.SessionId.ShouldBe(Second.Value);
        (await EntriesAsync(rig, Second)).ShouldContain(entry => entry.Id == EntryId.OfMessage(TurnRig.RunOf("m1").Turn));
        rig.Channel.Posts.ShouldHaveSingleItem().Text.ShouldContain("operator ended");
    });

    [Theory]
    [InlineData((int)TapAction.CrashBefore)]
    [InlineData((int)TapAction.CrashAfter)]
    [InlineData((int)TapAction.FaultBefore)]
    [InlineData((int)TapAction.FaultAfter)]
    public void ResetAsync_WhenBrokenAtAnyCall_ItHappenedOrItDidNotAndTheNextTurnRuns(int action)
    {
        for (var number = 1; number <= CallsOfOneReset(); number++)
        {
            var at = number;
            TurnRig.Run(async rig =>
            {
                rig.Leases.ClaimWait = TimeSpan.FromSeconds(70);
                await AnsweredAsync(rig, "m1");
                var tap = new BlobTap { Plan = (_, call) => call == at ? (TapAction)action : TapAction.Pass };
                await Record.ExceptionAsync(() => rig.Start(tap).Reset.ResetAsync(TurnRig.Key, force: false, None));
                var closed = (await rig.Outside.ReadAsync(TurnRig.Segment, 0, 0, None))!.IsSealed;

                var receipt = await AnsweredAsync(rig, "m2");

                receipt.SessionId.ShouldBe(closed ? Second.Value : TurnRig.Session.Value, $"call {at}: the seal is the reset");
                (await rig.Start().Sessions.FindAsync(TurnRig.Key, None))!.LifecycleRevision.ShouldBe(closed ? 2 : 1);
            });
        }
    }

    [Fact]
    public void ResetAsync_WhenTwoCallAtOnce_TheKeyMovesOnOnce() => TurnRig.Run(async rig =>
    {
        await AnsweredAsync(rig, "m1");

        var both = await Task.WhenAll(ResetAsync(), ResetAsync());

        both.ShouldBe(Enumerable.Repeat(new ResetOutcome.Done(TurnRig.Session, new SessionRecord(TurnRig.Key.Value, Second.Value, 2, 0) { Ended = new SessionPlace(TurnRig.Session.Value, 0) }), 2));

        // Each call takes a while, so that the two go call by call.
        Task<ResetOutcome> ResetAsync() =>
            rig.Start(new BlobTap { HoldBefore = (_, _) => rig.PassAsync(TimeSpan.FromMilliseconds(10)) }).Reset.ResetAsync(TurnRig.Key, force: false, None);
    });

    [Fact]
    public void MoveOnAsync_WhenCalledTwice_TheSecondChangesNothing() => TurnRig.Run(async rig =>
    {
        var tap = new BlobTap();
        var sessions = rig.Start(tap).Sessions;
        var next = await sessions.MoveOnAsync(TurnRig.Key, TurnRig.Session, None);

        (await sessions.MoveOnAsync(TurnRig.Key, TurnRig.Session, None)).ShouldBe(next);

        tap.CountOf(BlobVerb.Replace).ShouldBe(1);
    });

    private static int CallsOfOneReset()
    {
        var tap = new BlobTap();
        TurnRig.Run(async rig =>
        {
            await AnsweredAsync(rig, "m1");
            await rig.Start(tap).Reset.ResetAsync(TurnRig.Key, force: false, None);
        });
        tap.Calls.Count.ShouldBeGreaterThan(6);
        return tap.Calls.Count;
    }

    private static async Task ForceAsync(TurnRig rig) =>
        (await rig.Start().Reset.ResetAsync(TurnRig.Key, force: true, None)).ShouldBeOfType<ResetOutcome.Done>();

    private static async Task<Receipt> AnsweredAsync(TurnRig rig, string name)
    {
        await rig.AcceptAsync(name);
        return (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem();
    }

    private static async Task<IReadOnlyList<TranscriptEntry>> EntriesAsync(TurnRig rig, SessionId session) =>
        (await rig.Start().Reader.ReadAsync(session, 0, None))!.Conversation.Entries;
}
