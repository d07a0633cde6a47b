using System.Text;
using System.Text.Json;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Tests.Turns;
using Holdfast.Transcripts;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Transcripts;

/// <summary>No block is larger than storage takes, whatever is to be written.</summary>
public sealed class TranscriptBlockTests
{
    // Six bytes each in JSON.
    private static readonly string Escaped = new('\u0001', 1024 * 1024);
    private static readonly string Long = new('x', 5 * 1024 * 1024);
    private static readonly SessionId Session = SessionId.Parse("11111111111111111111111111111111");

    private static readonly Dictionary<string, TranscriptEntry> TooLong = new()
    {
        ["user"] = Lines.User(null, Long),
        ["escaped user"] = Lines.User(null, Escaped),
        ["surrogate pairs"] = Lines.User(null, "x" + string.Concat(Enumerable.Repeat("👋", 1_500_000))),
        ["several texts"] = new TranscriptEntry.CustomMessage(
            "note", [.. Enumerable.Repeat(new ContentBlock.Text(new string('x', 900_000)), 6)])
        {
            Id = EntryId.Parse("e"),
            WrittenAt = default,
        },
        ["assistant"] = Lines.Assistant(null, Long),
        ["stub"] = Lines.Assistant(null, "", "error") with { ErrorMessage = Long },
        ["reasoning"] = Lines.Assistant(null) with
        {
            Content = [new ContentBlock.Thinking(Long, "signature"), new ContentBlock.Text("so")],
        },
        ["tool result"] = Lines.Result(null) with { Content = [new ContentBlock.Text(Long)] },
        ["part"] = new TranscriptEntry.StreamedText(0, Long) { Id = EntryId.Parse("e"), WrittenAt = default },
        ["verdict"] = Lines.Verdict(null) with { Explanation = Long },
        ["summary"] = new TranscriptEntry.Compaction(Long, EntryId.Parse("kept")) { Id = EntryId.Parse("e"), WrittenAt = default },
    };

    public static TheoryData<string> Kinds => [.. TooLong.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Encode_WhenAnEntryIsLongerThanABlock_CutsItsTextAndSaysSo(string kind)
    {
        var block = Encode(TooLong[kind]);

        block.Bytes.Length.ShouldBeLessThanOrEqualTo(BlobLimits.MaxBlockBytes);
        var read = TranscriptLineParser.Parse(block.Bytes).Entries.ShouldHaveSingleItem();
        Encoding.UTF8.GetString(block.Bytes.Span).Contains("characters are shown]", StringComparison.Ordinal).ShouldBeTrue();
        TurnFixture.Lines(read).Span.SequenceEqual(TurnFixture.Lines(block.Lines.Entries[0]).Span)
            .ShouldBeTrue("memory holds what the file holds");
        (read.GetType(), read.Id).ShouldBe((TooLong[kind].GetType(), TooLong[kind].Id));
    }

    [Fact]
    public void Encode_WhenReasoningIsCut_LosesItsSignature() =>
        Encode(TooLong["reasoning"]).Lines.Entries[0].ShouldBeOfType<TranscriptEntry.AssistantMessage>()
            .Content.OfType<ContentBlock.Thinking>().ShouldHaveSingleItem().Signature.ShouldBeNull("the provider would refuse it");

    [Fact]
    public void Encode_WhenArgumentsAreLongerThanABlock_LeavesThemOutAndKeepsTheCall()
    {
        var arguments = JsonSerializer.SerializeToElement(new { text = Long });
        var block = Encode(Lines.Assistant(null) with { Content = [new ContentBlock.ToolCall("c1", "exec", arguments)] });

        var call =
            block.Lines.Entries[0].ShouldBeOfType<TranscriptEntry.AssistantMessage>().Content[0].ShouldBeOfType<ContentBlock.ToolCall>();
        (call.Id, call.Name, EntryCut.IsCut(call.Arguments)).ShouldBe(("c1", "exec", true));
        EntryCut.IsCut(arguments).ShouldBeFalse();
        block.Bytes.Length.ShouldBeLessThan(1024);
    }

    [Fact]
    public void Encode_WhenNothingOfAnEntryCanBeCut_KeepsItsPlace()
    {
        var change = new TranscriptEntry.ModelChange("amazon-bedrock", Long) { Id = EntryId.Parse("e"), WrittenAt = default };
        var custom = Lines.Custom(null, "c") with { DataJson = $"\"{Long}\"" };

        Encode(change).Lines.Entries.ShouldHaveSingleItem().ShouldBeOfType<TranscriptEntry.Other>().Id.ShouldBe(change.Id);
        Encode(custom).Lines.Entries.ShouldHaveSingleItem().ShouldBeOfType<TranscriptEntry.Custom>().DataJson.ShouldContain("too long");
    }

    [Fact]
    public void Encode_WhenEntriesDoNotFitTogether_TakesTheFirstOnes()
    {
        var entries =
            Enumerable.Range(0, 6).Select(number => (TranscriptEntry)Lines.User(null, new string('x', 1_000_000), $"e{number}")).ToArray();

        var block = Encode(entries);

        block.Lines.Entries.Select(entry => entry.Id.Value).ShouldBe(["e0", "e1", "e2", "e3"]);
        TranscriptLineParser.Parse(block.Bytes).Entries.Length.ShouldBe(4);
    }

    private static TranscriptBlock Encode(params TranscriptEntry[] entries) =>
        TranscriptBlock.Encode(Session, 0, Conversation.Empty, 0, entries, default);
}
