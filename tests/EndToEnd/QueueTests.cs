using Holdfast.Delivery;
using Holdfast.Harness;
using Holdfast.Peers.Bedrock;
using Holdfast.Sessions;
using Shouldly;
using Xunit;

namespace Holdfast.EndToEnd.Tests;

/// <summary>Messages that come while others are answered.</summary>
public sealed class QueueTests(RunningFixture fixture)
{
    [Fact]
    public async Task S13_WhenASecondMessageComesDuringATurn_ItRunsAfterAndNothingIsAborted()
    {
        var thread = SlackThread.Begin("C0QUEUED");
        fixture.Model.Play("slow-one", new BedrockScript(
            BedrockStep.Text.Repeat("a", 100, TimeSpan.FromMilliseconds(100)), new BedrockStep.MessageStop(), new BedrockStep.Metadata()));
        fixture.Model.Play("quick-one", BedrockScript.Saying("b"));
        fixture.Model.Play("last-one", BedrockScript.Saying("c"));
        var slow = await fixture.MentionAsync(thread, "slow-one");
        await fixture.Model.RequestAsync("slow-one", 1, RunningFixture.Soon);
        var quick = await fixture.MentionAsync(thread, "quick-one", SlackThread.NextTs());
        var last = await fixture.MentionAsync(thread, "last-one", SlackThread.NextTs());

        TurnId[] turns = [slow, quick, last];
        var receipts = await Task.WhenAll(turns.Select(fixture.ReceiptAsync));

        receipts.ShouldAllBe(receipt => receipt.Ending == TurnEnding.Replied);
        thread.Replies(fixture.AppFixture.Slack).Select(reply => reply.Text).ShouldBe([new string('a', 100), "b", "c"]);
        (await fixture.Model.RequestsOf("slow-one")[0].WhenEnded).ShouldBe(BedrockEnding.Finished);
        receipts[1].FinishedAt.ShouldBeGreaterThanOrEqualTo(receipts[0].FinishedAt);
        receipts.ShouldAllBe(receipt => receipt.Tally.Verdicts.IsEmpty);
        var entries = await fixture.AppFixture.TranscriptAsync(thread.SessionKey());
        entries.Said().ShouldBe(["slow-one", "quick-one", "last-one"]);
        entries.Stubs().ShouldBeEmpty();
    }

    [Fact]
    public async Task Turns_OfTwoSessions_RunAtOnce()
    {
        var held = new BedrockScript(new BedrockStep.Gate("side-by-side"), new BedrockStep.Text("done"), new BedrockStep.MessageStop());
        fixture.Model.Play("side-a", held);
        fixture.Model.Play("side-b", held);
        var one = await fixture.PostAsync("agent:main:http:side-a", "side-a");
        var other = await fixture.PostAsync("agent:main:http:side-b", "side-b");

        // Both are inside their model calls before either may end.
        await fixture.Model.RequestAsync("side-a", 1, RunningFixture.Soon);
        await fixture.Model.RequestAsync("side-b", 1, RunningFixture.Soon);
        fixture.AppFixture.Bedrock.Open("side-by-side");

        (await fixture.ReceiptAsync(one)).Ending.ShouldBe(TurnEnding.Replied);
        (await fixture.ReceiptAsync(other)).Ending.ShouldBe(TurnEnding.Replied);
    }

    [Fact]
    public async Task S47_WhenABurstOfMessagesComesForOneSession_AllRunInOrderOfAcceptance()
    {
        const string Key = "agent:main:http:burst";
        var turns = new List<TurnId>();
        for (var number = 0; number < 12; number++)
        {
            turns.Add(await fixture.PostAsync(Key, $"burst {number}"));
        }

        var receipts = await Task.WhenAll(turns.Select(fixture.ReceiptAsync));

        receipts.ShouldAllBe(receipt => receipt.Ending == TurnEnding.Replied);
        (await fixture.AppFixture.TranscriptAsync(Key)).Said().ShouldBe([.. Enumerable.Range(0, 12).Select(number => $"burst {number}")]);
    }
}
