using Holdfast.Delivery;
using Holdfast.Models;
using Holdfast.Tests.Channels.Schedules;
using Holdfast.Tests.Models;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Turns;

/// <summary>What stands in a transcript for good must not spoil the turns that come after it (I9).</summary>
public sealed class PoisonTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public void S38_WhenBlankContentStandsInTheTranscript_TheNextCallGoesWithoutItAndSucceeds() => TurnRig.Run(async rig =>
    {
        await rig.AcceptAsync("m0", "earlier");
        await new PlayedOrchestration(rig).RunAsync();
        await rig.WriteBesideAsync(
            Lines.User(null, " \n"), Lines.Assistant(null, ""), Lines.Assistant(null, "\t"), Lines.Result(null),
            Lines.User(null, "kept"), Lines.Assistant(null, "", "error"), Lines.Assistant(null, "  "));
        await rig.AcceptAsync("m1", "my question");

        (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        rig.Model.Requests[^1].Prompt.Lines().ShouldBe(["user: earlier", "assistant: the answer", "user: kept | my question"]);
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    [Theory]
    [InlineData(ModelFailureKind.Validation, 3)]
    [InlineData(ModelFailureKind.ServerError, 6)]
    public void S39_WhenACronTurnFailedAndTheJobRunsAgain_TheFailedRunIsNotReplayed(ModelFailureKind kind, int requests) => TurnRig.Run(async rig =>
    {
        rig.Agent = rig.Agent with { Tools = [PlayedTool.Saying("look", "poison")] };
        var ticker = CronJobs.Ticker(rig, CronJobs.Every(TimeSpan.FromHours(1), session: "test:1"));
        await ticker.TickAsync(None);
        rig.Model.Then(PlayedModel.Tools(("c1", "look", new { })));
        for (var attempt = 0; attempt < requests - 2; attempt++)
        {
            rig.Model.Then(PlayedModel.Delta("half an ans"), new Act.Wait(TimeSpan.FromSeconds(2)), new Act.Fail(kind));
        }

        (await OccurrenceAsync(rig, ticker)).Ending.ShouldBe(TurnEnding.Failed);
        (await OccurrenceAsync(rig, ticker)).Ending.ShouldBe(TurnEnding.Replied);

        rig.Model.Requests.Count.ShouldBe(requests);
        rig.Model.Requests[^1].Prompt.Lines().ShouldBe(["user: do it"]);
        await OccurrenceAsync(rig, ticker);
        rig.Model.Requests[^1].Prompt.Lines().ShouldBe(["user: do it", "assistant: the answer", "user: do it"], "an answered one is replayed");
    });

    [Fact]
    public void S39_WhenATurnEndedWithToolCallsOpen_NothingOfItIsReplayedAndThePromptIsAcceptable() => TurnRig.Run(async rig =>
    {
        rig.Agent = rig.Agent with { Tools = [PlayedTool.Saying("look", "seen")], MaxToolRounds = 1 };
        rig.Model.Then(PlayedModel.Tools(("c1", "look", new { }))).Then(PlayedModel.Tools(("c2", "look", new { })));
        await rig.AcceptAsync("m1", "look for ever");
        (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Failed);
        await rig.AcceptAsync("m2", "and now?");

        (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        rig.Model.Requests[^1].Prompt.Lines().ShouldBe(["user: and now?"]);
        rig.Model.Requests[1].Prompt.Lines().ShouldBe(["user: look for ever", "assistant: call c1", "user: result c1 seen"], "its own steps see it all");
        await TurnInvariants.CheckAsync(rig, "m2");
    });

    private static async Task<Receipt> OccurrenceAsync(TurnRig rig, Holdfast.Channels.Schedules.CronTicker ticker)
    {
        await rig.PassAsync(TimeSpan.FromHours(1));
        (await ticker.TickAsync(None)).ShouldHaveSingleItem().ShouldBe(TurnRig.Key);
        var receipt = (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem();
        foreach (var request in rig.Model.Requests)
        {
            AcceptableToModelApi.Check(request.Prompt);
        }

        return receipt;
    }
}
