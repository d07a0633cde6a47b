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
    private static readonly DateTimeOffset At = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TranscriptExpectation Expected = new(Turn, "all green") { Message = "look" };

    [Fact]
    public void Check_WhenATurnIsWhole_FindsNothing() => Faults(Good()).ShouldBeEmpty();

    [Fact]
    public void Check_WhenTheAuditFindsAFault_SaysWhatAndWhere() =>
        TranscriptChecks.Check(Bytes(Good())[..^5], Expected).ShouldContain("0:6 the last line is cut off: it has no line feed");

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
        TranscriptChecks.Check(Bytes(Good()), Expected with { FinalText = "all red" })
            .ShouldContain(fault => fault.Contains("not what was delivered"));

    private static IReadOnlyList<string> Faults(ImmutableList<TranscriptEntry> entries) => TranscriptChecks.Check(Bytes(entries), Expected);

    /// <summary>A message, a tool call and its result, a streamed part, and the answer.</summary>
    private static ImmutableList<TranscriptEntry> Good() =>
    [
        new TranscriptEntry.UserMessage(
            [new ContentBlock.Text("look")]) { Id = EntryId.OfMessage(Turn), WrittenAt = At, Provenance = ProvenanceOf(1) },
        Answer("call", "", epoch: 1) with
        {
            Content = [new ContentBlock.ToolCall("c1", "exec", JsonElement.Parse("{}"u8))],
            StopReason = "toolUse",
        },
        Result("result"),
        Part("p1", "all gr"),
        Answer("answer", "all green", epoch: 2) with { Id = EntryId.OfStep(RunId.First(Turn), 1, "answer") },
    ];

    private static TranscriptEntry.AssistantMessage Answer(string id, string text, long epoch) => new([new ContentBlock.Text(text)])
    {
        Id = EntryId.Parse(id),
        WrittenAt = At,
        Provider = "amazon-bedrock",
        Model = "m",
        StopReason = "stop",
        Provenance = ProvenanceOf(epoch),
    };

    private static TranscriptEntry.AssistantMessage Stub() =>
        Answer("stub", "", epoch: 2) with { Content = [], StopReason = "error", ErrorMessage = "silent for too long" };

    private static TranscriptEntry.ToolResult Result(string id) =>
        new("c1", "exec", [new ContentBlock.Text("ok")], IsError: false)
        {
            Id = EntryId.Parse(id),
            WrittenAt = At,
            Provenance = ProvenanceOf(1),
        };

    private static TranscriptEntry.StreamedText Part(string id, string text) =>
        new(1, text) { Id = EntryId.Parse(id), WrittenAt = At, Provenance = ProvenanceOf(2) };

    private static Provenance ProvenanceOf(long epoch) =>
        new(RunId.First(Turn).Value, (int)epoch, epoch, 1, EntrySource.Turn);

    /// <summary>As the app would write them: each behind the one before it, counted.</summary>
    private static ReadOnlyMemory<byte> Bytes(ImmutableList<TranscriptEntry> entries)
    {
        var output = new ArrayBufferWriter<byte>();
        TranscriptLineWriter.WriteHeader(output, SessionId.Parse(new string('1', 32)), 0, At);
        for (var index = 0; index < entries.Count; index++)
        {
            TranscriptLineWriter.Write(output, entries[index] with
            {
                ParentId = index == 0 ? null : entries[index - 1].Id,
                Provenance = entries[index].Provenance! with { Seq = index + 1 },
            });
        }

        return output.WrittenMemory;
    }
}
