using Holdfast.Delivery;
using Holdfast.Harness;
using Holdfast.Transcripts;
using Shouldly;
using Xunit;

namespace Holdfast.EndToEnd.Tests;

/// <summary>
/// A turn whose process is frozen for 75 s in the middle of its stream and wakes up to a session that is still its own (I1).
/// </summary>
[Trait("Pace", "real time")]
public sealed class PausedTests(PausedFixture fixture) : IClassFixture<PausedFixture>
{
    [Fact]
    public async Task Turn_WhenPausedFor75SecondsAndNothingElseHappens_GoesOnToOneReply() =>
        await ShouldHaveGoneOnAsync(fixture.Quiet, await fixture.ReceiptAsync(fixture.QuietTurn));

    [Fact]
    public async Task S17_WhenTheLapsedLeaseWasTakenAndLetGoDuringThePause_TheVerdictIsClean()
    {
        var receipt = await fixture.ReceiptAsync(fixture.TouchedTurn);

        receipt.Tally.Verdicts.Keys.ShouldBe(["clean"]);
        await ShouldHaveGoneOnAsync(fixture.Touched, receipt);
        fixture.App.Process.Lines.ShouldContain(
            line =>
                line.Contains("Fence verdict clean", StringComparison.Ordinal)
                    && line.Contains(receipt.RunId.Value, StringComparison.Ordinal));
    }

    /// <summary>One claim, one model call, one answer in one piece, one reply; the fence was not asked, or found nothing.</summary>
    private async Task ShouldHaveGoneOnAsync(SlackThread thread, Receipt receipt)
    {
        thread.Replies(fixture.AppFixture.Slack).ShouldHaveSingleItem().Text.ShouldBe("before, and after");
        receipt.Ending.ShouldBe(TurnEnding.Replied);
        receipt.Tally.Verdicts.Keys.Except(["clean"]).ShouldBeEmpty();
        receipt.Tally.Claims.ShouldBe(1);
        receipt.Tally.Deltas.ShouldBe(3);
        (receipt.FinishedAt - receipt.AcceptedAt).ShouldBeGreaterThan(PausedFixture.Pause);
        var entries = await fixture.AppFixture.TranscriptAsync(thread.SessionKey());
        entries.Stubs().ShouldBeEmpty();
        entries.ShouldAllBe(entry => entry.Provenance!.RunId == receipt.RunId.Value && entry.Provenance.Epoch == 1);
        entries.StreamedIn(1).ShouldStartWith("before, ");
        entries.Answers().ShouldHaveSingleItem().Content.PlainText().ShouldBe("before, and after");
    }
}
