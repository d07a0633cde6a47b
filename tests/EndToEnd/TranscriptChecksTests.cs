using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Holdfast.Harness;
using Holdfast.Sessions;
using Holdfast.Transcripts;
using Shouldly;
using Xunit;

namespace Holdfast.EndToEnd.Tests;

/// <summary>The checks that demo and tests put to transcripts find what they are there for.</summary>
public sealed class TranscriptChecksTests
{
    private static readonly TurnId Turn = TurnId.Parse(new string('a', 32));
    private static readonly TurnId OtherTurn = TurnId.Parse(new string('b', 32));
    private static readonly DateTimeOffset At = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TranscriptExpectation Expected = new(Turn, "all green") { Message = "look" };

    [Fact]
    public void Check_WhenATurnIsWhole_FindsNothing() => Faults(Good()).ShouldBeEmpty();

    [Fact]
    public void Check_WhenTheHeaderIsMissing_SaysSo() =>
        TranscriptChecks.Check(Bytes(Good(), withHeader: false), Expected).ShouldContain(fault => fault.Contains("header"));

    [Fact]
    public void Check_WhenALineIsCutOff_SaysSo() =>
        TranscriptChecks.Check(Bytes(Good())[..^5], Expected).ShouldContain("1 lines cannot be read");

    [Fact]
    public void Check_WhenAnEpochGoesBack_SaysSo() =>
        Faults([.. Good(), Answer("late", "x", epoch: 1)]).ShouldContain(fault => fault.StartsWith("epoch 1 of run", StringComparison.Ordinal));

    [Fact]
    public void Check_WhenTwoRunsShareAnEpoch_SaysSo() =>
        Faults([.. Good(), Answer("late", "x", epoch: 2, turn: OtherTurn)]).ShouldContain(fault => fault.StartsWith("epoch 2 is of two runs", StringComparison.Ordinal));

    [Fact]
    public void Check_WhenAResultIsMissing_SaysSo() =>
        Faults(Good().RemoveAll(entry => entry is TranscriptEntry.ToolResult)).ShouldContain("tool call c1 has no result");

    [Fact]
    public void Check_WhenAResultStandsTwice_SaysSo() =>
        Faults(Good().Insert(3, Result("again"))).ShouldContain("tool call c1 has more than one result");

    [Fact]
    public void Check_WhenTheMessageIsMissing_SaysSo() =>
        Faults(Good().RemoveAt(0)).ShouldContain(fault => fault.EndsWith("stands 0 times", StringComparison.Ordinal));

    [Fact]
    public void Check_WhenTheMessageStandsTwice_SaysSo() =>
        Faults(Good().Insert(1, Good()[0])).ShouldContain(fault => fault.EndsWith("stands 2 times", StringComparison.Ordinal));

    [Fact]
    public void Check_WhenAStubStands_SaysSo() =>
        Faults(Good().Insert(3, Stub())).ShouldContain(fault => fault.Contains("left a stub"));

    [Fact]
    public void Check_WhenAStubIsExpected_FindsNothing() =>
        TranscriptChecks.Check(Bytes(Good().Insert(3, Stub())), Expected with { MayHoldFailures = true }).ShouldBeEmpty();

    [Fact]
    public void Check_WhenTheAnswerIsNotWhatWasDelivered_SaysSo() =>
        TranscriptChecks.Check(Bytes(Good()), Expected with { FinalText = "all red" }).ShouldContain(fault => fault.Contains("not what was delivered"));

    [Fact]
    public void Check_WhenPartialsAreNotTheAnswersBeginning_SaysSo() =>
        Faults(Good().Insert(4, Part("p2", " blue"))).ShouldContain(fault => fault.Contains("streamed parts"));

    private static IReadOnlyList<string> Faults(ImmutableList<TranscriptEntry> entries) => TranscriptChecks.Check(Bytes(entries), Expected);

    /// <summary>A message, a tool call and its result, a streamed part, and the answer.</summary>
    private static ImmutableList<TranscriptEntry> Good() =>
    [
        new TranscriptEntry.UserMessage([new ContentBlock.Text("look")]) { Id = EntryId.OfMessage(Turn), WrittenAt = At, Stamp = StampOf(1) },
        Answer("call", "", epoch: 1) with
        {
            Content = [new ContentBlock.ToolCall("c1", "exec", JsonElement.Parse("{}"u8))],
            StopReason = "toolUse",
        },
        Result("result"),
        Part("p1", "all gr"),
        Answer("answer", "all green", epoch: 2),
    ];

    private static TranscriptEntry.AssistantMessage Answer(string id, string text, long epoch, TurnId? turn = null) => new([new ContentBlock.Text(text)])
    {
        Id = EntryId.Parse(id),
        WrittenAt = At,
        Provider = "amazon-bedrock",
        Model = "m",
        StopReason = "stop",
        Stamp = StampOf(epoch, turn),
    };

    private static TranscriptEntry.AssistantMessage Stub() =>
        Answer("stub", "", epoch: 2) with { Content = [], StopReason = "error", ErrorMessage = "silent for too long" };

    private static TranscriptEntry.ToolResult Result(string id) =>
        new("c1", "exec", [new ContentBlock.Text("ok")], IsError: false) { Id = EntryId.Parse(id), WrittenAt = At, Stamp = StampOf(1) };

    private static TranscriptEntry.StreamedText Part(string id, string text) =>
        new(1, text) { Id = EntryId.Parse(id), WrittenAt = At, Stamp = StampOf(2) };

    private static EntryStamp StampOf(long epoch, TurnId? turn = null) =>
        new(RunId.First(turn ?? Turn).Value, (int)epoch, epoch, 1, EntrySource.Turn);

    private static ReadOnlyMemory<byte> Bytes(ImmutableList<TranscriptEntry> entries, bool withHeader = true)
    {
        var output = new ArrayBufferWriter<byte>();
        if (withHeader)
        {
            TranscriptLineWriter.WriteHeader(output, SessionId.Parse(new string('1', 32)), 0, At);
        }

        entries.ForEach(entry => TranscriptLineWriter.Write(output, entry));
        return output.WrittenMemory;
    }
}
