using Holdfast.Inference;
using Holdfast.Outbox;
using Holdfast.Storage;
using Holdfast.Tests.Inference;
using Holdfast.Transcripts;
using Holdfast.Turns.Steps;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Turns;

/// <summary>Which troubles are the model's and which are not: only the former climb the ladder and stand beside a model's name.</summary>
public sealed class ModelTroubleTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void S26_WhenTakenOverWhileStreaming_TheFallbackLadderIsNotWalked(bool modelFailsToo) => TurnRig.Run(async rig =>
    {
        WithFallback(rig);
        rig.Model.Then(
            PlayedModel.Delta("one "), new Act.Wait(TimeSpan.FromSeconds(3)),
            new Act.Call(() => ForeignTurnAsync(rig)),
            modelFailsToo ? new Act.Fail(ModelFailureKind.QuotaExhausted) : PlayedModel.Delta("two"), new Act.Wait(TimeSpan.FromSeconds(3)), PlayedModel.Stop());
        await rig.AcceptAsync("m1");
        var turn = await TurnRig.OpenAsync(rig.Start());

        var report = await rig.Start().StepAsync(turn);

        Asked(rig).ShouldBe(["first"]);
        report.Ending.ShouldBe(StepEnding.TakenOver);
        report.Tally.Claims.ShouldBe(1, "no further attempt was claimed");
    });

    public static TheoryData<int> Wrappings => [0, 1, 2, 3];

    [Theory]
    [MemberData(nameof(Wrappings))]
    public void S27_WhenAProviderErrorIsWrappedInACoordinationError_TheNextModelIsAsked(int wrapping) => TurnRig.Run(async rig =>
    {
        var quota = new ModelProviderException(ModelFailureKind.QuotaExhausted, "the day's tokens are used up");
        WithFallback(rig);
        rig.Model.Then(new Act.Call(() => throw (wrapping switch
        {
            0 => new OperationCanceledException("the call was cut off", quota),
            1 => new StorageUnavailableException("the lease could not be renewed", quota),
            2 => new AggregateException(new TimeoutException(), quota),
            _ => new InvalidOperationException("the session changed", new AggregateException(quota)),
        })));
        rig.Model.Then(PlayedModel.Text("from the second"));
        await rig.AcceptAsync("m1");

        (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        Asked(rig).ShouldBe(["first", "second"]);
        rig.Entries().OfType<TranscriptEntry.AssistantMessage>().First().ErrorMessage.ShouldBe(quota.Message);
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    [Fact]
    public void S27_WhenAProviderErrorMeetsARefusedWrite_TheNextModelIsAsked() => TurnRig.Run(async rig =>
    {
        WithFallback(rig);
        rig.Model.Then(
            PlayedModel.Delta("one "), new Act.Wait(TimeSpan.FromSeconds(3)),
            new Act.Call(() => rig.WriteBesideAsync(Lines.Custom(Lines.By("side", EntrySource.Side)))), new Act.Fail(ModelFailureKind.AccessDenied));
        rig.Model.Then(PlayedModel.Text("from the second"));
        await rig.AcceptAsync("m1");

        var orchestration = new PlayedOrchestration(rig);

        (await orchestration.RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        Asked(rig).ShouldBe(["first", "second"]);
        orchestration.Courses.ShouldHaveSingleItem().Tally.Verdicts.Keys.ShouldBe(["benign"], "the write was refused, and judged");
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    [Fact]
    public void S28_WhenTheQuotaIsUsedUp_TheNextModelIsAskedAtOnceAndTheFirstNotAgain() => TurnRig.Run(async rig =>
    {
        WithFallback(rig);
        rig.Model.Then(new Act.Fail(ModelFailureKind.QuotaExhausted));
        rig.Model.Then(PlayedModel.Text("from the second"));
        await rig.AcceptAsync("m1");
        var since = rig.Clock.GetUtcNow();

        (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        Asked(rig).ShouldBe(["first", "second"]);
        rig.Clock.GetUtcNow().ShouldBe(since, "nothing was waited for");
        rig.Entries().OfType<TranscriptEntry.AssistantMessage>().Select(answer => answer.Model).ShouldBe(["anthropic.first", "anthropic.second"]);
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void S29_WhenASupersededRunEnds_NoModelIsBlamed(bool byItsOwnNextAttempt) => TurnRig.Run(async rig =>
    {
        await rig.AcceptAsync("m1");
        var turn = await TurnRig.OpenAsync(rig.Start());
        var slow = rig.Start();
        Task<StepReport>? successor = null;
        rig.Model.Then(
            PlayedModel.Delta("slow "), new Act.Wait(TimeSpan.FromSeconds(3)),
            new Act.Call(() => byItsOwnNextAttempt ? Begin(() => successor = rig.Start().StepAsync(turn)) : ForeignTurnAsync(rig)),
            new Act.Wait(TimeSpan.FromSeconds(3)), PlayedModel.Delta("never"), new Act.Wait(TimeSpan.FromMinutes(2)), PlayedModel.Stop());
        rig.Model.Then(PlayedModel.Text("from the successor"));

        var report = await slow.StepAsync(turn);

        await (successor ?? Task.FromResult(report));
        report.Tally.Verdicts.Keys.ShouldContain(byItsOwnNextAttempt ? "superseded" : "takeover");
        rig.Log.Lines.Where(line => line.Level >= LogLevel.Information).ShouldAllBe(line => !line.Text.Contains("model", StringComparison.OrdinalIgnoreCase));
        rig.Entries().OfType<TranscriptEntry.AssistantMessage>().Where(answer => answer.IsStub).ShouldAllBe(stub => stub.Model.Length == 0);
        report.Failure.ShouldBeNull();
        Asked(rig).Count.ShouldBe(byItsOwnNextAttempt ? 2 : 1);
    });

    [Fact]
    public void S43_WhenIdleLimitsDifferByModel_EachIsJudgedByItsOwnAndEveryEventIsProgress() => TurnRig.Run(async rig =>
    {
        rig.Agent = rig.Agent with
        {
            Models = [ScriptedModel.Profile("hasty", first: 60, between: 20), ScriptedModel.Profile("patient", first: 600, between: 300)],
            Ladder = LadderSettings.Default with { MaxAttemptsPerModel = 2, FirstBackoff = TimeSpan.FromSeconds(2) },
        };
        var askedAt = new List<TimeSpan>();
        var since = rig.Clock.GetUtcNow();
        var asked = new Act.Call(() => Begin(() => askedAt.Add(rig.Clock.GetUtcNow() - since)));
        rig.Model.Then(asked, new Act.Wait(TimeSpan.FromSeconds(61)), PlayedModel.Stop());
        rig.Model.Then(asked, new Act.Wait(TimeSpan.FromSeconds(59)), new Act.Say(ModelEvent.Started.Instance), new Act.Wait(TimeSpan.FromSeconds(21)), PlayedModel.Stop());
        rig.Model.Then(
            asked, new Act.Wait(TimeSpan.FromSeconds(599)), new Act.Say(ModelEvent.Other.Instance), new Act.Wait(TimeSpan.FromSeconds(299)),
            new Act.Say(new ModelEvent.ReasoningDelta("hm", null)), new Act.Wait(TimeSpan.FromSeconds(299)), PlayedModel.Delta("patience"), PlayedModel.Stop());
        await rig.AcceptAsync("m1");

        (await new PlayedOrchestration(rig).RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        Asked(rig).ShouldBe(["hasty", "hasty", "patient"]);
        askedAt.Select(at => at.TotalSeconds).ShouldBe([0, 60 + 1.5, 61.5 + 59 + 20]);
        rig.Channel.Posts.ShouldHaveSingleItem().Text.ShouldBe("patience");
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    [Fact]
    public void RunAsync_WhenTheProviderWantsALongPause_ItIsTheOrchestrationsAndNoTryIsForgotten() => TurnRig.Run(async rig =>
    {
        rig.Agent = rig.Agent with { Tools = [PlayedTool.Saying("look", "seen")], Ladder = LadderSettings.Default with { MaxAttemptsPerModel = 3 } };
        rig.Model.Then(PlayedModel.Tools(("c1", "look", new { })));
        rig.Model.Then(new Act.Fail(ModelFailureKind.Throttled, TimeSpan.FromSeconds(50)));
        rig.Model.Then(new Act.Fail(ModelFailureKind.Throttled, TimeSpan.FromSeconds(60)));
        rig.Model.Then(PlayedModel.Text("at last"));
        await rig.AcceptAsync("m1");
        var orchestration = new PlayedOrchestration(rig);

        var receipt = (await orchestration.RunAsync()).ShouldHaveSingleItem();

        (receipt.Ending, receipt.Tally.Claims).ShouldBe((TurnEnding.Replied, 4));
        orchestration.Pauses.ShouldBe([TimeSpan.FromSeconds(50), TimeSpan.FromSeconds(60)]);
        rig.Entries().OfType<TranscriptEntry.AssistantMessage>().Count(answer => answer.IsStub).ShouldBe(2);
        rig.Model.Requests[^1].Prompt.Messages.SelectMany(message => message.Blocks).OfType<PromptBlock.ToolResult>().ShouldHaveSingleItem().Value.ShouldBe("seen");
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    [Fact]
    public void RunAsync_WhenEveryTryIsThrottled_EndsAfterTheTriesThatItHas() => TurnRig.Run(async rig =>
    {
        rig.Agent = rig.Agent with { Ladder = LadderSettings.Default with { MaxAttemptsPerModel = 3 } };
        rig.Model.Otherwise = [new Act.Fail(ModelFailureKind.Throttled, TimeSpan.FromSeconds(40))];
        await rig.AcceptAsync("m1");
        var orchestration = new PlayedOrchestration(rig);

        (await orchestration.RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Failed);

        (rig.Model.Requests.Count, orchestration.Pauses.Count).ShouldBe((3, 2));
        rig.Channel.Posts.ShouldHaveSingleItem().Text.ShouldContain("not available");
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    [Fact]
    public void RunAsync_WhenThePauseWouldEndAfterTheDeadline_EndsAtTheDeadlineWithANotice() => TurnRig.Run(async rig =>
    {
        rig.Agent = rig.Agent with { TurnDeadline = TimeSpan.FromSeconds(30) };
        rig.Model.Then(new Act.Fail(ModelFailureKind.Throttled, TimeSpan.FromSeconds(50)));
        await rig.AcceptAsync("m1");
        var (orchestration, since) = (new PlayedOrchestration(rig), rig.Clock.GetUtcNow());

        (await orchestration.RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Failed);

        orchestration.Pauses.Sum(pause => pause.TotalSeconds).ShouldBeLessThanOrEqualTo(30);
        (rig.Clock.GetUtcNow() - since).ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(31));
        rig.Channel.Posts.ShouldHaveSingleItem();
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    [Fact]
    public void RunAsync_WhenAFallbackIsThereAndThePauseHasNoRoomInTheTurn_TheFallbackIsAskedAtOnce() => TurnRig.Run(async rig =>
    {
        WithFallback(rig);
        rig.Agent = rig.Agent with { TurnDeadline = TimeSpan.FromSeconds(30) };
        rig.Model.Then(new Act.Fail(ModelFailureKind.Throttled, TimeSpan.FromSeconds(50)));
        rig.Model.Then(PlayedModel.Text("from the second"));
        await rig.AcceptAsync("m1");
        var orchestration = new PlayedOrchestration(rig);

        (await orchestration.RunAsync()).ShouldHaveSingleItem().Ending.ShouldBe(TurnEnding.Replied);

        Asked(rig).ShouldBe(["first", "second"]);
        orchestration.Pauses.ShouldBeEmpty();
        await TurnInvariants.CheckAsync(rig, "m1");
    });

    private static void WithFallback(TurnRig rig) =>
        rig.Agent = rig.Agent with { Models = [ScriptedModel.Profile("first"), ScriptedModel.Profile("second")] };

    private static IReadOnlyList<string> Asked(TurnRig rig) => [.. rig.Model.Requests.Select(request => request.Model.Id)];

    private static Task Begin(Action action)
    {
        action();
        return Task.CompletedTask;
    }

    private static async Task ForeignTurnAsync(TurnRig rig)
    {
        using var theirs = await rig.TakeOverAsync("other");
        await theirs.AppendAsync([Lines.User(null, "their question")], CancellationToken.None);
        await theirs.ReleaseAsync();
    }
}
