using Holdfast.Delivery;
using Holdfast.Harness;
using Holdfast.Tests.Support;
using Holdfast.Transcripts;
using Holdfast.Turns;
using Shouldly;
using Xunit;

namespace Holdfast.EndToEnd.Tests;

/// <summary>A turn whose process is frozen for 75 s and more, and wakes up to a session that another deployment has taken.</summary>
[Trait("Pace", "real time")]
public sealed class PausedPairTests(PausedPairFixture fixture) : IClassFixture<PausedPairFixture>
{
    [Fact]
    public async Task S18_WhenAnotherRunClaimsDuringThePause_TheTextIsDetachedAndDeliveredMarkedAndTheNewcomerIsUntouched()
    {
        var overtaken = await fixture.ReceiptAsync(fixture.OvertakenTurn);
        var newcomer = await fixture.ReceiptAsync(fixture.LateTurn);

        overtaken.Ending.ShouldBe(TurnEnding.Superseded);
        overtaken.Tally.Verdicts.Keys.ShouldBe(["takeover"]);
        newcomer.Ending.ShouldBe(TurnEnding.Replied);
        newcomer.Tally.Verdicts.ShouldBeEmpty();
        fixture.Overtaken.Replies(fixture.AppFixture.Slack).Select(reply => reply.Text)
            .ShouldBe([TurnNotices.BesideTheMainLine + "before, and after", "newcomer, untouched"]);
        fixture.Model.RequestsOf("delivered-late").Count.ShouldBe(1);
        fixture.Model.RequestsOf("overtaken")
            .Count(request => !request.LastUserText.Contains("delivered-late", StringComparison.Ordinal))
            .ShouldBe(1);
        ShouldStandAlone(await DetachedTranscriptAsync(), overtaken, newcomer);
    }

    [Fact]
    public async Task S30_WhenTheOtherDeploymentInheritsTheTurnDuringThePause_OneReplyIsDeliveredAndTheZombieAnswersWithIt()
    {
        var receipt = await fixture.ReceiptAsync(fixture.InheritedTurn);
        await Eventually.BecomesTrueAsync(
            async () =>
                (await fixture.App.InstanceAsync(fixture.Inherited.SessionKey()))?.GetProperty("customStatus")
                    .GetProperty("phase")
                    .GetString() == "idle",
            RunningFixture.Soon,
            "the frozen deployment's orchestration waits for its next signal");

        fixture.Inherited.Replies(fixture.AppFixture.Slack).ShouldHaveSingleItem().Text.ShouldBe("said by the heir");
        receipt.Ending.ShouldBe(TurnEnding.Replied);
        fixture.App.Process.Lines.ShouldContain(
            line =>
                line.Contains("was superseded by a later one", StringComparison.Ordinal)
                    && line.Contains(receipt.RunId.Value, StringComparison.Ordinal));
        fixture.Model.RequestsOf("inherited").Count.ShouldBe(2);
        var entries = await fixture.AppFixture.TranscriptAsync(fixture.Inherited.SessionKey());
        entries.Said().ShouldBe(["inherited"]);
        entries.Select(entry => entry.Provenance!.RunId).Distinct().ShouldBe([receipt.RunId.Value]);
        entries.Select(entry => entry.Provenance!.Epoch).ShouldBeInOrder();
        entries.StreamedIn(1).ShouldBe("before, ");
        entries.Stubs().ShouldHaveSingleItem().ErrorMessage.ShouldNotBeNull().ShouldStartWith("interrupted: attempt 1");
        entries.Answers().ShouldHaveSingleItem().Content.PlainText().ShouldBe("said by the heir");
    }

    /// <summary>The transcript with what the overtaken run left beside its main line.</summary>
    private Task<IReadOnlyList<TranscriptEntry>> DetachedTranscriptAsync() => fixture.AppFixture.TranscriptOnceAsync(
        fixture.Overtaken.SessionKey(),
        entries => entries.Any(entry => entry is TranscriptEntry.Custom { CustomType: "holdfast/parked" }),
        RunningFixture.Soon,
        "the detached answer in the transcript");

    /// <summary>All of the overtaken run's own stands before the newcomer's, and nothing of it among that.</summary>
    private static void ShouldStandAlone(IReadOnlyList<TranscriptEntry> entries, Receipt overtaken, Receipt newcomer)
    {
        var main = entries.Where(entry => entry.Provenance!.Source == EntrySource.Turn).ToList();
        main.Select(entry => entry.Provenance!.RunId).Where((run, index) => index == 0 || run != main[index - 1].Provenance!.RunId)
            .ShouldBe([overtaken.RunId.Value, newcomer.RunId.Value]);
        main.Select(entry => entry.Provenance!.Epoch).ShouldBeInOrder();
        entries.Said().ShouldBe(["overtaken", "delivered-late"]);
        entries.StreamedIn(1).ShouldBe("before, ");
        entries.Stubs().ShouldBeEmpty();
        var answer = entries.Answers().ShouldHaveSingleItem();
        (answer.Provenance!.RunId, answer.Content.PlainText()).ShouldBe((newcomer.RunId.Value, "newcomer, untouched"));
    }
}
