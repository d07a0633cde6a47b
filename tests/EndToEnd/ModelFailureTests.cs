using Holdfast.Delivery;
using Holdfast.Harness;
using Holdfast.Peers.Bedrock;
using Holdfast.Transcripts;
using Shouldly;
using Xunit;

namespace Holdfast.EndToEnd.Tests;

/// <summary>A model that fails, from the wire to the thread.</summary>
public sealed class ModelFailureTests(RunningFixture fixture)
{
    private const string Throttled = "throttlingException";

    [Fact]
    public async Task Turn_WhenTheModelIsThrottledTwice_EndsInOneReplyBehindTwoStubs()
    {
        var (thread, receipt) = await RunAsync(
            "throttled",
            new BedrockScript(new BedrockStep.HttpError(429, "ThrottlingException", "Too many requests")),
            // What the SDK reads at once with a failure is lost with it: the pause gives the text a read of its own.
            new BedrockScript(
                new BedrockStep.Text("half "),
                new BedrockStep.Silence(TimeSpan.FromSeconds(1)),
                new BedrockStep.Exceptional(Throttled, "Too many tokens")),
            BedrockScript.Saying("at last"));

        thread.Replies(fixture.AppFixture.Slack).ShouldHaveSingleItem().Text.ShouldBe("at last");
        receipt.Ending.ShouldBe(TurnEnding.Replied);
        var entries = await fixture.AppFixture.TranscriptAsync(thread.SessionKey());
        entries.Stubs().Count.ShouldBe(2);
        entries.Stubs()
            .Select(stub => (stub.Provenance!.RunId, stub.Provenance.Epoch))
            .ShouldBe([(receipt.RunId.Value, 1), (receipt.RunId.Value, 2)]);
        entries.StreamedIn(2).ShouldBe("half ");
        entries.Answers().ShouldHaveSingleItem().Provenance!.Epoch.ShouldBe(3);
        fixture.Model.RequestsOf("throttled").Count.ShouldBe(3);
    }

    [Fact]
    public async Task Turn_WhenTheModelRefusesTheRequest_EndsInOneNoticeWithoutARetry()
    {
        var (thread, receipt) = await RunAsync(
            "invalid-request", new BedrockScript(new BedrockStep.HttpError(400, "ValidationException", "The input is not valid")));

        thread.Replies(fixture.AppFixture.Slack).ShouldHaveSingleItem().Text.ShouldContain("refused the request");
        receipt.Ending.ShouldBe(TurnEnding.Failed);
        fixture.Model.RequestsOf("invalid-request").Count.ShouldBe(1);
        await ShouldGoOnAsync(thread);
    }

    [Fact]
    public async Task S42_WhenTheStreamEndsWithoutMessageStop_ItIsRetriedAndTheTextKept()
    {
        var (thread, receipt) = await RunAsync(
            "unfinished",
            new BedrockScript(new BedrockStep.Text("looks ", "whole."), new BedrockStep.EndHere()),
            BedrockScript.Saying("is whole."));

        thread.Replies(fixture.AppFixture.Slack).ShouldHaveSingleItem().Text.ShouldBe("is whole.");
        receipt.Ending.ShouldBe(TurnEnding.Replied);
        var entries = await fixture.AppFixture.TranscriptAsync(thread.SessionKey());
        entries.StreamedIn(1).ShouldBe("looks whole.");
        entries.Stubs().ShouldHaveSingleItem().Provenance!.Epoch.ShouldBe(1);
    }

    [Fact]
    public async Task Turn_WhenTheConnectionIsCut_IsRetried()
    {
        var (thread, receipt) = await RunAsync(
            "cut-off", new BedrockScript(new BedrockStep.Text("and th"), new BedrockStep.CutSocket()), BedrockScript.Saying("and then"));

        thread.Replies(fixture.AppFixture.Slack).ShouldHaveSingleItem().Text.ShouldBe("and then");
        receipt.Ending.ShouldBe(TurnEnding.Replied);
    }

    [Fact]
    public async Task S41_WhenTheModelGivesNothingButReasoning_ItIsRetriedAndThenNoticed()
    {
        var pondering = new BedrockScript(
            new BedrockStep.Reasoning(["hm", "m"], Signature: "c2ln"), new BedrockStep.MessageStop(), new BedrockStep.Metadata());
        var (thread, receipt) = await RunAsync("pondering", pondering, pondering, pondering);

        thread.Replies(fixture.AppFixture.Slack).ShouldHaveSingleItem().Text.ShouldContain("gave no text");
        receipt.Ending.ShouldBe(TurnEnding.Failed);
        fixture.Model.RequestsOf("pondering").Count.ShouldBe(3);
        await ShouldGoOnAsync(thread);
    }

    [Fact]
    public async Task S15_WhenAToolIsRefused_TheModelLearnsWhyAndTheTurnGoesOn()
    {
        var (thread, receipt) = await RunAsync(
            "forbidden-tool", BedrockScript.Asking(
                "exec", "f1", """{"command":"rm","args":["-rf","/"]}"""), BedrockScript.Saying("then not"));

        thread.Replies(fixture.AppFixture.Slack).ShouldHaveSingleItem().Text.ShouldBe("then not");
        receipt.Ending.ShouldBe(TurnEnding.Replied);
        var entries = await fixture.AppFixture.TranscriptAsync(thread.SessionKey());
        entries.OfType<TranscriptEntry.ToolResult>().ShouldHaveSingleItem().IsError.ShouldBeTrue();
    }

    private async Task<(SlackThread Thread, Receipt Receipt)> RunAsync(string word, params BedrockScript[] scripts)
    {
        var thread = SlackThread.Begin("C0FAILING");
        fixture.Model.Play(word, scripts);
        return (thread, await fixture.ReceiptAsync(await fixture.MentionAsync(thread, word)));
    }

    /// <summary>The session is not poisoned: its next message is answered, and no stub is replayed.</summary>
    private async Task ShouldGoOnAsync(SlackThread thread)
    {
        var word = "after-" + thread.Ts;
        fixture.Model.Play(word, BedrockScript.Saying("going on"));

        await fixture.ReceiptAsync(await fixture.MentionAsync(thread, word, SlackThread.NextTs()));

        thread.Replies(fixture.AppFixture.Slack)[^1].Text.ShouldBe("going on");
        var body = System.Text.Encoding.UTF8.GetString(fixture.Model.RequestsOf(word)[0].RawBody.Span);
        body.ShouldNotContain("\"role\":\"assistant\"");
    }
}
