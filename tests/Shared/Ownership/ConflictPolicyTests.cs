using System.Collections.Immutable;
using Holdfast.Ownership;
using Holdfast.Storage;
using Holdfast.Tests.Turns;
using Holdfast.Transcripts;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Ownership;

/// <summary>The verdict table of the protocol, row by row.</summary>
public sealed class ConflictPolicyTests
{
    private const string Theirs = "00000000000000000000000000000bad.1";
    private static readonly Holdfast.Sessions.RunId Run = TurnFixture.RunOf("ours");
    private static readonly WriterIdentity Ours = new(Run, TurnFixture.Session, 0, Attempt: 2, Epoch: 7);
    private const long Length = 100;
    private static readonly OwnershipMetadata Claim = new(Run.Value, 2, 7, TurnFixture.Session, 0, "n");

    public static TheoryData<string, string> Rows
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (var (name, (verdict, _)) in Cases)
            {
                rows.Add(name, verdict);
            }

            return rows;
        }
    }

    private static Dictionary<string, (string Verdict, TranscriptEntry[] Entries)> Cases => new()
    {
        ["nothing"] = ("clean", []),
        ["own answer"] = ("own", [Lines.Assistant(Mine())]),
        ["own partial of an earlier attempt"] = ("own", [Lines.Part(Mine(attempt: 1, epoch: 6))]),
        ["own stub with the real provider and model"] = ("own", [Lines.Assistant(Mine(), "", "error")]),
        ["own tool result"] = ("own", [Lines.Result(Mine())]),
        ["own compaction"] = ("own", [Lines.Compaction(Mine())]),
        ["own user message"] = ("own", [Lines.User(Mine())]),
        ["own among benign"] = ("own", [Lines.Custom(By()), Lines.Assistant(Mine()), Lines.Verdict(By())]),
        ["mirror"] = ("benign", [Lines.Assistant(By(EntrySource.Mirror))]),
        ["injected"] = ("benign", [Lines.User(By(EntrySource.Inject))]),
        ["side entry"] = ("benign", [Lines.User(By(EntrySource.Side))]),
        ["custom, unsigned"] = ("benign", [Lines.Custom(null)]),
        ["label"] = ("benign", [Lines.Other("label", By())]),
        ["session_info"] = ("benign", [Lines.Other("session_info", null)]),
        ["type of the future"] = ("benign", [Lines.Other("hologram", By())]),
        ["verdict of another"] = ("benign", [Lines.Verdict(By())]),
        ["model change by control"] = ("benign", [Lines.ModelChange(By(EntrySource.Control))]),
        ["thinking level by control"] = ("benign", [Lines.ThinkingLevel(By(EntrySource.Control))]),
        ["late stub of another run"] = ("benign", [Lines.Assistant(By(), "", "error")]),
        ["late aborted stub of another run"] = ("benign", [Lines.Assistant(By(), "", "aborted")]),
        ["late partial of another run"] = ("benign", [Lines.Part(By())]),
        ["user message of another run"] = ("takeover", [Lines.User(By())]),
        ["assistant entry of another run, with our model's name"] = ("takeover", [Lines.Assistant(By())]),
        ["tool result of another run"] = ("takeover", [Lines.Result(By())]),
        ["custom message of another run"] = ("takeover", [Lines.CustomMessage(By())]),
        ["compaction of another run"] = ("takeover", [Lines.Compaction(By())]),
        ["unsigned user message"] = ("takeover", [Lines.User(null)]),
        ["foreign after own and benign"] = ("takeover", [Lines.Assistant(Mine()), Lines.Custom(null), Lines.User(By())]),
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void Decide_WhenTheClaimIsOurs_JudgesByAuthorThenContent(string row, string verdict)
    {
        var given = ConflictPolicy.Decide(Ours, Length, [], Gap(entries: Cases[row].Entries));

        given.Kind.ShouldBe(verdict);
        given.Explanation.ShouldNotBeNullOrWhiteSpace();
    }

    [Fact]
    public void Decide_WhenNothingIsThere_IsTakeoverAsUnreadable() => Reason(null).ShouldBe(TakeoverReason.Unreadable);

    [Fact]
    public void Decide_WhenShorterThanBefore_IsTakeoverAsReplaced() => Reason(Gap(length: 99)).ShouldBe(TakeoverReason.Replaced);

    [Fact]
    public void Decide_WhenMetadataNamesNobody_IsTakeoverAsUnreadable() =>
        Reason(new TailRead(BlobETag.Parse("\"2\""), null, 100, Standing([]), 0)).ShouldBe(TakeoverReason.Unreadable);

    [Fact]
    public void Decide_WhenALineCannotBeRead_IsTakeoverAsUnreadable() => Reason(Gap(unreadable: 1)).ShouldBe(TakeoverReason.Unreadable);

    [Fact]
    public void Decide_WhenAnotherSessionOwnsTheSegment_IsTakeover() =>
        Reason(Gap(Claim with { SessionId = Holdfast.Sessions.SessionId.Parse("22222222222222222222222222222222") }))
            .ShouldBe(TakeoverReason.OtherSession);

    [Fact]
    public void Decide_WhenItIsAnotherSegment_IsTakeover() => Reason(Gap(Claim with { Segment = 1 })).ShouldBe(TakeoverReason.OtherSession);

    [Fact]
    public void Decide_WhenAnotherRunClaimed_IsTakeoverAndNamesIt()
    {
        var verdict =
            ConflictPolicy.Decide(
                Ours, Length, [], Gap(Claim with { RunId = Theirs, Attempt = 1, Epoch = 8 })).ShouldBeOfType<FenceVerdict.Takeover>();

        verdict.Reason.ShouldBe(TakeoverReason.OtherRunClaimed);
        verdict.Explanation.ShouldContain(Theirs);
        verdict.Explanation.ShouldContain("8");
    }

    [Fact]
    public void Decide_WhenAnotherRunWroteAndClaimed_TheClaimIsTheReason() =>
        Reason(Gap(Claim with { RunId = Theirs, Epoch = 8 }, entries: [Lines.User(By())])).ShouldBe(TakeoverReason.OtherRunClaimed);

    [Fact]
    public void Decide_WhenALaterAttemptClaimed_IsSupersededWhateverStands() =>
        ConflictPolicy.Decide(Ours, Length, [], Gap(Claim with { Attempt = 3, Epoch = 8 }, entries: [Lines.User(By())]))
            .ShouldBeOfType<FenceVerdict.Superseded>().ShouldSatisfyAllConditions(
                verdict => verdict.ByAttempt.ShouldBe(3),
                verdict => verdict.Explanation.ShouldContain("attempt 3"));

    [Fact]
    public void Decide_WhenTheSameRunClaimedAnewAfterAnother_IsSupersededByEpoch() =>
        ConflictPolicy.Decide(Ours, Length, [], Gap(Claim with { Attempt = 1, Epoch = 9 })).ShouldBeOfType<FenceVerdict.Superseded>();

    [Theory]
    [InlineData(2, 6)]
    [InlineData(1, 7)]
    [InlineData(3, 7)]
    public void Decide_WhenTheClaimWentBack_IsTakeoverAsReplaced(int attempt, long epoch) =>
        Reason(Gap(Claim with { Attempt = attempt, Epoch = epoch })).ShouldBe(TakeoverReason.Replaced);

    [Fact]
    public void Decide_WhenForeignContentStands_NamesAuthorEntryAndKind()
    {
        var foreign = Lines.User(By());

        var verdict = ConflictPolicy.Decide(Ours, Length, [], Gap(entries: [foreign]));

        verdict.Explanation.ShouldContain(Theirs);
        verdict.Explanation.ShouldContain(foreign.Id.Value);
        verdict.Explanation.ShouldContain("UserMessage");
    }

    [Fact]
    public void Decide_WhenOwnAppendStands_SaysWhichIds()
    {
        var (standing, other) = (Lines.Assistant(Mine(), id: "stands"), EntryId.Parse("missing"));

        ConflictPolicy.Decide(Ours, Length, [standing.Id, other], Gap(entries: [standing, Lines.Assistant(Mine(), id: "not pending")]))
            .ShouldBeOfType<FenceVerdict.Own>().Standing.ShouldBe([standing.Id]);
    }

    [Fact]
    public void DecideReturn_WhenNobodyCameBetween_IsNull() =>
        ConflictPolicy.DecideReturn(
            Run, Conversation.Empty.Apply([Message(), Lines.Assistant(Mine()), Lines.Custom(By()), Lines.Result(Mine())]), Claim)
            .ShouldBeNull();

    [Fact]
    public void DecideReturn_WhenAnotherRunClaimedSince_IsTakeover() =>
        ConflictPolicy.DecideReturn(Run, Conversation.Empty.Apply([Message()]), Claim with { RunId = Theirs, Epoch = 8 })
            .ShouldNotBeNull().Reason.ShouldBe(TakeoverReason.OtherRunClaimed);

    [Fact]
    public void DecideReturn_WhenAnotherRunWroteAfterOurs_IsTakeover() =>
        ConflictPolicy.DecideReturn(Run, Conversation.Empty.Apply([Message(), Lines.User(By())]), Claim)
            .ShouldNotBeNull().Reason.ShouldBe(TakeoverReason.ForeignContent);

    [Fact]
    public void DecideReturn_WhenTheTurnWasQueuedAgain_TheNewRunHasNothingToLose() =>
        ConflictPolicy.DecideReturn(
            Run.Next(), Conversation.Empty.Apply([Message(), Lines.User(By())]), Claim with { RunId = Theirs, Epoch = 8 }).ShouldBeNull();

    private static TranscriptEntry Message() => Lines.User(Mine()) with { Id = EntryId.OfMessage(Run.Turn) };

    private static Provenance Mine(int attempt = 2, long epoch = 7) => Lines.By(Run.Value, attempt: attempt, epoch: epoch);

    private static Provenance By(EntrySource source = EntrySource.Turn) => Lines.By(Theirs, source);

    private static TailRead Gap(OwnershipMetadata? claim = null, long length = 100, int unreadable = 0, params TranscriptEntry[] entries) =>
        new(BlobETag.Parse("\"2\""), claim ?? Claim, length, Standing(entries), unreadable);

    private static TranscriptLines Standing(TranscriptEntry[] entries) =>
        new([.. entries], [.. entries.Select((_, index) => (long)index)], 0, 100);

    /// <summary>Of a takeover, which says in words what was found.</summary>
    private static TakeoverReason Reason(TailRead? gap)
    {
        var takeover = ConflictPolicy.Decide(Ours, Length, ImmutableArray<EntryId>.Empty, gap).ShouldBeOfType<FenceVerdict.Takeover>();
        takeover.Explanation.ShouldNotBeNullOrWhiteSpace();
        return takeover.Reason;
    }
}
