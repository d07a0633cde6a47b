using System.Text.Json;
using Holdfast.Delivery;
using Holdfast.Harness;
using Holdfast.Peers.Bedrock;
using Holdfast.Tests.Support;
using Holdfast.Transcripts;
using Shouldly;
using Xunit;

namespace Holdfast.EndToEnd.Tests;

/// <summary>A running turn as an operator sees and ends it, by plain HTTP.</summary>
public sealed class OperatorTests(TalkativeFixture fixture) : IClassFixture<TalkativeFixture>
{
    private static readonly BedrockStep.Text Endless = BedrockStep.Text.Repeat("more ", 4_000, TimeSpan.FromMilliseconds(50));

    [Fact]
    public async Task Session_WhileATurnStreams_ShowsPhaseRunAttemptAndGrowingCharacters()
    {
        var thread = SlackThread.Begin("C0WATCHED");
        fixture.Model.Play("watched", new BedrockScript(
            new BedrockStep.Gate("watched-speaks"),
            BedrockStep.Text.Repeat("more ", 200, TimeSpan.FromMilliseconds(50)),
            new BedrockStep.Gate("watched-ends"),
            new BedrockStep.MessageStop()));
        var turn = await fixture.MentionAsync(thread, "watched");
        await fixture.Model.RequestAsync("watched", 1, RunningFixture.Soon);

        var thinking = await StatusOnceAsync(thread, status => Phase(status) == "thinking");
        fixture.AppFixture.Bedrock.Open("watched-speaks");
        var streaming = await StatusOnceAsync(
            thread, status => Phase(status) == "streaming" && Progress(status, "characters").GetInt64() > 0);
        var seen = Progress(streaming, "characters").GetInt64();
        var later = await StatusOnceAsync(
            thread, status => Phase(status) == "streaming" && Progress(status, "characters").GetInt64() > seen);
        var instance = (await fixture.App.InstanceAsync(thread.SessionKey()))!.Value;
        fixture.AppFixture.Bedrock.Open("watched-ends");
        var receipt = await fixture.ReceiptAsync(turn);
        var ended = await StatusOnceAsync(thread, status => OrchestrationPhase(status) == "idle");

        foreach (var running in new[] { thinking, streaming, later })
        {
            running.GetProperty("orchestration").GetProperty("runtimeStatus").GetString().ShouldBe("Running");
            OrchestrationPhase(running).ShouldBe("turn");
            Progress(running, "runId").GetString().ShouldBe(receipt.RunId.Value);
        }

        Progress(later, "attempt").GetInt32().ShouldBe(1);
        instance.GetProperty("instanceId").GetString().ShouldBe(AppCalls.InstanceOf(thread.SessionKey()));
        instance.GetProperty("runtimeStatus").GetString().ShouldBe("Running");
        Phase(ended).ShouldBe("idle");
    }

    [Fact]
    public async Task Terminate_WhileATurnStreams_EndsItWithOneNoticeAndShutsTheStreamOut()
    {
        var thread = SlackThread.Begin("C0ENDED");
        fixture.Model.Play("endless", new BedrockScript(Endless, new BedrockStep.MessageStop()));
        fixture.Model.Play("afterwards", BedrockScript.Saying("working again"));
        var turn = await fixture.MentionAsync(thread, "endless");
        await StatusOnceAsync(thread, status => Phase(status) == "streaming");

        ((int)(await fixture.App.TerminateAsync(thread.SessionKey(), "by hand")).StatusCode).ShouldBe(202);

        var receipt = await fixture.ReceiptAsync(turn);
        var notice = thread.Replies(fixture.AppFixture.Slack).ShouldHaveSingleItem();
        notice.Text.ShouldContain("an operator ended the turn");
        (receipt.Ending, receipt.DeliveredAs.ShouldHaveSingleItem()).ShouldBe((TurnEnding.Terminated, notice.Ts));
        (await fixture.Model.RequestsOf("endless")[0].WhenEnded.WaitAsync(RunningFixture.Soon)).ShouldBe(BedrockEnding.ClientLeft);
        await ShouldStayShutOutAsync(thread, receipt);

        await fixture.ReceiptAsync(await fixture.MentionAsync(thread, "afterwards", SlackThread.NextTs()));
        thread.Replies(fixture.AppFixture.Slack).Select(reply => reply.Text).ShouldBe([notice.Text, "working again"]);
    }

    [Fact]
    public async Task Terminate_AfterAToolRound_EndsTheTurnAndItsZombieToo()
    {
        const string Key = "agent:main:http:ended-later";
        fixture.Model.Play(
            "round",
            BedrockScript.Asking("exec", "r1", """{"command":"echo","args":["x"]}"""),
            new BedrockScript(Endless, new BedrockStep.MessageStop()));
        var turn = await fixture.PostAsync(Key, "round");
        await fixture.AppFixture.TranscriptOnceAsync(
            Key, entries => entries.OfType<TranscriptEntry.StreamedText>().Any(), RunningFixture.Soon, "streamed text in the transcript");

        ((int)(await fixture.App.TerminateAsync(Key, "by hand")).StatusCode).ShouldBe(202);

        (await fixture.ReceiptAsync(turn)).Ending.ShouldBe(TurnEnding.Terminated);
        (await fixture.Model.RequestsOf("round")[1].WhenEnded.WaitAsync(RunningFixture.Soon)).ShouldBe(BedrockEnding.ClientLeft);
        await Eventually.BecomesTrueAsync(() => Steps("ended") == Steps("started"), RunningFixture.Soon, "no execution of a step is left");
        await Eventually.BecomesTrueAsync(
            async () =>
                !(await (await fixture.App.SessionAsync(Key)).JsonAsync()).GetProperty("transcript").GetProperty("isHeld").GetBoolean(),
            RunningFixture.Soon,
            "the lease is let go");
    }

    /// <summary>The run's stub says who ended it, and nothing of an earlier ownership stands behind it.</summary>
    private async Task ShouldStayShutOutAsync(SlackThread thread, Receipt receipt)
    {
        var entries = await fixture.AppFixture.TranscriptAsync(thread.SessionKey());
        entries.Said().ShouldBe(["endless"]);
        var stub = entries.Stubs().Single(entry => entry.ErrorMessage!.StartsWith("Terminated:", StringComparison.Ordinal));
        (stub.Provenance!.RunId, stub.StopReason).ShouldBe((receipt.RunId.Value, "aborted"));
        entries.SkipWhile(entry => entry.Id != stub.Id).ShouldAllBe(entry => entry.Provenance!.Epoch >= stub.Provenance.Epoch);
        entries.StreamedIn(1).ShouldNotBeEmpty();
        entries.Answers().ShouldBeEmpty();
    }

    private int Steps(string word) =>
        fixture.App.Process.Lines.Count(line => line.Contains($"Function ModelStepActivity {word}", StringComparison.Ordinal));

    private async Task<JsonElement> StatusOnceAsync(SlackThread thread, Func<JsonElement, bool> condition)
    {
        JsonElement? status = null;
        await Eventually.BecomesTrueAsync(
            async () =>
            {
                using var answer = await fixture.App.SessionAsync(thread.SessionKey());
                status = answer.IsSuccessStatusCode ? await answer.JsonAsync() : null;
                return status is { } shown && condition(shown);
            },
            RunningFixture.Soon,
            $"the status; it was {status}");
        return status!.Value;
    }

    private static JsonElement Progress(JsonElement status, string name) => status.GetProperty("progress").GetProperty(name);

    private static string? Phase(JsonElement status) => Progress(status, "phase").GetString();

    private static string? OrchestrationPhase(JsonElement status) =>
        status.GetProperty("orchestration") is { ValueKind: JsonValueKind.Object } orchestration
        && orchestration.GetProperty("customStatus") is { ValueKind: JsonValueKind.Object } custom
            ? custom.GetProperty("phase").GetString()
            : null;
}
