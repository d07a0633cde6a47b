using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Holdfast.Tests.Turns;
using Holdfast.Transcripts;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Transcripts;

public sealed class TranscriptCodecTests
{
    private static readonly string[] Texts =
        ["", " ", "plain", "line\nbreak\r\n", "\"quoted\" \\ back", "ünïcödé 🎻", "\u2028 \u0000 \u007f", new string('x', 5000)];

    [Fact]
    public void Parse_WhenWrittenByTheWriter_GivesTheSameEntriesForAnySeed()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var entries = Enumerable.Range(0, 12).Select(number => Entry(random, number)).ToArray();

            var parsed = TranscriptLineParser.Parse(TurnFixture.Lines(entries));

            parsed.UnreadableLines.ShouldBe(0);
            TurnFixture.Lines([.. parsed.Entries]).ToArray().ShouldBe(TurnFixture.Lines(entries).ToArray(), $"seed {seed}");
            parsed.Entries.Select(entry => (entry.Id, entry.ParentId, entry.Provenance, entry.WrittenAt, entry.GetType()))
                .ShouldBe(entries.Select(entry => (entry.Id, entry.ParentId, entry.Provenance, entry.WrittenAt, entry.GetType())));
        }
    }

    [Fact]
    public void Parse_WhenAMessageSaysWhenItWasReceived_ReadsItBackAndDoesWithout()
    {
        var message = Lines.User(Lines.By("a")) with { ReceivedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero) };

        var parsed = TranscriptLineParser.Parse(TurnFixture.Lines(message, message with { ReceivedAt = null })).Entries;

        parsed.OfType<TranscriptEntry.UserMessage>().Select(entry => entry.ReceivedAt).ShouldBe([message.ReceivedAt, null]);
    }

    [Fact]
    public void Apply_WhenCutAtAnyLine_FoldsToTheSameConversation()
    {
        var random = new Random(1);
        var entries = Enumerable.Range(0, 20).Select(number => Entry(random, number)).ToArray();
        var whole = Conversation.Empty.Apply(entries);

        for (var cut = 0; cut <= entries.Length; cut++)
        {
            var parts = Conversation.Empty.Apply(entries[..cut]).Apply(entries[cut..]).Apply(entries);
            parts.Entries.ShouldBe(whole.Entries);
            parts.HeldBytes.ShouldBe(whole.HeldBytes);
        }
    }

    [Theory]
    [InlineData("""{"type":"label","id":"1","label":"x","brand":{"new":[1,2]}}""", 1, 0)]
    [InlineData("""{"type":"hologram","id":"1"}""", 1, 0)]
    [InlineData("""{"type":"session","version":3,"id":"s"}""", 0, 0)]
    [InlineData("""{"type":"message","id":"1","message":{"role":"user","content":"one text"}}""", 1, 0)]
    [InlineData("""{"type":"message","id":"1","message":{"role":"wizard"}}""", 1, 0)]
    [InlineData("""{"type":"message","id":"1","message":{"role":"user","content":[{"type":"image","data":"x"},7]}}""", 1, 0)]
    [InlineData("""{"type":"message","id":"1"}""", 0, 1)]
    [InlineData("""{"type":"custom"}""", 0, 1)]
    [InlineData("""{"id":"1"}""", 0, 1)]
    [InlineData("[]", 0, 1)]
    [InlineData("null", 0, 1)]
    [InlineData("", 0, 1)]
    [InlineData("{", 0, 1)]
    [InlineData("""{"type":"label","id":"\ud800"}""", 0, 1)]
    [InlineData("""{"type":"message","id":"1","message":{"role":"user","content":"\udc00"}}""", 0, 1)]
    public void Parse_WhenALineIsForeign_KeepsWhatItCan(string line, int entries, int unreadable)
    {
        var parsed = TranscriptLineParser.Parse(Encoding.UTF8.GetBytes(line + "\n"));

        (parsed.Entries.Length, parsed.UnreadableLines).ShouldBe((entries, unreadable));
    }

    [Fact]
    public void Parse_WhenBytesAreNoUtf8_TheLineIsUnreadableAndTheRestIsRead()
    {
        byte[] bytes = [.. "{\"type\":\"label\",\"id\":\""u8, 0xC3, 0x28, .. "\"}\n{\"type\":\"label\",\"id\":\"2\"}\n"u8];

        var parsed = TranscriptLineParser.Parse(bytes);

        (parsed.Entries.Length, parsed.UnreadableLines).ShouldBe((1, 1));
    }

    [Fact]
    public void Parse_WhenTheLastLineIsTorn_CountsItAtEveryCut()
    {
        var bytes = TurnFixture.Lines(Lines.User(null, "hello"), Lines.Custom(null));
        var first = bytes.Span.IndexOf((byte)'\n') + 1;
        for (var cut = 1; cut < bytes.Length; cut++)
        {
            var parsed = TranscriptLineParser.Parse(bytes[..cut]);
            parsed.Entries.Length.ShouldBe(cut < first ? 0 : 1);
            parsed.UnreadableLines.ShouldBe(cut == first ? 0 : 1);
        }
    }

    [Fact]
    public void Write_WhenTextIsNoValidUtf16_WritesALineThatCanBeRead() =>
        TranscriptLineParser.Parse(TurnFixture.Lines(Lines.User(null, "half \ud83c of a pair"))).Entries.ShouldHaveSingleItem();

    [Fact]
    public void Metadata_WhenClaimed_ReadsBack()
    {
        var claim = new OwnershipMetadata("run", 3, 9, TurnFixture.Session, 2, "nonce");
        var owned = claim with
        {
            ClaimedAt = DateTimeOffset.UnixEpoch.AddTicks(7),
            Until = DateTimeOffset.UnixEpoch.AddMinutes(9),
            Orchestration = "o",
        };

        OwnershipMetadata.FromMetadata(owned.ToMetadata()).ShouldBe(owned);
        OwnershipMetadata.FromMetadata(claim.ToMetadata()).ShouldBe(claim);
        OwnershipMetadata.FromMetadata(OwnershipMetadata.Unclaimed(TurnFixture.Session, 0).ToMetadata())
            .ShouldBe(OwnershipMetadata.Unclaimed(TurnFixture.Session, 0));
        OwnershipMetadata.FromMetadata(new Dictionary<string, string> { ["runid"] = "r", ["attempt"] = "x" }).ShouldBeNull();
    }

    private static TranscriptEntry Entry(Random random, int number)
    {
        Provenance? provenance = random.Next(4) == 0
            ? null
            : new($"run-{random.Next(3)}", random.Next(5), random.Next(9), number, (EntrySource)random.Next(1, 7));
        TranscriptEntry entry = random.Next(9) switch
        {
            0 => Lines.User(provenance) with { Content = Content(random) },
            1 => Lines.Assistant(provenance, "", random.Next(2) == 0 ? "stop" : "error") with
            {
                Content = Content(random),
                Usage = new TokenCount(1, 2, 3, 4),
            },
            2 => Lines.Result(provenance),
            3 => new TranscriptEntry.StreamedText(random.Next(9), Text(random)) { Id = EntryId.Parse("x"), WrittenAt = default },
            4 => Lines.Verdict(provenance),
            5 => new TranscriptEntry.Custom("c", JsonSerializer.Serialize(new { a = Text(random) }))
            {
                Id = EntryId.Parse("x"),
                WrittenAt = default,
            },
            6 => Lines.CustomMessage(provenance),
            7 => Lines.Compaction(provenance),
            _ => Lines.Other("label", provenance),
        };
        return entry with
        {
            Id = EntryId.Parse($"{number}-{random.Next()}"),
            ParentId = random.Next(2) == 0 ? null : EntryId.Parse($"p{random.Next()}"),
            WrittenAt = DateTimeOffset.FromUnixTimeMilliseconds(random.NextInt64(2_000_000_000_000)),
            Provenance = provenance,
        };
    }

    private static ImmutableArray<ContentBlock> Content(Random random) =>
        [.. Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(4) switch
    {
        0 => new ContentBlock.Thinking(Text(random), random.Next(2) == 0 ? null : "sig"),
        1 => new ContentBlock.ToolCall("id", "name", JsonSerializer.SerializeToElement(new { text = Text(random) })),
        2 => new ContentBlock.Unknown("image"),
        _ => (ContentBlock)new ContentBlock.Text(Text(random)),
    })];

    private static string Text(Random random) => Texts[random.Next(Texts.Length)];
}
