using Holdfast.Audit;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Tests.Turns;
using Holdfast.Transcripts;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Audit;

/// <summary>Auditing a container: every session in it, with what the inbox says.</summary>
public sealed class SessionAuditTests
{
    [Fact]
    public void AuditAllAsync_WhenThereAreTwoSessions_ReportsEach() => TurnFixture.Run(async fixture =>
    {
        await fixture.AcceptAsync("m1");
        await new SimulatedOrchestration(fixture).RunAsync();
        var other = SessionId.Parse(new string('2', 32));
        await fixture.Outside.CreateAppendAsync(
            TranscriptPaths.Segment(other, 0), OwnershipMetadata.Unclaimed(other, 0).ToMetadata(), CancellationToken.None);

        var reports = await new SessionAudit(fixture.Outside).AuditAllAsync(CancellationToken.None).ToListAsync();

        reports.Select(report => (report.Session, report.Totals.Entries, report.IsClean))
            .ShouldBe([(TurnFixture.Session.Value, 3, true), (other.Value, 0, true)]);
    });

    [Fact]
    public void AuditAsync_WhenThereIsNoSuchSession_GivesNull() => TurnFixture.Run(async fixture =>
        (await new SessionAudit(fixture.Outside).AuditAsync(TurnFixture.Session, CancellationToken.None)).ShouldBeNull());

    [Fact]
    public void FaultsAsync_WhenSomebodyAppendsUnderAnotherClaim_SaysWhichPromiseIsBroken() => TurnFixture.Run(async fixture =>
    {
        await fixture.AcceptAsync("m1");
        await new SimulatedOrchestration(fixture).RunAsync();
        await fixture.WriteBesideAsync(Lines.Assistant(Lines.By(TurnFixture.RunOf("m1").Value, epoch: 9)));

        var fault = (await new SessionAudit(fixture.Outside).FaultsAsync(CancellationToken.None)).ShouldHaveSingleItem();

        fault.ShouldBe($"I8: {TurnFixture.Session} 0:0 epoch 9 wrote, but the metadata names epoch 1 as the last claim");
    });

    /// <summary>A dead run's text is no fault while its message waits: it comes back. Once the message is gone it is one.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void FaultsAsync_WhenADeadRunIsOvertaken_LooksIntoTheInbox(bool stillWaits) => TurnFixture.Run(async fixture =>
    {
        await fixture.AcceptAsync("m1");
        var turn = await TurnFixture.OpenAsync(fixture.Start());
        var tap = new BlobTap();
        fixture.Model.Then(
            SimulatedModel.Delta("half an "), new Act.Wait(TimeSpan.FromSeconds(3)), new Act.Call(() => ForeignTurnAsync(fixture)),
            SimulatedModel.Stop());
        tap.Plan = (call, _) =>
            call.Verb == BlobVerb.Read && fixture.Entries().Any(entry => entry.Provenance?.RunId == TurnFixture.RunOf("other").Value)
            ? TapAction.CrashBefore
            : TapAction.Pass;
        await Should.ThrowAsync<Exception>(() => fixture.Start(tap).StepAsync(turn));
        if (!stillWaits)
        {
            await fixture.Outside.DeleteAsync(turn.InboxPath, turn.InboxETag, CancellationToken.None);
        }

        var faults = await new SessionAudit(fixture.Outside).FaultsAsync(CancellationToken.None);

        faults.Count.ShouldBe(stillWaits ? 0 : 1);
        faults.ShouldAllBe(fault => fault.Contains("has no end, though run"));
    });

    private static async Task ForeignTurnAsync(TurnFixture fixture)
    {
        using var theirs = await fixture.TakeOverAsync("other");
        await theirs.AppendAsync(
            [Holdfast.Turns.TurnHistory.MessageOf(TurnFixture.RunOf("other").Turn, fixture.Message("other", "theirs"))],
            CancellationToken.None);
    }
}
