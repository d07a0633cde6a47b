using Holdfast.Leases;
using Holdfast.Tests.Turns;
using Holdfast.Transcripts;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Leases;

public sealed class LeaseBreakJudgeTests
{
    private static readonly LeaseOptions Options = new();
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A holder that may be alive in every way that can be seen.</summary>
    private static readonly ClaimStamp Living = new(TurnRig.RunOf("theirs").Value, 1, 4, TurnRig.Session, 0, "nonce")
    {
        ClaimedAt = Now.AddMinutes(-10),
        Until = Now.AddTicks(1),
        Orchestration = "execution-2",
    };

    [Fact]
    public void Judge_WhenTheHolderMayBeAlive_Waits() => Judge(Living).ShouldBe(LeaseBreakVerdict.Wait.Instance);

    [Fact]
    public void Judge_WhenItsTurnHasAReceipt_MayBreak() =>
        Judge(Living, hasReceipt: true).ShouldBe(new LeaseBreakVerdict.MayBreak(LeaseBreakReason.TurnFinished));

    [Fact]
    public void Judge_WhenItsTurnIsPastTheDeadlineAndItsMargin_MayBreak() =>
        Judge(Living with { Until = Now }).ShouldBe(new LeaseBreakVerdict.MayBreak(LeaseBreakReason.PastDeadline));

    [Fact]
    public void Judge_WhenTheClaimNamesNoDeadline_IsNeverPast() => Judge(Living with { Until = null }).ShouldBe(LeaseBreakVerdict.Wait.Instance);

    [Fact]
    public void Judge_WhenItsOrchestrationIsTheOneThatEnded_MayBreak() =>
        Judge(Living, ended: "execution-2").ShouldBe(new LeaseBreakVerdict.MayBreak(LeaseBreakReason.OrchestrationEnded));

    [Theory]
    [InlineData("execution-2", "execution-1")]
    [InlineData("execution-2", null)]
    [InlineData(null, null)]
    [InlineData("", "")]
    public void Judge_WhenItsOrchestrationIsAnotherOrUnknown_Waits(string? theirs, string? ended) =>
        Judge(Living with { Orchestration = theirs }, ended: ended).ShouldBe(LeaseBreakVerdict.Wait.Instance);

    [Fact]
    public void Judge_WhenTheHolderIsNew_WaitsAsItMayBeASideWriterUnderAnOldClaim() =>
        Judge(Living with { Until = Now.AddDays(-1) }, hasReceipt: true, ended: "execution-2", seenFor: Options.BreakAfter - TimeSpan.FromTicks(1))
            .ShouldBe(LeaseBreakVerdict.Wait.Instance);

    [Fact]
    public void Judge_WhenNobodyClaimedOrTheClaimCannotBeRead_Waits()
    {
        Judge(ClaimStamp.Unclaimed(TurnRig.Session, 0) with { Until = Now }).ShouldBe(LeaseBreakVerdict.Wait.Instance);
        Judge(null, hasReceipt: true).ShouldBe(LeaseBreakVerdict.Wait.Instance);
    }

    [Fact]
    public void Reasons_Always_KeepTheirNumbers() =>
        Enum.GetValues<LeaseBreakReason>().Select(reason => ((int)reason, reason.ToString()))
            .ShouldBe([(1, "TurnFinished"), (2, "OrchestrationEnded"), (3, "PastDeadline")]);

    private static LeaseBreakVerdict Judge(ClaimStamp? standing, bool hasReceipt = false, string? ended = null, TimeSpan? seenFor = null) =>
        LeaseBreakJudge.Judge(ended, new LeaseHolder(standing, Now - (seenFor ?? Options.BreakAfter), hasReceipt), Options, Now);
}
