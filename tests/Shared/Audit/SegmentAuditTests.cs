using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using Holdfast.Audit;
using Holdfast.Tests.Turns;
using Holdfast.Transcripts;
using Shouldly;
using Xunit;
using static Holdfast.Tests.Audit.AuditSample;

namespace Holdfast.Tests.Audit;

/// <summary>Segments are one file: each continues the one before it, and claims run on.</summary>
public sealed class SegmentAuditTests
{
    /// <summary>The sample, cut before the second turn's message and rolled there.</summary>
    private static readonly ImmutableArray<SegmentBytes> Rolled = Roll(TwoTurns, 0, 1, LastIdOfFirst());

    [Fact]
    public void Check_WhenASegmentIsRolled_FindsNothing()
    {
        var report = Check(Rolled);

        report.Findings.ShouldBeEmpty();
        report.Totals.Segments.ShouldBe(2);
        report.Totals.Entries.ShouldBe(14);
    }

    [Fact]
    public void Check_WhenTheNewSegmentIsStillEmpty_FindsNothing() =>
        Check([Rolled[0], Rolled[1] with { Content = ReadOnlyMemory<byte>.Empty }]).Findings.ShouldBeEmpty();

    [Fact]
    public void Check_WhenASegmentInTheMiddleIsEmpty_SaysSo() =>
        Check([Rolled[0] with { Content = ReadOnlyMemory<byte>.Empty }, Rolled[1]]).Faults
            .ShouldContain(
                fault =>
                    fault.Kind == FindingKind.WrongHeader && fault.Segment == 0
                    && fault.Sentence == "the segment is empty, and another one follows it");

    [Theory]
    [InlineData(2, "segment 1 is missing")]
    [InlineData(4, "segments 1 to 3 are missing")]
    public void Check_WhenASegmentIsMissing_SaysWhich(int number, string sentence)
    {
        var fault = Check(Roll(TwoTurns, number - 1, number, LastIdOfFirst())).Faults.ShouldHaveSingleItem();

        (fault.Kind, fault.Segment, fault.Line, fault.Sentence).ShouldBe((FindingKind.BrokenSegments, number, 0, sentence));
    }

    [Fact]
    public void Check_WhenTheFirstSegmentIsMissing_SaysSo() =>
        Check([Rolled[1]]).Faults.ShouldContain(
            fault => fault.Kind == FindingKind.BrokenSegments && fault.Sentence == "segment 0 is missing");

    [Theory]
    [InlineData(3, null, "the header continues segment 3 behind entry")]
    [InlineData(0, "another", "the header continues segment 0 behind entry another; segment 0 ends with")]
    public void Check_WhenASegmentContinuesAnother_SaysWhich(int segment, string? lastId, string sentence) =>
        Expect(Roll(TwoTurns, segment, 1, lastId ?? LastIdOfFirst()), FindingKind.BrokenSegments, sentence);

    [Fact]
    public void Check_WhenASegmentDoesNotSayWhatItContinues_SaysSo() =>
        Expect(Roll(TwoTurns, null, 1, null), FindingKind.BrokenSegments, "the header does not say that it continues segment 0");

    [Fact]
    public void Check_WhenTheFirstSegmentContinuesOne_SaysSo() =>
        TwoTurns.With(line => IsType(line, "session"), line => line["continues"] = Link(0, "x"))
            .OnlyFault().Sentence.ShouldBe("the first segment says that it continues another one");

    [Fact]
    public void Check_WhenAHeaderBearsAnotherNumber_SaysWhich() =>
        TwoTurns.With(line => IsType(line, "session"), line => line["segment"] = 7)
            .OnlyFault().Sentence.ShouldBe("the header calls itself segment 7");

    [Fact]
    public void Check_WhenTheFirstEntryFollowsNothing_TheChainTellsAcrossSegments()
    {
        var sample = TwoTurns.With(line => IsRole(line, "user"), line => line["parentId"] = null, 1);

        Expect(Roll(sample, 0, 1, LastIdOfFirst()), FindingKind.WrongParent, $"follows nothing; it stands behind {LastIdOfFirst()}");
    }

    [Fact]
    public void Check_WhenAnEpochGoesBackAcrossSegments_SaysSo()
    {
        var sample = TwoTurns;
        for (var number = sample.IndexOf(line => IsRole(line, "user"), 1); number < sample.Lines.Count; number++)
        {
            var line = sample.Lines[number];
            sample = sample.With(other => other == line, other => other["holdfast"]!["epoch"] = 1);
        }

        Check(Roll(sample, 0, 1, LastIdOfFirst())).Faults.ShouldAllBe(
            fault => fault.Kind == FindingKind.EpochWentBack && fault.Segment == 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Check_WhenASegmentIsLeftUnsealed_SaysSo(bool isSealed)
    {
        var claim = TwoTurns.Claim;

        var faults = Check(
        [
            Rolled[0] with { Stored = new SegmentProperties(claim, isSealed) },
            Rolled[1] with { Stored = new SegmentProperties(claim with { Segment = 1 }, IsSealed: false) },
        ]).Faults;

        faults.Select(fault => fault.Sentence).ShouldBe(isSealed ? [] : ["the segment is not sealed, though another one follows it"]);
    }

    [Fact]
    public void Check_WhenTheNewSegmentIsClaimedWithAnOlderEpoch_TheMetadataTells()
    {
        var first = new OwnershipMetadata(SecondRun, 1, 4, TurnFixture.Session, 0, "n");
        ImmutableArray<SegmentBytes> segments =
        [
            Rolled[0] with { Stored = new SegmentProperties(first, IsSealed: true) },
            new SegmentBytes(
                1, ReadOnlyMemory<byte>.Empty,
                new SegmentProperties(first with { RunId = FirstRun, Attempt = 3, Epoch = 3, Segment = 1 }, IsSealed: false)),
        ];

        Expect(segments, FindingKind.NotTheOwner, "the metadata names epoch 3; the segment before was claimed with epoch 4");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Check_WhenACompactionKeepsFromAnEntry_LooksForItThere(bool isThere)
    {
        var kept = TwoTurns.Line(line => IsRole(line, "toolResult"));
        var position = Encoding.UTF8.GetString(Rolled[0].Content.Span).IndexOf(kept.ToJsonString(), StringComparison.Ordinal);
        var compaction = new JsonObject
        {
            ["type"] = "compaction",
            ["id"] = "compaction",
            ["timestamp"] = "2026-01-01T00:00:00Z",
            ["summary"] = "so far",
            ["firstKeptEntryId"] = (string?)kept["id"],
            ["keptFrom"] = new JsonObject { ["segment"] = 0, ["position"] = position + (isThere ? 0 : 1) },
            ["holdfast"] = new JsonObject { ["runId"] = SecondRun, ["attempt"] = 1, ["epoch"] = 4, ["seq"] = 1, ["source"] = "turn" },
        };
        var sample = TwoTurns.Insert(line => IsType(line, "custom"), compaction).Resequenced();

        var faults = Check(Roll(sample, 0, 1, LastIdOfFirst(), cutAt: "compaction")).Faults.ToArray();

        faults.Select(fault => fault.Sentence).ShouldBe(
            isThere ? [] : [$"the compaction keeps from entry {kept["id"]}, which is not at byte {position + 1} of segment 0"]);
    }

    [Fact]
    public void Numbers_OfFindings_ArePinned() => Enum.GetValues<FindingKind>().Select(kind => $"{kind}={(int)kind}").ShouldBe(
    [
        "UnreadableLine=1", "WrongHeader=2", "ForeignSession=3", "BrokenSegments=4", "DoubledEntry=5", "WrongParent=6", "EpochWentBack=7",
        "SharedEpoch=8",
        "NotTheOwner=9", "WroteAfterForeign=10", "SequenceWentBack=11", "OrphanedText=12", "AlteredText=13", "UnpairedCall=14",
        "OrphanedResult=15",
        "DoubledResult=16", "MissingMessage=17", "MessageOutOfOrder=18", "NoReason=19", "UnnamedAuthor=20",
    ]);

    private static void Expect(ImmutableArray<SegmentBytes> segments, FindingKind kind, string sentence)
    {
        var fault = Check(segments).Faults.ShouldHaveSingleItem();
        fault.Kind.ShouldBe(kind);
        fault.Sentence.ShouldContain(sentence);
    }

    private static AuditReport Check(ImmutableArray<SegmentBytes> segments) =>
        TranscriptAudit.Check(new SessionSegments(TurnFixture.Session, segments));

    private static string LastIdOfFirst() => (string)TwoTurns.Lines[TwoTurns.IndexOf(line => IsRole(line, "user"), 1) - 1]["id"]!;

    private static ImmutableArray<SegmentBytes> Roll(AuditSample sample, int? continues, int number, string? lastId, string? cutAt = null)
    {
        var at = cutAt is null ? sample.IndexOf(line => IsRole(line, "user"), 1) : sample.IndexOf(line => IsType(line, cutAt));
        var header = sample.Line(line => IsType(line, "session"));
        header["segment"] = number;
        header["continues"] = continues is { } segment ? Link(segment, lastId) : null;
        var second = sample with { Lines = [header, .. sample.Lines.Skip(at)] };
        return [new SegmentBytes(0, (sample with { Lines = sample.Lines.GetRange(0, at) }).Bytes()),
            new SegmentBytes(number, second.Bytes())];
    }

    private static JsonObject Link(int segment, string? lastId) => new() { ["segment"] = segment, ["lastId"] = lastId };
}
