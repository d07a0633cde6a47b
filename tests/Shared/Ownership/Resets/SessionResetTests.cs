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
    private static readonly SessionId Second = TurnFixture.Session.After(2);
    private static readonly SessionRecord Next = new(TurnFixture.Key, Second, 2, 0) { Ended = new SessionPlace(TurnFixture.Session, 0) };

    [Fact]
    public void ResetAsync_WhenNobodyHoldsTheSession_SealsItAndTheKeyGoesOnInAnother() => TurnFixture.Run(async fixture =>
    {
        await AnsweredAsync(fixture, "m1");
        var before = fixture.Bytes();

        var done = (await fixture.Start().Reset.ResetAsync(TurnFixture.Key, force: false, None)).ShouldBeOfType<ResetOutcome.Done>();

        done.ShouldBe(new ResetOutcome.Done(TurnFixture.Session, Next));
        (await fixture.Start().Sessions.FindAsync(TurnFixture.Key, None)).ShouldBe(done.Next);
        var closed = (await fixture.Outside.ReadAsync(TurnFixture.Segment, 0, null, None))!;
        (closed.IsSealed, closed.IsLeased, closed.Content.ToArray().AsSpan().SequenceEqual(before)).ShouldBe((true, false, true));
        (fixture.Claim()!.EndsSession, fixture.Claim()!.Epoch).ShouldBe((true, 2L));
        await AnsweredAsync(fixture, "m2");
        (await EntriesAsync(fixture, Second)).OfType<TranscriptEntry.UserMessage>()
            .ShouldHaveSingleItem().Id.ShouldBe(EntryId.OfMessage(TurnFixture.RunOf("m2").Turn));
        fixture.Model.Requests[^1].Prompt.Messages.Length.ShouldBe(1, "nothing of the old session is asked again");
    });

    [Fact]
    public void ResetAsync_WhenATurnHoldsTheSession_GivesWayAndChangesNothing() => TurnFixture.Run(async fixture =>
    {
        using var theirs = await fixture.Start().ClaimAsync(TurnFixture.RunOf("m1"), TurnFixture.Session);
        var before = fixture.Claim();

        (await fixture.Start().Reset.ResetAsync(TurnFixture.Key, force: false, None)).ShouldBe(new ResetOutcome.Held(before));

        fixture.Claim().ShouldBe(before);
        (await theirs.AppendAsync([Lines.User(null)], None)).ShouldBe(FencedOutcome.Appended.Instance);
        theirs.LastVerdict.ShouldBeNull();
    });

    [Fact]
    public void ResetAsync_WhenTheKeyIsNew_IsUnknown() => TurnFixture.Run(async fixture =>
        (await fixture.Start().Reset.ResetAsync(
            SessionKey.Parse("agent:main:test:never"), force: true, None)).ShouldBeOfType<ResetOutcome.Unknown>());

    [Fact]
    public void ResetAsync_WhenForcedIntoAStream_TheTurnIsQueuedAgainInTheNewSession() => TurnFixture.Run(async fixture =>
    {
        fixture.Model.Then(
            SimulatedModel.Delta("lost "), new Act.Wait(TimeSpan.FromSeconds(2)), new Act.Call(() => ForceAsync(fixture)),
            new Act.Wait(TimeSpan.FromMinutes(4)), SimulatedModel.Stop());
        await fixture.AcceptAsync("m1");

        var orchestration = new SimulatedOrchestration(fixture);
        var receipt = (await orchestration.RunAsync()).ShouldHaveSingleItem();

        orchestration.Moves.ShouldBe([TurnMove.Answer, TurnMove.Answer, TurnMove.End]);
        (receipt.Ending, receipt.SessionId, receipt.RunId).ShouldBe((TurnEnding.Replied, Second, TurnFixture.RunOf("m1").Next()));
        fixture.Entries().Count(entry => entry.Id == EntryId.OfMessage(TurnFixture.RunOf("m1").Turn)).ShouldBe(1);
        (await EntriesAsync(fixture, Second)).Count(entry => entry.Id == EntryId.OfMessage(TurnFixture.RunOf("m1").Turn)).ShouldBe(1);
        fixture.Channel.Posts.ShouldHaveSingleItem().Text.ShouldBe("the answer");
    });

    [Fact]
    public void ResetAsync_WhenForcedBeforeTheCommit_TheFinishedAnswerIsDeliveredMarked() => TurnFixture.Run(async fixture =>
    {
        fixture.Model.Then(SimulatedModel.Delta("the whole answer"), new Act.Call(() => ForceAsync(fixture)), SimulatedModel.Stop());
        await fixture.AcceptAsync("m1");

        var receipt = (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem();

        receipt.Ending.ShouldBe(TurnEnding.Superseded);
        fixture.Channel.Posts.ShouldHaveSingleItem().Text.ShouldBe(TurnNotices.BesideTheMainLine + "the whole answer");
        fixture.Entries().OfType<TranscriptEntry.AssistantMessage>().ShouldBeEmpty("nothing of it is in the closed session");
    });

    [Fact]
    public void ResetAsync_WhenForcedAfterACommitNobodyHeardOf_TheAnswerIsDeliveredAndNotAskedForAgain() => TurnFixture.Run(async fixture =>
    {
        await fixture.AcceptAsync("m1");
        var turn = await TurnFixture.OpenAsync(fixture.Start());
        fixture.Model.Then(SimulatedModel.Text("said before"));
        var dying = fixture.Start(new BlobTap
        {
            Plan = (call, _) => call.Verb == BlobVerb.Append && fixture.Model.Requests.Count > 0 ? TapAction.CrashAfter : TapAction.Pass,
        });
        await Should.ThrowAsync<CrashException>(() => dying.StepAsync(turn));
        await ForceAsync(fixture);

        var receipt = (await new SimulatedOrchestration(fixture).TurnAsync(turn)).ShouldNotBeNull();

        (receipt.Ending, fixture.Model.Requests.Count).ShouldBe((TurnEnding.Replied, 1));
        fixture.Channel.Posts.ShouldHaveSingleItem().Text.ShouldBe("said before");
    });

    [Fact]
    public void ResetAsync_WhenForcedBetweenTheDeliveryAndItsReceipt_TheTurnIsFinishedAndNotAskedForAgain() =>
        TurnFixture.Run(async fixture =>
    {
        var faults = 0;
        var tap = new BlobTap
        {
            Plan = (call, _) =>
                call.Verb == BlobVerb.Create && call.Name.StartsWith("receipts/", StringComparison.Ordinal) && faults++ == 0
                ? TapAction.FaultBefore
                : TapAction.Pass,
        };
        var isForced = false;
        tap.HoldBefore = (call, _) =>
            call.Verb == BlobVerb.List && faults > 0 && !isForced && (isForced = true) ? ForceAsync(fixture) : null;
        fixture.Model.Then(SimulatedModel.Text("the answer")).Then(SimulatedModel.Text("another"));
        await fixture.AcceptAsync("m1");

        var receipt = (await new SimulatedOrchestration(fixture, tap).RunAsync()).ShouldHaveSingleItem();

        (receipt.Ending, receipt.SessionId, fixture.Model.Requests.Count).ShouldBe((TurnEnding.Replied, TurnFixture.Session, 1));
        fixture.Channel.Posts.ShouldHaveSingleItem().Text.ShouldBe("the answer");
    });

    [Fact]
    public void ResetAsync_WhenForcedDuringATool_TheTurnBeginsAgainInTheNewSession() => TurnFixture.Run(async fixture =>
    {
        fixture.Agent = fixture.Agent with
        {
            Tools = [new SimulatedTool("slow", async _ =>
            {
                await ForceAsync(fixture);
                return new Holdfast.Tools.ToolOutcome.Succeeded("done");
            })],
        };
        fixture.Model.Then(SimulatedModel.Tools(("c1", "slow", new { })));
        await fixture.AcceptAsync("m1");

        var orchestration = new SimulatedOrchestration(fixture);
        var receipt = (await orchestration.RunAsync()).ShouldHaveSingleItem();

        orchestration.Moves.ShouldBe([TurnMove.RunTools, TurnMove.Answer, TurnMove.End]);
        (receipt.Ending, receipt.SessionId, receipt.RunId).ShouldBe((TurnEnding.Replied, Second, TurnFixture.RunOf("m1").Next()));
        fixture.Model.Requests[^1].Prompt.Messages.Length.ShouldBe(1);
    });

    [Fact]
    public void ResetAsync_WhenATurnWasOpenedButNotBegun_ItBeginsInTheNewSessionUnderItsOwnRun() => TurnFixture.Run(async fixture =>
    {
        await fixture.AcceptAsync("m1");
        var turn = await TurnFixture.OpenAsync(fixture.Start());
        await fixture.Start().Reset.ResetAsync(TurnFixture.Key, force: false, None);

        var receipt = (await new SimulatedOrchestration(fixture).TurnAsync(turn)).ShouldNotBeNull();

        (receipt.Ending, receipt.SessionId, receipt.RunId).ShouldBe((TurnEnding.Replied, Second, turn.RunId));
    });

    [Fact]
    public void FinishAsync_WhenTheSessionWasClosedBeforeTheNotice_TheMessageStandsInTheNewOne() => TurnFixture.Run(async fixture =>
    {
        await fixture.AcceptAsync("m1");
        var turn = await TurnFixture.OpenAsync(fixture.Start());
        await fixture.Start().Reset.ResetAsync(TurnFixture.Key, force: false, None);

        var receipt = await new SimulatedOrchestration(fixture).FinishAsync(turn, TurnEnding.Terminated, 0, TurnFailure.Terminated);

        receipt.SessionId.ShouldBe(Second);
        (await EntriesAsync(fixture, Second)).ShouldContain(entry => entry.Id == EntryId.OfMessage(TurnFixture.RunOf("m1").Turn));
        fixture.Channel.Posts.ShouldHaveSingleItem().Text.ShouldContain("operator ended");
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
            TurnFixture.Run(async fixture =>
            {
                fixture.Leases.ClaimWait = TimeSpan.FromSeconds(70);
                await AnsweredAsync(fixture, "m1");
                var tap = new BlobTap { Plan = (_, call) => call == at ? (TapAction)action : TapAction.Pass };
                await Record.ExceptionAsync(() => fixture.Start(tap).Reset.ResetAsync(TurnFixture.Key, force: false, None));
                var closed = (await fixture.Outside.ReadAsync(TurnFixture.Segment, 0, 0, None))!.IsSealed;

                var receipt = await AnsweredAsync(fixture, "m2");

                receipt.SessionId.ShouldBe(closed ? Second : TurnFixture.Session, $"call {at}: the seal is the reset");
                (await fixture.Start().Sessions.FindAsync(TurnFixture.Key, None))!.LifecycleRevision.ShouldBe(closed ? 2 : 1);
            });
        }
    }

    [Fact]
    public void ResetAsync_WhenTwoCallAtOnce_TheKeyMovesOnOnce() => TurnFixture.Run(async fixture =>
    {
        await AnsweredAsync(fixture, "m1");

        var both = await Task.WhenAll(ResetAsync(), ResetAsync());

        both.ShouldBe(Enumerable.Repeat(new ResetOutcome.Done(TurnFixture.Session, Next), 2));

        // Each call takes a while, so that the two go call by call.
        Task<ResetOutcome> ResetAsync() =>
            fixture.Start(new BlobTap { HoldBefore = (_, _) => fixture.PassAsync(TimeSpan.FromMilliseconds(10)) }).Reset.ResetAsync(
                TurnFixture.Key, force: false, None);
    });

    [Fact]
    public void MoveOnAsync_WhenCalledTwice_TheSecondChangesNothing() => TurnFixture.Run(async fixture =>
    {
        var tap = new BlobTap();
        var sessions = fixture.Start(tap).Sessions;
        var next = await sessions.MoveOnAsync(TurnFixture.Key, TurnFixture.Session, None);

        (await sessions.MoveOnAsync(TurnFixture.Key, TurnFixture.Session, None)).ShouldBe(next);

        tap.CountOf(BlobVerb.Replace).ShouldBe(1);
    });

    private static int CallsOfOneReset()
    {
        var tap = new BlobTap();
        TurnFixture.Run(async fixture =>
        {
            await AnsweredAsync(fixture, "m1");
            await fixture.Start(tap).Reset.ResetAsync(TurnFixture.Key, force: false, None);
        });
        tap.Calls.Count.ShouldBeGreaterThan(6);
        return tap.Calls.Count;
    }

    private static async Task ForceAsync(TurnFixture fixture) =>
        (await fixture.Start().Reset.ResetAsync(TurnFixture.Key, force: true, None)).ShouldBeOfType<ResetOutcome.Done>();

    private static async Task<Receipt> AnsweredAsync(TurnFixture fixture, string name)
    {
        await fixture.AcceptAsync(name);
        return (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem();
    }

    private static async Task<IReadOnlyList<TranscriptEntry>> EntriesAsync(TurnFixture fixture, SessionId session) =>
        (await fixture.Start().Reader.ReadAsync(session, 0, None))!.Conversation.Entries;
}
