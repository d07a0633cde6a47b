using Holdfast.Delivery;
using Holdfast.Storage;
using Holdfast.Transcripts;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Turns;

/// <summary>
/// An activity that fails as often as the engine runs it: who wrote the message hears of it, and an answer that stands goes out.
/// </summary>
public sealed class FailedActivityTests
{
    private const int Executions = 10;

    [Theory]
    [InlineData("outbox/", (int)TapAction.FaultBefore)]
    [InlineData("outbox/", (int)TapAction.Bug)]
    [InlineData("receipts/", (int)TapAction.FaultBefore)]
    [InlineData("receipts/", (int)TapAction.Bug)]
    public void S83_WhenFinishingFailsTenTimes_TheAnswerGoesOutAllTheSame(string prefix, int action) => TurnFixture.Run(async fixture =>
    {
        var faults = 0;
        var tap = new BlobTap
        {
            Plan = (call, _) =>
                call.Verb == BlobVerb.Create && call.Name.StartsWith(prefix, StringComparison.Ordinal) && faults++ < Executions
                    ? (TapAction)action
                    : TapAction.Pass,
        };
        fixture.Model.Then(SimulatedModel.Text("the answer"));
        await fixture.AcceptAsync("m1");
        var orchestration = new SimulatedOrchestration(fixture, tap);

        var receipt = (await orchestration.RunAsync()).ShouldHaveSingleItem();

        receipt.Ending.ShouldBe(TurnEnding.Replied);
        orchestration.Executions.ShouldBe(Executions + 1);
        fixture.Channel.Posts.ShouldHaveSingleItem().Text.ShouldBe("the answer");
        fixture.Model.Requests.Count.ShouldBe(1);
        fixture.Entries().OfType<TranscriptEntry.AssistantMessage>().ShouldNotContain(entry => entry.IsStub);
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    [Fact]
    public void RunAsync_WhenAnActivityFailsTenTimesByAFaultOfOurOwn_ANoticeGoesOut() => TurnFixture.Run(async fixture =>
    {
        var faults = 0;
        var tap = new BlobTap
        {
            Plan = (call, _) => call.Verb == BlobVerb.SetMetadata && faults++ < Executions ? TapAction.Bug : TapAction.Pass,
        };
        await fixture.AcceptAsync("m1");

        var receipt = (await new SimulatedOrchestration(fixture, tap).RunAsync()).ShouldHaveSingleItem();

        receipt.Ending.ShouldBe(TurnEnding.Failed);
        fixture.Channel.Posts.ShouldHaveSingleItem().Text.ShouldContain("internal fault");
        fixture.Model.Requests.ShouldBeEmpty();
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    [Fact]
    public void RunAsync_WhenStorageIsOutOfReachForLong_TheMessageWaitsAndIsAnswered() => TurnFixture.Run(async fixture =>
    {
        var until = fixture.Clock.GetUtcNow() + TimeSpan.FromMinutes(30);
        var tap = new BlobTap { Plan = (_, _) => fixture.Clock.GetUtcNow() < until ? TapAction.FaultBefore : TapAction.Pass };
        fixture.Model.Then(SimulatedModel.Text("the answer"));
        await fixture.AcceptAsync("m1");
        var orchestration = new SimulatedOrchestration(fixture, tap);

        var receipt = (await orchestration.RunAsync()).ShouldHaveSingleItem();

        receipt.Ending.ShouldBe(TurnEnding.Replied);
        fixture.Channel.Posts.ShouldHaveSingleItem().Text.ShouldBe("the answer");
        await TurnInvariants.CheckAsync(fixture, "m1");
    });
}
