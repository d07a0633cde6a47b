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
    public void AuditAllAsync_WhenThereAreTwoSessions_ReportsEach() => TurnRig.Run(async rig =>
    {
        await rig.AcceptAsync("m1");
        await new PlayedOrchestration(rig).RunAsync();
        var other = SessionId.Parse(new string('2', 32));
        await rig.Outside.CreateAppendAsync(TranscriptPaths.Segment(other, 0), ClaimStamp.Unclaimed(other, 0).ToMetadata(), CancellationToken.None);

        var reports = await new SessionAudit(rig.Outside).AuditAllAsync(CancellationToken.None).ToListAsync();

        reports.Select(report => (report.Session, report.Totals.Entries, report.IsClean)).ShouldBe([(TurnRig.Session.Value, 3, true), (other.Value, 0, true)]);
    });

    [Fact]
    public void AuditAsync_WhenThereIsNoSuchSession_GivesNull() => TurnRig.Run(async rig =>
        (await new SessionAudit(rig.Outside).AuditAsync(TurnRig.Session, CancellationToken.None)).ShouldBeNull());

    [Fact]
    public void FaultsAsync_WhenSomebodyAppendsUnderAnotherClaim_SaysWhichPromiseIsBroken() => TurnRig.Run(async rig =>
    {
        await rig.AcceptAsync("m1");
        await new PlayedOrchestration(rig).RunAsync();
        await rig.WriteBesideAsync(Lines.Assistant(Lines.By(TurnRig.RunOf("m1").Value, epoch: 9)));

        var fault = (await new SessionAudit(rig.Outside).FaultsAsync(CancellationToken.None)).ShouldHaveSingleItem();

        fault.ShouldBe($"I8: {TurnRig.Session} 0:0 epoch 9 wrote, but the metadata names epoch 1 as the last claim");
    });

    /// <summary>A dead run's text is no fault while its message waits: it comes back. Once the message is gone it is one.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void FaultsAsync_WhenADeadRunIsOvertaken_LooksIntoTheInbox(bool stillWaits) => TurnRig.Run(async rig =>
    {
        await rig.AcceptAsync("m1");
        var turn = await TurnRig.OpenAsync(rig.Start());
        var tap = new BlobTap();
        rig.Model.Then(PlayedModel.Delta("half an "), new Act.Wait(TimeSpan.FromSeconds(3)), new Act.Call(() => ForeignTurnAsync(rig)), PlayedModel.Stop());
        tap.Plan = (call, _) => call.Verb == BlobVerb.Read && rig.Entries().Any(entry => entry.Stamp?.RunId == TurnRig.RunOf("other").Value) ? TapAction.CrashBefore : TapAction.Pass;
        await Should.ThrowAsync<Exception>(() => rig.Start(tap).StepAsync(turn));
        if (!stillWaits)
        {
            await rig.Outside.DeleteAsync(BlobPath.Parse(turn.InboxPath), BlobETag.Parse(turn.InboxETag), CancellationToken.None);
        }

        var faults = await new SessionAudit(rig.Outside).FaultsAsync(CancellationToken.None);

        faults.Count.ShouldBe(stillWaits ? 0 : 1);
        faults.ShouldAllBe(fault => fault.Contains("has no end, though run"));
    });

    private static async Task ForeignTurnAsync(TurnRig rig)
    {
        using var theirs = await rig.TakeOverAsync("other");
        await theirs.AppendAsync([Holdfast.Turns.TurnHistory.MessageOf(TurnRig.RunOf("other").Turn, rig.Message("other", "theirs"))], CancellationToken.None);
    }
}
