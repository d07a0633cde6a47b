using Holdfast.Delivery;
using Holdfast.Storage;
using Holdfast.Transcripts;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Turns;

/// <summary>An activity that fails as often as the engine runs it: who wrote the message hears of it, and an answer that stands goes out.</summary>
public sealed class FailedActivityTests
{
    private const int Executions = 10;

    [Theory]
    [InlineData("outbox/", (int)TapAction.FaultBefore)]
    [InlineData("outbox/", (int)TapAction.Bug)]
    [InlineData("receipts/", (int)TapAction.FaultBefore)]
    [InlineData("receipts/", (int)TapAction.Bug)]
    public void S83_WhenFinishingFailsTenTimes_TheAnswerGoesOutAllTheSame(string prefix, int action) => TurnRig.Run(async rig =>
    {
        var faults = 0;
        var tap = new BlobTap
        {
            Plan = (call, _) =>
                call.Verb == BlobVerb.Create && call.Name.StartsWith(prefix, StringComparison.Ordinal) && faults++ < Executions ? (TapAction)action : TapAction.Pass,
        };
        rig.Model.Then(PlayedModel.Text("the answer"));
        await rig.AcceptAsync("m1");
        var orchestration = new PlayedOrchestration(rig, tap);

        var receipt = (await orchestration.RunAsync()).ShouldHaveSingleItem();

        receipt.Ending.ShouldBe(TurnEnding.Replied);
        orchestration.Executions.ShouldBe(Executions + 1);
        rig.Channel.Posts.ShouldHaveSingleItem().Text.ShouldBe("the answer");
        rig.Model.Requests.Count.ShouldBe(1);
        rig.Entries().OfType<TranscriptEntry.AssistantMessage>().ShouldNotContain(entry => entry.IsStub);
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    [Fact]
    public void RunAsync_WhenAnActivityFailsTenTimesByAFaultOfOurOwn_ANoticeGoesOut() => TurnRig.Run(async rig =>
    {
        var faults = 0;
        var tap = new BlobTap { Plan = (call, _) => call.Verb == BlobVerb.SetMetadata && faults++ < Executions ? TapAction.Bug : TapAction.Pass };
        await rig.AcceptAsync("m1");

        var receipt = (await new PlayedOrchestration(rig, tap).RunAsync()).ShouldHaveSingleItem();

        receipt.Ending.ShouldBe(TurnEnding.Failed);
        rig.Channel.Posts.ShouldHaveSingleItem().Text.ShouldContain("internal fault");
        rig.Model.Requests.ShouldBeEmpty();
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    [Fact]
    public void RunAsync_WhenStorageIsOutOfReachForLong_TheMessageWaitsAndIsAnswered() => TurnRig.Run(async rig =>
    {
        var until = rig.Clock.GetUtcNow() + TimeSpan.FromMinutes(30);
        var tap = new BlobTap { Plan = (_, _) => rig.Clock.GetUtcNow() < until ? TapAction.FaultBefore : TapAction.Pass };
        rig.Model.Then(PlayedModel.Text("the answer"));
        await rig.AcceptAsync("m1");
        var orchestration = new PlayedOrchestration(rig, tap);

        var receipt = (await orchestration.RunAsync()).ShouldHaveSingleItem();

        receipt.Ending.ShouldBe(TurnEnding.Replied);
        rig.Channel.Posts.ShouldHaveSingleItem().Text.ShouldBe("the answer");
        await TurnInvariants.CheckAsync(rig, "m1");
    });
}
