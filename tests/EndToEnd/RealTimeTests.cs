using Holdfast.Delivery;
using Holdfast.Harness;
using Holdfast.Peers.Bedrock;
using Holdfast.Transcripts;
using Shouldly;
using Xunit;

namespace Holdfast.EndToEnd.Tests;

/// <summary>The report that started the project, in its own time: another process, real sockets, a real blob service.</summary>
[Trait("Pace", "real time")]
public sealed class RealTimeTests(RealTimeStage stage) : IClassFixture<RealTimeStage>
{
    private static readonly TimeSpan TurnTakes = TimeSpan.FromSeconds(400);

    [Fact]
    public async Task S01_WhenTheModelIsSilentFor125SecondsAndStreamsFor130_OneReplyIsDelivered()
    {
        var receipt = await stage.Stage.ReceiptAsync(stage.PatientTurn, TurnTakes);

        var reply = stage.Patient.Replies(stage.Stage.Slack).ShouldHaveSingleItem();
        reply.Text.ShouldBe(RealTimeStage.Answer);
        receipt.Ending.ShouldBe(TurnEnding.Replied);
        receipt.DeliveredAs.ShouldBe([reply.Ts]);
        receipt.Tally.Verdicts.Keys.Except(["clean"]).ShouldBeEmpty();
        receipt.Tally.ToolCalls.ShouldBe(2);

        var entries = await stage.Stage.TranscriptAsync(stage.Patient.SessionKey());
        entries.Stubs().ShouldBeEmpty();
        entries.OfType<TranscriptEntry.Verdict>().ShouldAllBe(verdict => verdict.Kind == "clean");
        entries.Said().Count.ShouldBe(1);
        entries.OfType<TranscriptEntry.ToolResult>().Select(result => result.CallId).ShouldBe(["p1", "p2"]);
        entries.Answers()[^1].Content.PlainText().ShouldBe(RealTimeStage.Answer);

        var requests = stage.Model.RequestsOf("patience");
        requests.Count.ShouldBe(3);
        Took(requests[2]).ShouldBeGreaterThan(RealTimeStage.Silence + RealTimeStage.Streaming - TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task S02_WhenTheModelsLimitIs120Seconds_ItsStubIsOwnAndTheTurnRetriesToOneReply()
    {
        var receipt = await stage.Stage.ReceiptAsync(stage.HastyTurn, TurnTakes);

        stage.Hasty.Replies(stage.Stage.Slack).ShouldHaveSingleItem().Text.ShouldBe("an answer at the second try");
        receipt.Ending.ShouldBe(TurnEnding.Replied);
        receipt.Tally.Verdicts.Keys.Except(["clean", "own"]).ShouldBeEmpty();

        var entries = await stage.Stage.TranscriptAsync(stage.Hasty.SessionKey("hasty"));
        var stub = entries.Stubs().ShouldHaveSingleItem();
        stub.Stamp!.RunId.ShouldBe(receipt.RunId);
        stub.Model.ShouldBe("test.hasty-v1:0");
        entries.OfType<TranscriptEntry.Verdict>().ShouldAllBe(verdict => verdict.Kind == "clean" || verdict.Kind == "own");
        var answer = entries.Answers()[^1];
        (answer.Stamp!.RunId, answer.Stamp.Epoch).ShouldBe((receipt.RunId, stub.Stamp.Epoch + 1));

        var requests = stage.Model.RequestsOf("haste");
        requests.Count.ShouldBe(4);
        (await requests[2].WhenEnded).ShouldBe(BedrockEnding.ClientLeft);
        requests[2].FirstByteAtMicros.ShouldBeNull();
        (requests[3].ArrivedAt - requests[2].ArrivedAt).ShouldBeGreaterThan(TimeSpan.FromSeconds(119));
    }

    private static TimeSpan Took(BedrockRequest request) =>
        TimeSpan.FromMicroseconds(request.LastByteAtMicros!.Value - request.ArrivedAtMicros);
}
