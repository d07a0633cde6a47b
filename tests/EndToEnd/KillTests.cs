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
public sealed class KillTests(KilledFixture fixture) : IClassFixture<KilledFixture>
{
    [Fact]
    public async Task S33_WhenKilledWhileDeltasFlow_TheTurnEndsInOneReplyAndTheFirstTextStaysMarked()
    {
        var thread = SlackThread.Begin("C0KILLED");
        fixture.Model.Play(
            "deltas",
            new BedrockScript(BedrockStep.Text.Repeat("lost ", 400, TimeSpan.FromMilliseconds(50)), new BedrockStep.MessageStop()),
            BedrockScript.Saying("the whole ", "answer"));
        var turn = await fixture.MentionAsync(thread, "deltas");
        await fixture.AppFixture.TranscriptOnceAsync(
            thread.SessionKey(), entries => entries.StreamedIn(1).Length > 0, RunningFixture.Soon, "streamed text in the transcript");
        fixture.Model.RequestsOf("deltas")[0].Ending.ShouldBe(BedrockEnding.Open);

        await fixture.KillAndRestartAsync();

        var receipt = await fixture.ReceiptAsync(turn);
        thread.Replies(fixture.AppFixture.Slack).ShouldHaveSingleItem().Text.ShouldBe("the whole answer");
        receipt.Ending.ShouldBe(TurnEnding.Replied);
        var entries = await fixture.AppFixture.TranscriptAsync(thread.SessionKey());
        entries.StreamedIn(1).ShouldStartWith("lost lost");
        ShouldBeInterrupted(entries, receipt, byEpoch: 2);
        ShouldHaveGrowingEpochs(entries, turn);
        fixture.Model.RequestsOf("deltas").Count.ShouldBe(2);
        fixture.Model.RequestsOf("deltas")[1].RawBody.Span.IndexOf("lost"u8).ShouldBe(-1);
    }

    [Fact]
    public async Task S33_WhenKilledWhileTheModelIsSilent_TheTurnEndsInOneReply()
    {
        var thread = SlackThread.Begin("C0KILLED");
        fixture.Model.Play("silence", new BedrockScript(new BedrockStep.Gate("never")), BedrockScript.Saying("spoken"));
        var turn = await fixture.MentionAsync(thread, "silence");
        await fixture.Model.RequestAsync("silence", 1, RunningFixture.Soon);

        await fixture.KillAndRestartAsync();

        var receipt = await fixture.ReceiptAsync(turn);
        thread.Replies(fixture.AppFixture.Slack).ShouldHaveSingleItem().Text.ShouldBe("spoken");
        receipt.Ending.ShouldBe(TurnEnding.Replied);
        var entries = await fixture.AppFixture.TranscriptAsync(thread.SessionKey());
        entries.Said().Count.ShouldBe(1);
        entries.Answers().ShouldHaveSingleItem().Provenance!.Attempt.ShouldBe(2);
    }

    [Fact]
    public async Task S33_WhenKilledDuringAToolCall_TheToolIsNotRunAgainAndTheModelLearnsOfIt()
    {
        var thread = SlackThread.Begin("C0KILLED");
        fixture.Model.Play(
            "tool", BedrockScript.Asking("exec", "nap", """{"command":"sleep","args":["7"]}"""), BedrockScript.Saying("woken"));
        var turn = await fixture.MentionAsync(thread, "tool");
        await Eventually.BecomesTrueAsync(
            async () =>
                (
                    await fixture.AppFixture.ListAsync(
                        $"toolcalls/{turn.Value}/")).Count == 1, RunningFixture.Soon, "the tool call is recorded");

        await fixture.KillAndRestartAsync();

        await fixture.ReceiptAsync(turn);
        thread.Replies(fixture.AppFixture.Slack).ShouldHaveSingleItem().Text.ShouldBe("woken");
        var entries = await fixture.AppFixture.TranscriptAsync(thread.SessionKey());
        var result = entries.OfType<TranscriptEntry.ToolResult>().ShouldHaveSingleItem();
        (result.CallId, result.IsError).ShouldBe(("nap", true));
        result.Content.PlainText().ShouldContain("interrupted", Case.Insensitive);
        fixture.Model.RequestsOf("tool").Select(request => request.ToolResultsOfTurn).ShouldBe([0, 1]);
        ShouldHaveGrowingEpochs(entries, turn);
    }

    [Fact]
    public async Task S33_WhenKilledBetweenThePostAndSlacksAnswer_ThePostIsFoundAndNotRepeated()
    {
        var thread = SlackThread.Begin("C0KILLED");
        var gate = new TaskCompletionSource();
        fixture.Model.Play("posted", BedrockScript.Saying("posted once"));
        fixture.AppFixture.Slack.Script.Next("chat.postMessage", new ScriptedAnswer.Held(gate.Task));
        var turn = await fixture.MentionAsync(thread, "posted");
        await Eventually.BecomesTrueAsync(
            () => thread.Replies(fixture.AppFixture.Slack).Count == 1, RunningFixture.Soon, "the post stands");

        await fixture.KillAndRestartAsync();

        var receipt = await fixture.ReceiptAsync(turn);
        gate.SetResult();
        var post = thread.Replies(fixture.AppFixture.Slack).ShouldHaveSingleItem();
        receipt.DeliveredAs.ShouldBe([post.Ts]);
        receipt.Ending.ShouldBe(TurnEnding.Replied);
        fixture.AppFixture.Slack.Calls.Count(call => call.Method == "chat.postMessage" && call.Text("thread_ts") == thread.Ts).ShouldBe(1);
        fixture.Model.RequestsOf("posted").Count.ShouldBe(1);
    }

    [Fact]
    public async Task S33_WhenKilledWithAMessageWaiting_BothTurnsRunInOrder()
    {
        const string Key = "agent:main:http:killed-queue";
        fixture.Model.Play("ahead", new BedrockScript(new BedrockStep.Gate("never")), BedrockScript.Saying("first"));
        fixture.Model.Play("behind", BedrockScript.Saying("second"));
        var ahead = await fixture.PostAsync(Key, "ahead");
        await fixture.Model.RequestAsync("ahead", 1, RunningFixture.Soon);
        var behind = await fixture.PostAsync(Key, "behind");

        await fixture.KillAndRestartAsync();

        (await fixture.ReceiptAsync(ahead)).Ending.ShouldBe(TurnEnding.Replied);
        (await fixture.ReceiptAsync(behind)).Ending.ShouldBe(TurnEnding.Replied);
        var entries = await fixture.AppFixture.TranscriptAsync(Key);
        entries.Said().ShouldBe(["ahead", "behind"]);
        entries.Answers().Select(answer => answer.Content.PlainText()).ShouldBe(["first", "second"]);
    }

    private static void ShouldBeInterrupted(IReadOnlyList<TranscriptEntry> entries, Receipt receipt, long byEpoch)
    {
        var stub = entries.Stubs().ShouldHaveSingleItem();
        stub.StopReason.ShouldBe("aborted");
        stub.ErrorMessage.ShouldNotBeNull().ShouldStartWith("interrupted:");
        (stub.Provenance!.RunId, stub.Provenance.Epoch).ShouldBe((receipt.RunId.Value, byEpoch));
    }

    /// <summary>The message once; at least two attempts of one run; no epoch after a later one.</summary>
    private static void ShouldHaveGrowingEpochs(IReadOnlyList<TranscriptEntry> entries, TurnId turn)
    {
        entries.Count(entry => entry.Id == EntryId.OfMessage(turn)).ShouldBe(1);
        var provenances = entries.Select(entry => entry.Provenance!).ToList();
        provenances.Select(provenance => provenance.RunId).Distinct().ShouldHaveSingleItem();
        provenances.Select(provenance => provenance.Epoch).ShouldBeInOrder();
        provenances.Select(provenance => provenance.Attempt).ShouldBeInOrder();
        provenances.Select(provenance => provenance.Attempt).Distinct().Count().ShouldBeGreaterThanOrEqualTo(2);
    }
}
