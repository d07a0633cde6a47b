using Holdfast.Delivery;
using Holdfast.Harness;
using Holdfast.Peers.Bedrock;
using Holdfast.Peers.Scripting;
using Holdfast.Sessions;
using Holdfast.Tests.Support;
using Holdfast.Transcripts;
using Shouldly;
using Xunit;

namespace Holdfast.EndToEnd.Tests;

/// <summary>The app dies by SIGKILL in the middle of a turn and starts again on the same store.</summary>
public sealed class KillTests(KilledStage stage) : IClassFixture<KilledStage>
{
    [Fact]
    public async Task S33_WhenKilledWhileDeltasFlow_TheTurnEndsInOneReplyAndTheFirstTextStaysMarked()
    {
        var thread = SlackThread.Begin("C0KILLED");
        stage.Model.Play(
            "deltas",
            new BedrockScript(BedrockStep.Text.Repeat("lost ", 400, TimeSpan.FromMilliseconds(50)), new BedrockStep.MessageStop()),
            BedrockScript.Saying("the whole ", "answer"));
        var turn = await stage.MentionAsync(thread, "deltas");
        await stage.Stage.TranscriptOnceAsync(
            thread.SessionKey(), entries => entries.StreamedIn(1).Length > 0, RunningStage.Soon, "streamed text in the transcript");
        stage.Model.RequestsOf("deltas")[0].Ending.ShouldBe(BedrockEnding.Open);

        await stage.KillAndRestartAsync();

        var receipt = await stage.ReceiptAsync(turn);
        thread.Replies(stage.Stage.Slack).ShouldHaveSingleItem().Text.ShouldBe("the whole answer");
        receipt.Ending.ShouldBe(TurnEnding.Replied);
        var entries = await stage.Stage.TranscriptAsync(thread.SessionKey());
        entries.StreamedIn(1).ShouldStartWith("lost lost");
        ShouldBeInterrupted(entries, receipt, byEpoch: 2);
        ShouldHaveGrowingEpochs(entries, turn);
        stage.Model.RequestsOf("deltas").Count.ShouldBe(2);
        stage.Model.RequestsOf("deltas")[1].RawBody.Span.IndexOf("lost"u8).ShouldBe(-1);
    }

    [Fact]
    public async Task S33_WhenKilledWhileTheModelIsSilent_TheTurnEndsInOneReply()
    {
        var thread = SlackThread.Begin("C0KILLED");
        stage.Model.Play("silence", new BedrockScript(new BedrockStep.Gate("never")), BedrockScript.Saying("spoken"));
        var turn = await stage.MentionAsync(thread, "silence");
        await stage.Model.RequestAsync("silence", 1, RunningStage.Soon);

        await stage.KillAndRestartAsync();

        var receipt = await stage.ReceiptAsync(turn);
        thread.Replies(stage.Stage.Slack).ShouldHaveSingleItem().Text.ShouldBe("spoken");
        receipt.Ending.ShouldBe(TurnEnding.Replied);
        var entries = await stage.Stage.TranscriptAsync(thread.SessionKey());
        entries.Said().Count.ShouldBe(1);
        entries.Answers().ShouldHaveSingleItem().Stamp!.Attempt.ShouldBe(2);
    }

    [Fact]
    public async Task S33_WhenKilledDuringAToolCall_TheToolIsNotRunAgainAndTheModelLearnsOfIt()
    {
        var thread = SlackThread.Begin("C0KILLED");
        stage.Model.Play(
            "tool", BedrockScript.Asking("exec", "nap", """{"command":"sleep","args":["7"]}"""), BedrockScript.Saying("woken"));
        var turn = await stage.MentionAsync(thread, "tool");
        await Eventually.BecomesTrueAsync(
            async () => (await stage.Stage.ListAsync($"toolcalls/{turn.Value}/")).Count == 1, RunningStage.Soon, "the tool call is recorded");

        await stage.KillAndRestartAsync();

        await stage.ReceiptAsync(turn);
        thread.Replies(stage.Stage.Slack).ShouldHaveSingleItem().Text.ShouldBe("woken");
        var entries = await stage.Stage.TranscriptAsync(thread.SessionKey());
        var result = entries.OfType<TranscriptEntry.ToolResult>().ShouldHaveSingleItem();
        (result.CallId, result.IsError).ShouldBe(("nap", true));
        result.Content.PlainText().ShouldContain("interrupted", Case.Insensitive);
        stage.Model.RequestsOf("tool").Select(request => request.ToolResultsOfTurn).ShouldBe([0, 1]);
        ShouldHaveGrowingEpochs(entries, turn);
    }

    [Fact]
    public async Task S33_WhenKilledBetweenThePostAndSlacksAnswer_ThePostIsFoundAndNotRepeated()
    {
        var thread = SlackThread.Begin("C0KILLED");
        var gate = new TaskCompletionSource();
        stage.Model.Play("posted", BedrockScript.Saying("posted once"));
        stage.Stage.Slack.Script.Next("chat.postMessage", new ScriptedAnswer.Held(gate.Task));
        var turn = await stage.MentionAsync(thread, "posted");
        await Eventually.BecomesTrueAsync(() => thread.Replies(stage.Stage.Slack).Count == 1, RunningStage.Soon, "the post stands");

        await stage.KillAndRestartAsync();

        var receipt = await stage.ReceiptAsync(turn);
        gate.SetResult();
        var post = thread.Replies(stage.Stage.Slack).ShouldHaveSingleItem();
        receipt.DeliveredAs.ShouldBe([post.Ts]);
        receipt.Ending.ShouldBe(TurnEnding.Replied);
        stage.Stage.Slack.Calls.Count(call => call.Method == "chat.postMessage" && call.Text("thread_ts") == thread.Ts).ShouldBe(1);
        stage.Model.RequestsOf("posted").Count.ShouldBe(1);
    }

    [Fact]
    public async Task S33_WhenKilledWithAMessageWaiting_BothTurnsRunInOrder()
    {
        const string Key = "agent:main:http:killed-queue";
        stage.Model.Play("ahead", new BedrockScript(new BedrockStep.Gate("never")), BedrockScript.Saying("first"));
        stage.Model.Play("behind", BedrockScript.Saying("second"));
        var ahead = await stage.PostAsync(Key, "ahead");
        await stage.Model.RequestAsync("ahead", 1, RunningStage.Soon);
        var behind = await stage.PostAsync(Key, "behind");

        await stage.KillAndRestartAsync();

        (await stage.ReceiptAsync(ahead)).Ending.ShouldBe(TurnEnding.Replied);
        (await stage.ReceiptAsync(behind)).Ending.ShouldBe(TurnEnding.Replied);
        var entries = await stage.Stage.TranscriptAsync(Key);
        entries.Said().ShouldBe(["ahead", "behind"]);
        entries.Answers().Select(answer => answer.Content.PlainText()).ShouldBe(["first", "second"]);
    }

    private static void ShouldBeInterrupted(IReadOnlyList<TranscriptEntry> entries, Receipt receipt, long byEpoch)
    {
        var stub = entries.Stubs().ShouldHaveSingleItem();
        stub.StopReason.ShouldBe("aborted");
        stub.ErrorMessage.ShouldNotBeNull().ShouldStartWith("interrupted:");
        (stub.Stamp!.RunId, stub.Stamp.Epoch).ShouldBe((receipt.RunId, byEpoch));
    }

    /// <summary>The message once; at least two attempts of one run; no epoch after a later one.</summary>
    private static void ShouldHaveGrowingEpochs(IReadOnlyList<TranscriptEntry> entries, TurnId turn)
    {
        entries.Count(entry => entry.Id == EntryId.OfMessage(turn)).ShouldBe(1);
        var stamps = entries.Select(entry => entry.Stamp!).ToList();
        stamps.Select(stamp => stamp.RunId).Distinct().ShouldHaveSingleItem();
        stamps.Select(stamp => stamp.Epoch).ShouldBeInOrder();
        stamps.Select(stamp => stamp.Attempt).ShouldBeInOrder();
        stamps.Select(stamp => stamp.Attempt).Distinct().Count().ShouldBeGreaterThanOrEqualTo(2);
    }
}
