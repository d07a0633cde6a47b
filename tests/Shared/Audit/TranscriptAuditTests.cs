using System.Text;
using System.Text.Json.Nodes;
using Holdfast.Audit;
using Holdfast.Inbox;
using Holdfast.Tests.Turns;
using Shouldly;
using Xunit;
using static Holdfast.Tests.Audit.AuditSample;

namespace Holdfast.Tests.Audit;

/// <summary>A transcript of the real code passes; corrupted in one place it fails with the sentence that says so.</summary>
public sealed class TranscriptAuditTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Check_WhenTheTranscriptIsWhole_FindsNothing(bool asBlob)
    {
        var report = TwoTurns.Audit(asBlob);

        report.Findings.ShouldBeEmpty();
        var totals = report.Totals;
        (totals.Segments, totals.Entries, totals.Messages, totals.Answers, totals.Failures, totals.StreamedParts)
            .ShouldBe((1, 14, 2, 3, 1, 5));
        (totals.ToolCalls, totals.Verdicts, totals.Runs, totals.Epochs, totals.Beside, totals.Unnamed).ShouldBe((1, 0, 2, 4, 0, 0));
    }

    [Fact]
    public void Check_WhenItIsCutAnywhereBetweenAppends_FindsNoFault()
    {
        for (var length = 0; length < TwoTurns.Lines.Count; length++)
        {
            var cut = TwoTurns with { Lines = TwoTurns.Lines.GetRange(0, length) };
            cut.Audit().Faults.ShouldBeEmpty($"{length} lines: a run that is at work is no fault");
        }
    }

    [Fact]
    public void Check_WhenTheLastLineIsTorn_SaysWhere()
    {
        var bytes = TwoTurns.Bytes()[..^20];

        var fault = TranscriptAudit.Check(new SessionSegments(null, [new SegmentBytes(0, bytes)])).Faults.ShouldHaveSingleItem();

        (fault.Kind, fault.Line, fault.Sentence)
            .ShouldBe((FindingKind.UnreadableLine, 15, "the last line is cut off: it has no line feed"));
        Encoding.UTF8.GetString(bytes[(int)fault.Position..]).ShouldStartWith("{\"type\":\"custom\"");
    }

    [Fact]
    public void Check_WhenALineInTheMiddleIsNoEntry_SaysWhere() =>
        TwoTurns.With(line => IsType(line, "partial"), line => line.Remove("id")).Audit().Faults
            .ShouldContain(
                fault =>
                    fault.Kind == FindingKind.UnreadableLine && fault.Line == 3 && fault.Sentence == "the line is no transcript entry");

    [Fact]
    public void Check_WhenTheHeaderIsMissing_SaysSo() =>
        Expect(TwoTurns with { Lines = TwoTurns.Lines.RemoveAt(0) }, FindingKind.WrongHeader, "does not begin with a header");

    [Fact]
    public void Check_WhenTheHeaderIsOfAnotherVersion_SaysSo() =>
        Expect(TwoTurns.With(line => IsType(line, "session"), line => line["version"] = 2), FindingKind.WrongHeader, "version 2, not 3");

    [Fact]
    public void Check_WhenASecondHeaderStands_SaysSo() =>
        Expect(
            TwoTurns with { Lines = TwoTurns.Lines.Insert(5, TwoTurns.Line(line => IsType(line, "session"))) }, FindingKind.WrongHeader,
            "second header");

    [Fact]
    public void Check_WhenTheHeaderNamesAnotherSession_SaysWhich() =>
        Expect(
            TwoTurns.With(line => IsType(line, "session"), line => line["id"] = new string('2', 32)),
            FindingKind.ForeignSession, $"session {new string('2', 32)}; the segment belongs to {TurnFixture.Session}");

    [Fact]
    public void Check_WhenTheMetadataNamesAnotherSession_SaysWhich()
    {
        var sample = TwoTurns with { Claim = TwoTurns.Claim with { SessionId = Holdfast.Sessions.SessionId.Parse(new string('3', 32)) } };

        Expect(sample, FindingKind.ForeignSession, $"the metadata names session {new string('3', 32)}", asBlob: true);
    }

    [Fact]
    public void Check_WhenAnEntryStandsTwice_SaysWhereItStoodFirst() =>
        Expect(TwoTurns.Insert(line => IsRole(line, "user"), Custom(1, "a", 2), 1).Insert(line => IsRole(line, "user"), Custom(1, "a", 2)),
            FindingKind.DoubledEntry, "entry a stands at 0:3 already");

    [Fact]
    public void Check_WhenAnEntryFollowsAnother_SaysWhich() =>
        Expect(
            TwoTurns.With(line => IsType(line, "partial"), line => line["parentId"] = "elsewhere"), FindingKind.WrongParent,
            "follows elsewhere; it stands behind");

    [Fact]
    public void Check_WhenALineIsTakenOut_TheChainTells() =>
        (TwoTurns with { Lines = TwoTurns.Lines.RemoveAt(3) })
            .Audit().Faults.ShouldContain(fault => fault.Kind == FindingKind.WrongParent && fault.Line == 4);

    [Fact]
    public void Check_WhenStreamedTextHasNoEnd_SaysWhereItsRunWentOn() =>
        Expect(
            TwoTurns.Without(IsStub), FindingKind.OrphanedText,
            $"the text streamed by run {FirstRun}, epoch 1, step 0, has no end, though its run went on at 0:4");

    [Fact]
    public void Check_WhenAnAnswerIsTakenOut_ItsStreamHasNoEnd() =>
        TwoTurns.Without(IsAnswer, 2).OnlyFault().Kind.ShouldBe(FindingKind.OrphanedText);

    [Fact]
    public void Check_WhenAStreamedPartIsAltered_SaysSo() =>
        Expect(
            TwoTurns.With(line => IsType(line, "partial"), line => line["text"] = "all red", 1), FindingKind.AlteredText,
            "epoch 3, step 1, is not the beginning of its answer");

    [Fact]
    public void Check_WhenAnAnswerIsAltered_ItsStreamTells() =>
        Expect(
            TwoTurns.With(IsAnswer, line => line["message"]!["content"]![0]!["text"] = "all red", 1), FindingKind.AlteredText,
            "is not the beginning of its answer");

    [Fact]
    public void Check_WhenAStreamedPartStandsBehindItsAnswer_SaysSo() =>
        Expect(
            TwoTurns.MovedBehind(line => IsType(line, "partial") && (string?)line["text"] == "green", IsAnswer, 1)
            .Resequenced(), FindingKind.AlteredText, "behind the end of its stream");

    [Fact]
    public void Check_WhenAResultHasNoCall_SaysSo() =>
        Expect(
            TwoTurns.With(IsAnswer, line => line["message"]!["content"] = new JsonArray()), FindingKind.OrphanedResult,
            "the result of tool call c1 has no call before it");

    [Fact]
    public void Check_WhenACallHasTwoResults_SaysSo() =>
        Expect(
            TwoTurns.Insert(line => IsRole(line, "toolResult"), Again(TwoTurns.Line(line => IsRole(line, "toolResult")))).Resequenced(),
            FindingKind.DoubledResult, "tool call c1 has more than one result");

    [Fact]
    public void Check_WhenAResultOfAnotherProgramHasNoCall_OnlyNotesIt()
    {
        var result = TwoTurns.Line(line => IsRole(line, "toolResult"));
        result.Remove("holdfast");

        var report = TwoTurns.Insert(line => IsType(line, "custom"), Again(result), 1).Audit();

        report.Faults.ShouldBeEmpty();
        report.Notes.ShouldContain(note => note.Kind == FindingKind.OrphanedResult);
    }

    [Fact]
    public void Check_WhenACallHasNoResult_SaysWhereItsRunWentOn() =>
        Expect(
            TwoTurns.Without(line => IsRole(line, "toolResult")), FindingKind.UnpairedCall,
            "tool call c1 has no result, though its run went on at 0:6");

    [Fact]
    public void Check_WhenACallHasNoResultAndAnotherTurnFollows_SaysWhich() =>
        Expect(Overtaken(), FindingKind.UnpairedCall, $"tool call c1 has no result, though run {SecondRun} stands behind it");

    [Fact]
    public void Check_WhenTheOvertakenTurnIsStillInTheInbox_OnlyNotesIt()
    {
        var report = (Overtaken() with { Pending = [TurnFixture.Delivery("m1").Hash] }).Audit();

        report.Faults.ShouldBeEmpty();
        report.Notes.ShouldHaveSingleItem().Sentence.ShouldContain("its own message still waits in the inbox");
    }

    [Fact]
    public void Check_WhenTheTakeoversRecordIsStillInTheInbox_FindsNothing() =>
        (Overtaken() with { Pending = [DeliveryId.Parse("verdict:" + FirstRun).Hash] }).Audit().Findings.ShouldBeEmpty();

    [Fact]
    public void Check_WhenWorkStandsWithoutItsMessage_SaysWhose() =>
        Expect(
            TwoTurns.Without(line => IsRole(line, "user"), 1), FindingKind.MissingMessage,
            $"the message that run {SecondRun} answers does not stand before its work");

    [Fact]
    public void Check_WhenAMessageStandsBehindALaterOne_SaysWhich() =>
        Expect(
            TwoTurns.With(line => IsRole(line, "user"), line => Times(line, -60, -60), 1), FindingKind.MessageOutOfOrder,
            "was accepted and received before message");

    [Theory]
    [InlineData(-60, 10)]
    [InlineData(60, -60)]
    [InlineData(-60, -2)]
    public void Check_WhenAMessageIsOnlyAcceptedOrReceivedEarlier_FindsNothing(int accepted, int received) =>
        TwoTurns.With(line => IsRole(line, "user"), line => Times(line, accepted, received), 1).Audit().Findings.ShouldBeEmpty();

    [Fact]
    public void Check_WhenALineDoesNotSayWhenItWasReceived_FindsNothing() =>
        TwoTurns.With(
            line => IsRole(line, "user"), line => { Times(line, -60, -60); line["holdfast"]!.AsObject().Remove("receivedAt"); }, 1)
            .Audit().Findings.ShouldBeEmpty();

    [Fact]
    public void Check_WhenAFailureGivesNoReason_SaysSo() =>
        Expect(TwoTurns.With(IsStub, line => line["message"]!["errorMessage"] = " "), FindingKind.NoReason, "gives no reason");

    /// <summary>The first turn ends with its tool call, and the second one follows.</summary>
    private static AuditSample Overtaken()
    {
        var sample = TwoTurns;
        while (sample.Lines[5] is var line && !IsRole(line, "user"))
        {
            sample = sample.Without(other => other == line);
        }

        return sample;
    }

    /// <summary>Times in seconds from the first message's.</summary>
    private static void Times(JsonObject line, int accepted, int received)
    {
        var first =
            DateTimeOffset.Parse(
                (string)TwoTurns.Line(other => IsRole(other, "user"))["timestamp"]!, System.Globalization.CultureInfo.InvariantCulture);
        line["timestamp"] = first.AddSeconds(accepted).ToString("O");
        line["holdfast"]!["receivedAt"] = first.AddSeconds(received).ToString("O");
    }
}
