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
    public void S38_WhenBlankContentStandsInTheTranscript_TheNextCallGoesWithoutItAndSucceeds() => TurnFixture.Run(async fixture =>
    {
        await fixture.AcceptAsync("m0", "earlier");
        await new SimulatedOrchestration(fixture).RunAsync();
        await fixture.WriteBesideAsync(
            Lines.User(null, " \n"), Lines.Assistant(null, ""), Lines.Assistant(null, "\t"), Lines.Result(null),
            Lines.User(null, "kept"), Lines.Assistant(null, "", "error"), Lines.Assistant(null, "  "));
        await fixture.AcceptAsync("m1", "my question");

        (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        fixture.Model.Requests[^1].Prompt.Lines().ShouldBe(["user: earlier", "assistant: the answer", "user: kept | my question"]);
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    [Theory]
    [InlineData(ModelFailureKind.Validation, 3)]
    [InlineData(ModelFailureKind.ServerError, 6)]
    public void S39_WhenACronTurnFailedAndTheJobRunsAgain_TheFailedRunIsNotReplayed(ModelFailureKind kind, int requests) =>
        TurnFixture.Run(async fixture =>
    {
        fixture.Agent = fixture.Agent with { Tools = [SimulatedTool.Saying("look", "poison")] };
        var ticker = CronJobs.Ticker(fixture, CronJobs.Every(TimeSpan.FromHours(1), session: "test:1"));
        await ticker.TickAsync(None);
        fixture.Model.Then(SimulatedModel.Tools(("c1", "look", new { })));
        for (var attempt = 0; attempt < requests - 2; attempt++)
        {
            fixture.Model.Then(SimulatedModel.Delta("half an ans"), new Act.Wait(TimeSpan.FromSeconds(2)), new Act.Fail(kind));
        }

        (await OccurrenceAsync(fixture, ticker)).Ending.ShouldBe(TurnEnding.Failed);
        (await OccurrenceAsync(fixture, ticker)).Ending.ShouldBe(TurnEnding.Replied);

        fixture.Model.Requests.Count.ShouldBe(requests);
        fixture.Model.Requests[^1].Prompt.Lines().ShouldBe(["user: do it"]);
        await OccurrenceAsync(fixture, ticker);
        fixture.Model.Requests[^1].Prompt.Lines()
            .ShouldBe(["user: do it", "assistant: the answer", "user: do it"], "an answered one is replayed");
    });

    [Fact]
    public void S39_WhenATurnEndedWithToolCallsOpen_NothingOfItIsReplayedAndThePromptIsAcceptable() => TurnFixture.Run(async fixture =>
    {
        fixture.Agent = fixture.Agent with { Tools = [SimulatedTool.Saying("look", "seen")], MaxToolRounds = 1 };
        fixture.Model.Then(SimulatedModel.Tools(("c1", "look", new { }))).Then(SimulatedModel.Tools(("c2", "look", new { })));
        await fixture.AcceptAsync("m1", "look for ever");
        (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Failed);
        await fixture.AcceptAsync("m2", "and now?");

        (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        fixture.Model.Requests[^1].Prompt.Lines().ShouldBe(["user: and now?"]);
        fixture.Model.Requests[1].Prompt.Lines()
            .ShouldBe(["user: look for ever", "assistant: call c1", "user: result c1 seen"], "its own steps see it all");
        await TurnInvariants.CheckAsync(fixture, "m2");
    });

    private static async Task<Receipt> OccurrenceAsync(TurnFixture fixture, Holdfast.Channels.Schedules.CronTicker ticker)
    {
        await fixture.PassAsync(TimeSpan.FromHours(1));
        (await ticker.TickAsync(None)).ShouldHaveSingleItem().ShouldBe(TurnFixture.Key);
        var receipt = (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem();
        foreach (var request in fixture.Model.Requests)
        {
            AcceptableToModelApi.Check(request.Prompt);
        }

        return receipt;
    }
}
