using Holdfast.Delivery;
using Holdfast.Harness;
using Holdfast.Peers.Bedrock;
using Holdfast.Transcripts;
using Shouldly;
using Xunit;

namespace Holdfast.EndToEnd.Tests;

/// <summary>The report that started the project, in its own time: another process, real sockets, a real blob service.</summary>
[Trait("Pace", "real time")]
public sealed class RealTimeTests(RealTimeFixture fixture) : IClassFixture<RealTimeFixture>
{
    private static readonly TimeSpan TurnTakes = TimeSpan.FromSeconds(400);

    [Fact]
    public async Task S01_WhenTheModelIsSilentFor125SecondsAndStreamsFor130_OneReplyIsDelivered()
    {
        var receipt = await fixture.AppFixture.ReceiptAsync(fixture.PatientTurn, TurnTakes);

        var reply = fixture.Patient.Replies(fixture.AppFixture.Slack).ShouldHaveSingleItem();
        reply.Text.ShouldBe(RealTimeFixture.Answer);
        receipt.Ending.ShouldBe(TurnEnding.Replied);
        receipt.DeliveredAs.ShouldBe([reply.Ts]);
        receipt.Tally.Verdicts.Keys.Except(["clean"]).ShouldBeEmpty();
        receipt.Tally.ToolCalls.ShouldBe(2);

        var entries = await fixture.AppFixture.TranscriptAsync(fixture.Patient.SessionKey());
        entries.Stubs().ShouldBeEmpty();
        entries.OfType<TranscriptEntry.Verdict>().ShouldAllBe(verdict => verdict.Kind == "clean");
        entries.Said().Count.ShouldBe(1);
        entries.OfType<TranscriptEntry.ToolResult>().Select(result => result.CallId).ShouldBe(["p1", "p2"]);
        entries.Answers()[^1].Content.PlainText().ShouldBe(RealTimeFixture.Answer);

        var requests = fixture.Model.RequestsOf("patience");
        requests.Count.ShouldBe(3);
        Took(requests[2]).ShouldBeGreaterThan(RealTimeFixture.Silence + RealTimeFixture.Streaming - TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task S02_WhenTheModelsLimitIs120Seconds_ItsStubIsOwnAndTheTurnRetriesToOneReply()
    {
        var receipt = await fixture.AppFixture.ReceiptAsync(fixture.HastyTurn, TurnTakes);

        fixture.Hasty.Replies(fixture.AppFixture.Slack).ShouldHaveSingleItem().Text.ShouldBe("an answer at the second try");
        receipt.Ending.ShouldBe(TurnEnding.Replied);
        receipt.Tally.Verdicts.Keys.Except(["clean", "own"]).ShouldBeEmpty();

        var entries = await fixture.AppFixture.TranscriptAsync(fixture.Hasty.SessionKey("hasty"));
        var stub = entries.Stubs().ShouldHaveSingleItem();
        stub.Provenance!.RunId.ShouldBe(receipt.RunId.Value);
        stub.Model.ShouldBe("test.hasty-v1:0");
        entries.OfType<TranscriptEntry.Verdict>().ShouldAllBe(verdict => verdict.Kind == "clean" || verdict.Kind == "own");
        var answer = entries.Answers()[^1];
        (answer.Provenance!.RunId, answer.Provenance.Epoch).ShouldBe((receipt.RunId.Value, stub.Provenance.Epoch + 1));

        var requests = fixture.Model.RequestsOf("haste");
        requests.Count.ShouldBe(4);
        (await requests[2].WhenEnded).ShouldBe(BedrockEnding.ClientLeft);
        requests[2].FirstByteAtMicros.ShouldBeNull();
        (requests[3].ArrivedAt - requests[2].ArrivedAt).ShouldBeGreaterThan(TimeSpan.FromSeconds(119));
    }

    private static TimeSpan Took(BedrockRequest request) =>
        TimeSpan.FromMicroseconds(request.LastByteAtMicros!.Value - request.ArrivedAtMicros);
}
