using Holdfast.Delivery;
using Holdfast.Models;
using Holdfast.Storage;
using Holdfast.Tests.Models;
using Holdfast.Transcripts;
using Holdfast.Turns.Steps;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Turns;

/// <summary>Which troubles are the model's and which are not: only the former lead to a fallback and stand beside a model's name.</summary>
public sealed class ModelTroubleTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void S26_WhenTakenOverWhileStreaming_NoFallbackIsAsked(bool modelFailsToo) => TurnFixture.Run(async fixture =>
    {
        WithFallback(fixture);
        fixture.Model.Then(
            SimulatedModel.Delta("one "), new Act.Wait(TimeSpan.FromSeconds(3)),
            new Act.Call(() => ForeignTurnAsync(fixture)),
            modelFailsToo
                ? new Act.Fail(ModelFailureKind.QuotaExhausted)
                : SimulatedModel.Delta("two"), new Act.Wait(TimeSpan.FromSeconds(3)), SimulatedModel.Stop());
        await fixture.AcceptAsync("m1");
        var turn = await TurnFixture.OpenAsync(fixture.Start());

        var report = await fixture.Start().StepAsync(turn);

        Asked(fixture).ShouldBe(["first"]);
        report.Ending.ShouldBe(StepEnding.TakenOver);
        report.Tally.Claims.ShouldBe(1, "no further attempt was claimed");
    });

    public static TheoryData<int> Wrappings => [0, 1, 2, 3];

    [Theory]
    [MemberData(nameof(Wrappings))]
    public void S27_WhenAProviderErrorIsWrappedInACoordinationError_TheNextModelIsAsked(int wrapping) => TurnFixture.Run(async fixture =>
    {
        var quota = new ModelProviderException(new ModelFailure(ModelFailureKind.QuotaExhausted, "the day's tokens are used up"));
        WithFallback(fixture);
        fixture.Model.Then(new Act.Call(() => throw (wrapping switch
        {
            0 => new OperationCanceledException("the call was cut off", quota),
            1 => new StorageUnavailableException("the lease could not be renewed", quota),
            2 => new AggregateException(new TimeoutException(), quota),
            _ => new InvalidOperationException("the session changed", new AggregateException(quota)),
        })));
        fixture.Model.Then(SimulatedModel.Text("from the second"));
        await fixture.AcceptAsync("m1");

        (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        Asked(fixture).ShouldBe(["first", "second"]);
        fixture.Entries().OfType<TranscriptEntry.AssistantMessage>().First().ErrorMessage.ShouldBe(quota.Message);
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    [Fact]
    public void S27_WhenAProviderErrorMeetsARefusedWrite_TheNextModelIsAsked() => TurnFixture.Run(async fixture =>
    {
        WithFallback(fixture);
        fixture.Model.Then(
            SimulatedModel.Delta("one "), new Act.Wait(TimeSpan.FromSeconds(3)),
            new Act.Call(
                () =>
                    fixture.WriteBesideAsync(
                        Lines.Custom(Lines.By("side", EntrySource.Side)))), new Act.Fail(ModelFailureKind.AccessDenied));
        fixture.Model.Then(SimulatedModel.Text("from the second"));
        await fixture.AcceptAsync("m1");

        var orchestration = new SimulatedOrchestration(fixture);

        (await orchestration.RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        Asked(fixture).ShouldBe(["first", "second"]);
        orchestration.Courses.ShouldHaveSingleItem().Tally.Verdicts.Keys.ShouldBe(["benign"], "the write was refused, and judged");
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    [Fact]
    public void S28_WhenTheQuotaIsUsedUp_TheNextModelIsAskedAtOnceAndTheFirstNotAgain() => TurnFixture.Run(async fixture =>
    {
        WithFallback(fixture);
        fixture.Model.Then(new Act.Fail(ModelFailureKind.QuotaExhausted));
        fixture.Model.Then(SimulatedModel.Text("from the second"));
        await fixture.AcceptAsync("m1");
        var since = fixture.Clock.GetUtcNow();

        (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        Asked(fixture).ShouldBe(["first", "second"]);
        fixture.Clock.GetUtcNow().ShouldBe(since, "nothing was waited for");
        fixture.Entries()
            .OfType<TranscriptEntry.AssistantMessage>()
            .Select(answer => answer.Model)
            .ShouldBe(["anthropic.first", "anthropic.second"]);
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void S29_WhenASupersededRunEnds_NoModelIsBlamed(bool byItsOwnNextAttempt) => TurnFixture.Run(async fixture =>
    {
        await fixture.AcceptAsync("m1");
        var turn = await TurnFixture.OpenAsync(fixture.Start());
        var slow = fixture.Start();
        Task<StepResult>? successor = null;
        fixture.Model.Then(
            SimulatedModel.Delta("slow "), new Act.Wait(TimeSpan.FromSeconds(3)),
            new Act.Call(() => byItsOwnNextAttempt ? Begin(() => successor = fixture.Start().StepAsync(turn)) : ForeignTurnAsync(fixture)),
            new Act.Wait(TimeSpan.FromSeconds(3)), SimulatedModel.Delta("never"), new Act.Wait(
                TimeSpan.FromMinutes(2)), SimulatedModel.Stop());
        fixture.Model.Then(SimulatedModel.Text("from the successor"));

        var report = await slow.StepAsync(turn);

        await (successor ?? Task.FromResult(report));
        report.Tally.Verdicts.Keys.ShouldContain(byItsOwnNextAttempt ? "superseded" : "takeover");
        fixture.Log.Lines.Where(line => line.Level >= LogLevel.Information)
            .ShouldAllBe(line => !line.Text.Contains("model", StringComparison.OrdinalIgnoreCase));
        fixture.Entries()
            .OfType<TranscriptEntry.AssistantMessage>()
            .Where(answer => answer.IsStub)
            .ShouldAllBe(stub => stub.Model.Length == 0);
        report.Failure.ShouldBeNull();
        Asked(fixture).Count.ShouldBe(byItsOwnNextAttempt ? 2 : 1);
    });

    [Fact]
    public void S43_WhenIdleLimitsDifferByModel_EachIsJudgedByItsOwnAndEveryEventIsProgress() => TurnFixture.Run(async fixture =>
    {
        fixture.Agent = fixture.Agent with
        {
            Models = [ScriptedModel.Profile("hasty", first: 60, between: 20), ScriptedModel.Profile("patient", first: 600, between: 300)],
            Fallback = fixture.Agent.Fallback with { MaxAttemptsPerModel = 2, FirstBackoff = TimeSpan.FromSeconds(2) },
        };
        var askedAt = new List<TimeSpan>();
        var since = fixture.Clock.GetUtcNow();
        var asked = new Act.Call(() => Begin(() => askedAt.Add(fixture.Clock.GetUtcNow() - since)));
        fixture.Model.Then(asked, new Act.Wait(TimeSpan.FromSeconds(61)), SimulatedModel.Stop());
        fixture.Model.Then(
            asked, new Act.Wait(TimeSpan.FromSeconds(59)), new Act.Say(ModelEvent.Started.Instance), new Act.Wait(TimeSpan.FromSeconds(21)),
            SimulatedModel.Stop());
        fixture.Model.Then(
            asked, new Act.Wait(TimeSpan.FromSeconds(599)), new Act.Say(ModelEvent.Other.Instance), new Act.Wait(TimeSpan.FromSeconds(299)),
            new Act.Say(new ModelEvent.ReasoningDelta("hm", null)), new Act.Wait(
                TimeSpan.FromSeconds(299)), SimulatedModel.Delta("patience"), SimulatedModel.Stop());
        await fixture.AcceptAsync("m1");

        (await new SimulatedOrchestration(fixture).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        Asked(fixture).ShouldBe(["hasty", "hasty", "patient"]);
        askedAt.Select(at => at.TotalSeconds).ShouldBe([0, 60 + 1.5, 61.5 + 59 + 20]);
        fixture.Channel.Posts.ShouldHaveSingleItem().Text.ShouldBe("patience");
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    [Fact]
    public void RunAsync_WhenTheProviderWantsALongPause_ItIsTheOrchestrationsAndNoTryIsForgotten() => TurnFixture.Run(async fixture =>
    {
        fixture.Agent = fixture.Agent with
        {
            Tools = [SimulatedTool.Saying("look", "seen")],
            Fallback = fixture.Agent.Fallback with { MaxAttemptsPerModel = 3 },
        };
        fixture.Model.Then(SimulatedModel.Tools(("c1", "look", new { })));
        fixture.Model.Then(new Act.Fail(ModelFailureKind.Throttled, TimeSpan.FromSeconds(50)));
        fixture.Model.Then(new Act.Fail(ModelFailureKind.Throttled, TimeSpan.FromSeconds(60)));
        fixture.Model.Then(SimulatedModel.Text("at last"));
        await fixture.AcceptAsync("m1");
        var orchestration = new SimulatedOrchestration(fixture);

        var receipt = (await orchestration.RunAsync()).ShouldHaveSingleItem();

        (receipt.Ending, receipt.Tally.Claims).ShouldBe((TurnEnding.Replied, 4));
        orchestration.Pauses.ShouldBe([TimeSpan.FromSeconds(50), TimeSpan.FromSeconds(60)]);
        fixture.Entries().OfType<TranscriptEntry.AssistantMessage>().Count(answer => answer.IsStub).ShouldBe(2);
        fixture.Model.Requests[^1].Prompt.Messages.SelectMany(message => message.Blocks)
            .OfType<PromptBlock.ToolResult>()
            .ShouldHaveSingleItem().Value.ShouldBe("seen");
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    [Fact]
    public void RunAsync_WhenEveryTryIsThrottled_EndsAfterTheTriesThatItHas() => TurnFixture.Run(async fixture =>
    {
        fixture.Agent = fixture.Agent with { Fallback = fixture.Agent.Fallback with { MaxAttemptsPerModel = 3 } };
        fixture.Model.Otherwise = [new Act.Fail(ModelFailureKind.Throttled, TimeSpan.FromSeconds(40))];
        await fixture.AcceptAsync("m1");
        var orchestration = new SimulatedOrchestration(fixture);

        (await orchestration.RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Failed);

        (fixture.Model.Requests.Count, orchestration.Pauses.Count).ShouldBe((3, 2));
        fixture.Channel.Posts.ShouldHaveSingleItem().Text.ShouldContain("not available");
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    [Fact]
    public void RunAsync_WhenThePauseWouldEndAfterTheDeadline_EndsAtTheDeadlineWithANotice() => TurnFixture.Run(async fixture =>
    {
        fixture.Agent = fixture.Agent with { TurnDeadline = TimeSpan.FromSeconds(30) };
        fixture.Model.Then(new Act.Fail(ModelFailureKind.Throttled, TimeSpan.FromSeconds(50)));
        await fixture.AcceptAsync("m1");
        var (orchestration, since) = (new SimulatedOrchestration(fixture), fixture.Clock.GetUtcNow());

        (await orchestration.RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Failed);

        orchestration.Pauses.Sum(pause => pause.TotalSeconds).ShouldBeLessThanOrEqualTo(30);
        (fixture.Clock.GetUtcNow() - since).ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(31));
        fixture.Channel.Posts.ShouldHaveSingleItem();
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    [Fact]
    public void RunAsync_WhenAFallbackIsThereAndThePauseHasNoRoomInTheTurn_TheFallbackIsAskedAtOnce() => TurnFixture.Run(async fixture =>
    {
        WithFallback(fixture);
        fixture.Agent = fixture.Agent with { TurnDeadline = TimeSpan.FromSeconds(30) };
        fixture.Model.Then(new Act.Fail(ModelFailureKind.Throttled, TimeSpan.FromSeconds(50)));
        fixture.Model.Then(SimulatedModel.Text("from the second"));
        await fixture.AcceptAsync("m1");
        var orchestration = new SimulatedOrchestration(fixture);

        (await orchestration.RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        Asked(fixture).ShouldBe(["first", "second"]);
        orchestration.Pauses.ShouldBeEmpty();
        await TurnInvariants.CheckAsync(fixture, "m1");
    });

    private static void WithFallback(TurnFixture fixture) =>
        fixture.Agent = fixture.Agent with { Models = [ScriptedModel.Profile("first"), ScriptedModel.Profile("second")] };

    private static IReadOnlyList<string> Asked(TurnFixture fixture) => [.. fixture.Model.Requests.Select(request => request.Model.Id)];

    private static Task Begin(Action action)
    {
        action();
        return Task.CompletedTask;
    }

    private static async Task ForeignTurnAsync(TurnFixture fixture)
    {
        using var theirs = await fixture.TakeOverAsync("other");
        await theirs.AppendAsync([Lines.User(null, "their question")], CancellationToken.None);
        await theirs.ReleaseAsync();
    }
}
