using System.Collections.Immutable;
using Holdfast.Delivery;
using Holdfast.Tests.Faults.Proof;
using Holdfast.Tests.Faults.Traffic;
using Holdfast.Turns;
using Shouldly;
using Xunit;
using static Holdfast.Tests.FaultRuns.SoundRun;

namespace Holdfast.Tests.FaultRuns;

/// <summary>The ledger is empty for a sound run, and each planted fault is found, by its own name and no other.</summary>
public sealed class LedgerTests
{
    [Fact]
    public void Check_WhenTheRunIsSound_FindsNothing() => Ledger.Check(Evidence()).ShouldBeEmpty();

    [Fact]
    public void Check_WhenAMessageDoesNotStandInItsTranscript_FindsItLost() =>
        Found(Evidence() with { Transcripts = [Transcript(User(First, "token0"), Answer(First, "about token0"), Stub(Second))] })
            .ShouldBe([FaultKind.Lost]);

    [Fact]
    public void Check_WhenNothingKnowsOfAnAcceptedMessage_FindsItLost()
    {
        var evidence = Evidence();

        Found(evidence with { Receipts = Without(evidence.Receipts, Second.Value) }).ShouldBe([FaultKind.Lost]);
    }

    [Fact]
    public void Check_WhenAMessageStandsTwice_FindsItDoubled() => Found(Evidence() with
    {
        Transcripts = [Transcript(
            User(First, "token0"), User(First, "token0"), Answer(First, "about token0"), User(Second, "token1"), Stub(Second))],
    }).ShouldBe([FaultKind.Doubled]);

    [Fact]
    public void Check_WhenAReplyIsPostedTwice_FindsItDoubled()
    {
        var evidence = Evidence();

        Found(evidence with { Posts = [.. evidence.Posts, evidence.Posts[0]] }).ShouldBe([FaultKind.Doubled]);
    }

    [Fact]
    public void Check_WhenReplyAndNoticeArePosted_FindsBothAndTheSecondPart()
    {
        var evidence = Evidence();

        Found(evidence with { Posts = [.. evidence.Posts, Post(First, "I could not answer") with { Part = 2 }] })
            .ShouldBe([FaultKind.WrongText]);
    }

    [Fact]
    public void Check_WhenOneMessageWasAcceptedAsTwoTurns_FindsItDoubled()
    {
        var evidence = Evidence();
        var twice = evidence.Messages[0] with { Turns = [First.Value, new string('a', 32)] };

        Found(evidence with { Messages = [twice, evidence.Messages[1]] }).ShouldBe([FaultKind.Doubled]);
    }

    [Fact]
    public void Check_WhenAFinishedMessageIsStillInTheInbox_FindsItDoubled() =>
        Found(Evidence() with { Pending = new HashSet<string> { First.Value } }).ShouldBe([FaultKind.Doubled]);

    [Fact]
    public void Check_WhenReceiptAndDeliveryDisagree_FindsItDoubled()
    {
        var evidence = Evidence();

        Found(evidence with { Receipts = With(evidence.Receipts, Second.Value, ReceiptOf(Second, TurnEnding.Terminated, 9)) })
            .ShouldBe([FaultKind.Doubled]);
    }

    [Fact]
    public void Check_WhenAReplyWasNotPosted_FindsItSilent()
    {
        var evidence = Evidence();

        Found(evidence with { Posts = [evidence.Posts[0]] }).ShouldBe([FaultKind.Silent]);
    }

    [Fact]
    public void Check_WhenAMessageWaitsForEver_FindsItSilent()
    {
        var evidence = Evidence();
        var open = evidence with
        {
            Receipts = Without(evidence.Receipts, Second.Value),
            Deliveries = Without(evidence.Deliveries, Second.Value),
            Posts = [evidence.Posts[0]],
            Pending = new HashSet<string> { Second.Value },
        };

        Found(open).ShouldBe([FaultKind.Silent, FaultKind.Silent]);
    }

    [Fact]
    public void Check_WhenADeliveryIsNotFinished_FindsItSilent()
    {
        var evidence = Evidence();
        var sending = DeliveryOf(First, TurnEnding.Replied, "about token0") with { State = OutboxState.Sending };

        Found(evidence with { Deliveries = With(evidence.Deliveries, First.Value, sending) }).ShouldBe([FaultKind.Silent]);
    }

    [Fact]
    public void Check_WhenAPrefixIsBroken_FindsIt() =>
        Found(Evidence() with { BrokenPrefixes = ["a transcript lost its end"] }).ShouldBe([FaultKind.BrokenPrefix]);

    [Fact]
    public void Check_WhenATurnWroteOnBothSidesOfAnother_FindsTheOverlap() => Found(Evidence() with
    {
        Transcripts = [Transcript(User(First, "token0"), User(Second, "token1"), Stub(Second), Answer(First, "about token0"))],
    }).ShouldBe([FaultKind.Overlap]);

    [Fact]
    public void Check_WhenATurnThatWasTakenOverRunsAgain_FindsNothing() => Found(Evidence() with
    {
        Transcripts = [Transcript(
            User(First, "token0"), User(Second, "token1"), Stub(Second), Verdict(First), Again(First, Answer(First, "about token0")))],
    }).ShouldBeEmpty();

    [Fact]
    public void Check_WhenATurnRunsAgainWithoutATakeover_FindsItDoubled() => Found(Evidence() with
    {
        Transcripts = [Transcript(
            User(First, "token0"), User(Second, "token1"), Stub(Second), Again(First, Answer(First, "about token0")))],
    }).ShouldBe([FaultKind.Doubled]);

    [Fact]
    public void Check_WhenATurnRunsAgainAfterItsEnd_FindsItDoubled()
    {
        var late = Again(First, Answer(First, "about token0"));

        Found(Evidence() with
        {
            Transcripts = [Transcript(
                User(First, "token0"), Answer(First, "about token0"), User(Second, "token1"), Stub(Second), Verdict(First), late)],
        }).ShouldBe([FaultKind.Doubled]);
    }

    [Fact]
    public void Check_WhenATurnWasTakenOverBeforeItsAnswerWasDetached_FindsNoOverlap()
    {
        var detached = Detached(TurnNotices.BesideTheMainLine + "about token0");

        Found(detached with { Answers = [detached.Answers[0], detached.Answers[1] with { AskedAt = At(4) }] }).ShouldBeEmpty();
    }

    [Fact]
    public void Check_WhenTheModelWasAskedForATurnBeforeTheOneBeforeItEnded_FindsTheOverlap()
    {
        var evidence = Evidence();

        Found(evidence with { Answers = [evidence.Answers[0], evidence.Answers[1] with { AskedAt = At(4) }] })
            .ShouldBe([FaultKind.Overlap]);
    }

    [Fact]
    public void Check_WhenALaterMessageCameFirst_FindsTheDisorder()
    {
        var evidence = Evidence();
        var swapped = evidence with
        {
            Messages = [evidence.Messages[0] with
            {
                SentAt = At(2),
                ToldAt = At(3),
            }, evidence.Messages[1] with { SentAt = At(0), ToldAt = At(1) }],
        };

        Found(swapped).ShouldBe([FaultKind.OutOfOrder]);
    }

    [Theory]
    [InlineData("something else")]
    [InlineData("about")]
    public void Check_WhenTheReplyIsNotWhatTheModelSaid_FindsIt(string text)
    {
        var evidence = Evidence();
        var told = evidence with
        {
            Deliveries = With(evidence.Deliveries, First.Value, DeliveryOf(First, TurnEnding.Replied, text)),
            Posts = [Post(First, text), evidence.Posts[1]],
        };

        Found(told).ShouldBe([FaultKind.WrongText, FaultKind.WrongText]);
    }

    [Fact]
    public void Check_WhenThePostIsNotWhatTheOutboxHolds_FindsIt()
    {
        var evidence = Evidence();

        Found(evidence with { Posts = [Post(First, "about"), evidence.Posts[1]] }).ShouldBe([FaultKind.WrongText]);
    }

    [Fact]
    public void Check_WhenAParkedAnswerIsNotMarked_FindsIt() => Found(Detached("about token0")).ShouldBe([FaultKind.WrongText]);

    [Fact]
    public void Check_WhenAParkedAnswerIsMarked_FindsNothing() =>
        Found(Detached(TurnNotices.BesideTheMainLine + "about token0")).ShouldBeEmpty();

    [Fact]
    public void Check_WhenANoticeBlamesOurselves_FindsIt() =>
        Found(Noticed(TurnNotices.TextOf(TurnFailure.Internal, RunOfSecond))).ShouldBe([FaultKind.Unfounded]);

    [Fact]
    public void Check_WhenANoticeBlamesAModelThatAnswered_FindsIt()
    {
        var evidence = Evidence();
        var answered = new ModelAnswer(1, "about token1", true, At(7));

        Found(evidence with { Answers = [.. evidence.Answers, answered] }).ShouldBe([FaultKind.Unfounded]);
    }

    [Fact]
    public void Check_WhenAMessageWasRefused_FindsItNotTaken()
    {
        var evidence = Evidence();

        Found(evidence with { Messages = [evidence.Messages[0] with { Refusals = ["409: no"] }, evidence.Messages[1]] })
            .ShouldBe([FaultKind.NotTaken]);
    }

    [Fact]
    public void Check_WhenAPostBelongsToNothing_FindsItUnasked()
    {
        var evidence = Evidence();

        Found(evidence with { Posts = [.. evidence.Posts, Post(null, "hello")] }).ShouldBe([FaultKind.Unasked]);
    }

    [Fact]
    public void Check_WhenFilesLogsAndProcessesAreBad_FindsEach() => Found(Evidence() with
    {
        Transcripts = [Evidence().Transcripts[0] with { Faults = ["entry stands twice"] }],
        Leaks = ["blue wrote: token0"],
        Deaths = ["green ended by itself"],
    }).ShouldBe([FaultKind.BadTranscript, FaultKind.Leaked, FaultKind.Died]);

    private static string RunOfSecond => Sessions.RunId.First(Second).Value;

    private static Evidence Detached(string text)
    {
        var evidence = Evidence();
        return evidence with
        {
            Receipts = With(evidence.Receipts, First.Value, ReceiptOf(First, TurnEnding.Superseded, 5)),
            Deliveries = With(evidence.Deliveries, First.Value, DeliveryOf(First, TurnEnding.Superseded, text)),
            Posts = [Post(First, text), evidence.Posts[1]],
        };
    }

    private static Evidence Noticed(string text)
    {
        var evidence = Evidence();
        return evidence with
        {
            Deliveries = With(evidence.Deliveries, Second.Value, DeliveryOf(Second, TurnEnding.Failed, text)),
            Posts = [evidence.Posts[0], Post(Second, text)],
        };
    }

    private static IEnumerable<FaultKind> Found(Evidence evidence) => Ledger.Check(evidence).Select(fault => fault.Kind);

    private static ImmutableDictionary<string, T> With<T>(
        IReadOnlyDictionary<string, T> all, string turn, T value) => all.ToImmutableDictionary().SetItem(turn, value);

    private static ImmutableDictionary<string, T> Without<T>(
        IReadOnlyDictionary<string, T> all, string turn) => all.ToImmutableDictionary().Remove(turn);
}
