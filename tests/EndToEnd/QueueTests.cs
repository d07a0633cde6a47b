using Holdfast.Delivery;
using Holdfast.Harness;
using Holdfast.Peers.Bedrock;
using Holdfast.Sessions;
using Shouldly;
using Xunit;

namespace Holdfast.EndToEnd.Tests;

/// <summary>Messages that come while others are answered.</summary>
public sealed class QueueTests(RunningStage stage)
{
    [Fact]
    public async Task S13_WhenASecondMessageComesDuringATurn_ItRunsAfterAndNothingIsAborted()
    {
        var thread = SlackThread.Begin("C0QUEUED");
        stage.Model.Play("slow-one", new BedrockScript(
            BedrockStep.Text.Repeat("a", 100, TimeSpan.FromMilliseconds(100)), new BedrockStep.MessageStop(), new BedrockStep.Metadata()));
        stage.Model.Play("quick-one", BedrockScript.Saying("b"));
        stage.Model.Play("last-one", BedrockScript.Saying("c"));
        var slow = await stage.MentionAsync(thread, "slow-one");
        await stage.Model.RequestAsync("slow-one", 1, RunningStage.Soon);
        var quick = await stage.MentionAsync(thread, "quick-one", SlackThread.NextTs());
        var last = await stage.MentionAsync(thread, "last-one", SlackThread.NextTs());

        TurnId[] turns = [slow, quick, last];
        var receipts = await Task.WhenAll(turns.Select(stage.ReceiptAsync));

        receipts.ShouldAllBe(receipt => receipt.Ending == TurnEnding.Replied);
        thread.Replies(stage.Stage.Slack).Select(reply => reply.Text).ShouldBe([new string('a', 100), "b", "c"]);
        (await stage.Model.RequestsOf("slow-one")[0].WhenEnded).ShouldBe(BedrockEnding.Finished);
        receipts[1].FinishedAt.ShouldBeGreaterThanOrEqualTo(receipts[0].FinishedAt);
        receipts.ShouldAllBe(receipt => receipt.Tally.Verdicts.IsEmpty);
        var entries = await stage.Stage.TranscriptAsync(thread.SessionKey());
        entries.Said().ShouldBe(["slow-one", "quick-one", "last-one"]);
        entries.Stubs().ShouldBeEmpty();
    }

    [Fact]
    public async Task Turns_OfTwoSessions_RunAtOnce()
    {
        var held = new BedrockScript(new BedrockStep.Gate("side-by-side"), new BedrockStep.Text("done"), new BedrockStep.MessageStop());
        stage.Model.Play("side-a", held);
        stage.Model.Play("side-b", held);
        var one = await stage.PostAsync("agent:main:http:side-a", "side-a");
        var other = await stage.PostAsync("agent:main:http:side-b", "side-b");

        // Both are inside their model calls before either may end.
        await stage.Model.RequestAsync("side-a", 1, RunningStage.Soon);
        await stage.Model.RequestAsync("side-b", 1, RunningStage.Soon);
        stage.Stage.Bedrock.Open("side-by-side");

        (await stage.ReceiptAsync(one)).Ending.ShouldBe(TurnEnding.Replied);
        (await stage.ReceiptAsync(other)).Ending.ShouldBe(TurnEnding.Replied);
    }

    [Fact]
    public async Task S47_WhenABurstOfMessagesComesForOneSession_AllRunInOrderOfAcceptance()
    {
        const string Key = "agent:main:http:burst";
        var turns = new List<TurnId>();
        for (var number = 0; number < 12; number++)
        {
            turns.Add(await stage.PostAsync(Key, $"burst {number}"));
        }

        var receipts = await Task.WhenAll(turns.Select(stage.ReceiptAsync));

        receipts.ShouldAllBe(receipt => receipt.Ending == TurnEnding.Replied);
        (await stage.Stage.TranscriptAsync(Key)).Said().ShouldBe([.. Enumerable.Range(0, 12).Select(number => $"burst {number}")]);
    }
}
