using Holdfast.Audit;
using Shouldly;
using Xunit;
using static Holdfast.Tests.Audit.AuditSample;

namespace Holdfast.Tests.Audit;

/// <summary>Whose the claim was, line by line: one that cannot be so is found, with the sentence that says why.</summary>
public sealed class OwnerAuditTests
{
    [Fact]
    public void Check_WhenAnOlderEpochWritesBehindANewerOne_SaysWhose() =>
        Expect(
            TwoTurns.With(line => IsType(line, "custom"), line => line["holdfast"]!["epoch"] = 2, 0)
            .With(line => IsType(line, "custom"), line => line["holdfast"]!["attempt"] = 2),
            FindingKind.EpochWentBack, $"epoch 2 of run {FirstRun} writes behind epoch 3 of run {FirstRun}");

    [Fact]
    public void Check_WhenTwoRunsWriteUnderOneEpoch_NamesBoth() =>
        Expect(
            TwoTurns.With(line => IsType(line, "custom"), line => Provenance(line, SecondRun, 1, 3)),
            FindingKind.SharedEpoch, $"epoch 3 has two writers: run {FirstRun}, attempt 3, and run {SecondRun}, attempt 1");

    [Fact]
    public void Check_WhenTwoAttemptsWriteUnderOneEpoch_NamesBoth() =>
        Expect(
            TwoTurns.With(line => IsType(line, "custom"), line => line["holdfast"]!["attempt"] = 2), FindingKind.SharedEpoch,
            "attempt 3, and run");

    [Fact]
    public void Check_WhenAnAttemptCannotHaveHadTheClaim_SaysWhy() =>
        TwoTurns.With(line => IsRole(line, "user"), line => line["holdfast"]!["attempt"] = 2, 1).Audit().Faults.First()
            .ShouldSatisfyAllConditions(
            fault => fault.Kind.ShouldBe(FindingKind.NotTheOwner),
            fault =>
                fault.Sentence.ShouldBe($"attempt 2 of run {SecondRun} under epoch 4 cannot be: epoch 3 was attempt 3 of run {FirstRun}"));

    [Fact]
    public void Check_WhenALineBearsAnEpochThatWasNeverClaimed_TheMetadataTells() =>
        Expect(
            TwoTurns with { Claim = TwoTurns.Claim with { Epoch = 3, Attempt = 3, RunId = FirstRun } },
            FindingKind.NotTheOwner, "epoch 4 wrote, but the metadata names epoch 3 as the last claim", asBlob: true);

    [Fact]
    public void Check_WhenTheLastClaimIsOfAnotherRun_TheMetadataTells() =>
        Expect(
            TwoTurns with { Claim = TwoTurns.Claim with { RunId = FirstRun } }, FindingKind.NotTheOwner,
            $"epoch 4 was attempt 1 of run {SecondRun}", asBlob: true);

    [Fact]
    public void Check_WhenAnAuthorIsNoRun_SaysSo() =>
        Expect(
            TwoTurns.With(line => IsType(line, "custom"), line => Provenance(line, "somebody", 1, 3)), FindingKind.NotTheOwner,
            "run somebody cannot have claimed");

    [Fact]
    public void Check_WhenARunGoesOnBehindAForeignQuestion_SaysSo() =>
        Expect(
            TwoTurns.Insert(line => IsType(line, "partial"), Question(), 1), FindingKind.WroteAfterForeign,
            $"run {FirstRun} goes on under epoch 3");

    [Fact]
    public void Check_WhenARunClaimsAgainBehindAForeignQuestion_OnlyNotesTheQuestion()
    {
        var report = TwoTurns.Insert(line => IsType(line, "custom"), Question()).Audit();

        report.Faults.ShouldBeEmpty();
        report.Notes.ShouldHaveSingleItem().Kind.ShouldBe(FindingKind.UnnamedAuthor);
    }

    [Fact]
    public void Check_WhenASequenceNumberGoesBack_SaysSo() =>
        Expect(
            TwoTurns.With(line => IsType(line, "custom"), line => line["holdfast"]!["seq"] = 1), FindingKind.SequenceWentBack,
            "sequence number 1 of epoch 3 comes after 4");
}
