using Holdfast.Models;
using Holdfast.Tests.Support;
using Holdfast.Transcripts;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Models;

public sealed class ModelStreamReaderTests
{
    private readonly ManualClock clock = new();
    private readonly RecordingSink sink = new();

    [Fact]
    public async Task S01_Silence125sThenStream_Completes()
    {
        var model = new ScriptedModel();
        var read = ReadAsync(model, ScriptedModel.Call(first: 300, between: 60));
        await clock.WaitForTimersAsync(1);

        clock.Advance(TimeSpan.FromSeconds(125));
        model.Say(ModelEvent.Started.Instance);
        await sink.WaitForAsync(1);
        for (var second = 1; second <= 130; second++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            model.SayText("x");
            await sink.WaitForAsync(1 + second);
        }

        model.Stop("end_turn").Say(new ModelEvent.Usage(new TokenCount(10, 20, 0, 0)));
        var completed = (await read).ShouldBeOfType<ModelOutcome.Completed>();
        completed.Content.PlainText().ShouldBe(new string('x', 130));
        completed.StopReason.ShouldBe("stop");
        completed.Usage.OutputTokens.ShouldBe(20);
        sink.Text.Length.ShouldBe(130);
    }

    [Fact]
    public async Task S02_WatchdogFires_FailureIsRetriedOnTheSameModel()
    {
        var model = new ScriptedModel();
        var read = ReadAsync(model, ScriptedModel.Call(first: 120));
        await clock.WaitForTimersAsync(1);

        clock.Advance(TimeSpan.FromSeconds(120));

        var failed = (await read).ShouldBeOfType<ModelOutcome.Failed>();
        failed.Failure.Kind.ShouldBe(ModelFailureKind.FirstEventTimeout);
        failed.Failure.Remedy.ShouldBe(ModelRemedy.RetrySameModel);
        await model.Ended;

        var again = new ScriptedModel().SayText("done").Stop("end_turn").End();
        (await ReadAsync(again, ScriptedModel.Call(first: 120))).ShouldBeOfType<ModelOutcome.Completed>();
    }

    [Fact]
    public async Task ReadAsync_OneTickBeforeTheLimit_StillWaits()
    {
        var model = new ScriptedModel();
        var read = ReadAsync(model, ScriptedModel.Call(first: 120));
        await clock.WaitForTimersAsync(1);

        clock.Advance(TimeSpan.FromSeconds(120) - TimeSpan.FromTicks(1));
        read.IsCompleted.ShouldBeFalse();
        model.SayText("alive").Stop("end_turn").End();

        (await read).ShouldBeOfType<ModelOutcome.Completed>();
    }

    [Fact]
    public async Task S42_StreamDiesSilentlyAfterSixMinutes_IsIncompleteAndKeepsItsText()
    {
        var model = new ScriptedModel();
        var read = ReadAsync(model, ScriptedModel.Call(between: 60));
        await clock.WaitForTimersAsync(1);
        for (var piece = 1; piece <= 12; piece++)
        {
            model.SayText("x");
            await sink.WaitForAsync(piece);
            clock.Advance(TimeSpan.FromSeconds(30));
        }

        clock.Advance(TimeSpan.FromSeconds(31));

        var failed = (await read).ShouldBeOfType<ModelOutcome.Failed>();
        failed.Failure.Kind.ShouldBe(ModelFailureKind.BetweenEventsTimeout);
        failed.Failure.Remedy.ShouldBe(ModelRemedy.RetrySameModel);
        sink.Text.ShouldBe(new string('x', 12));
        await model.Ended;
    }

    [Fact]
    public async Task S42_StreamEndsWithoutMessageStop_IsIncomplete()
    {
        var failed = (await ReadAsync(new ScriptedModel().SayText("half an ans").End())).ShouldBeOfType<ModelOutcome.Failed>();

        failed.Failure.Kind.ShouldBe(ModelFailureKind.Incomplete);
        sink.Text.ShouldBe("half an ans");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task S43_KeepAliveAndReasoning_CountAsProgress(bool reasoning)
    {
        ModelEvent sign = reasoning ? new ModelEvent.ReasoningDelta("hm", null) : ModelEvent.Other.Instance;
        var model = new ScriptedModel();
        var read = ReadAsync(model, ScriptedModel.Call(first: 10, between: 10));
        await clock.WaitForTimersAsync(1);
        for (var sent = 1; sent <= 50; sent++)
        {
            clock.Advance(TimeSpan.FromSeconds(9));
            model.Say(sign);
            await sink.WaitForAsync(sent);
        }

        model.SayText("answer").Stop("end_turn").End();
        (await read).ShouldBeOfType<ModelOutcome.Completed>();
    }

    [Fact]
    public async Task S43_LimitsDifferByModel_EachHasItsOwn()
    {
        var hasty = ReadAsync(new ScriptedModel(), ScriptedModel.Call(first: 30));
        var patient = ReadAsync(new ScriptedModel(), ScriptedModel.Call(first: 600));
        await clock.WaitForTimersAsync(2);

        clock.Advance(TimeSpan.FromSeconds(31));

        (await hasty).ShouldBeOfType<ModelOutcome.Failed>().Failure.Kind.ShouldBe(ModelFailureKind.FirstEventTimeout);
        patient.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromSeconds(600));
        await patient;
    }

    [Fact]
    public async Task ReadAsync_AfterTheFirstEvent_TheShorterLimitBetweenEventsHoldsAtOnce()
    {
        var model = new ScriptedModel();
        var read = ReadAsync(model, ScriptedModel.Call(first: 300, between: 5));
        await clock.WaitForTimersAsync(1);
        model.Say(ModelEvent.Started.Instance);
        await sink.WaitForAsync(1);

        clock.Advance(TimeSpan.FromSeconds(6));

        (await read).ShouldBeOfType<ModelOutcome.Failed>().Failure.Kind.ShouldBe(ModelFailureKind.BetweenEventsTimeout);
    }

    [Fact]
    public async Task S41_NothingButReasoning_IsEmptyAndRetried()
    {
        var model = new ScriptedModel()
            .Say(new ModelEvent.ReasoningDelta("thinking", null), new ModelEvent.ReasoningDelta(null, "sig"))
            .Stop("end_turn")
            .End();

        var failed = (await ReadAsync(model)).ShouldBeOfType<ModelOutcome.Failed>();
        failed.Failure.Kind.ShouldBe(ModelFailureKind.Empty);
        failed.Failure.Remedy.ShouldBe(ModelRemedy.RetrySameModel);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  \n\n ")]
    public async Task S41_NothingOrBlank_IsEmpty(string? text)
    {
        var model = text is null ? new ScriptedModel() : new ScriptedModel().SayText(text);

        (await ReadAsync(model.Stop("end_turn").End())).ShouldBeOfType<ModelOutcome.Failed>().Failure.Kind.ShouldBe(ModelFailureKind.Empty);
    }

    [Fact]
    public async Task ReadAsync_WhenTheCallerCancels_ThrowsAndEndsTheRequest()
    {
        var model = new ScriptedModel().SayText("some");
        using var cancellation = new CancellationTokenSource();
        var read = ReadAsync(model, ScriptedModel.Call(), cancellation.Token);
        await sink.WaitForAsync(1);

        await cancellation.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => read);
        await model.Ended;
    }

    [Fact]
    public async Task ReadAsync_WhenTheProviderIgnoresCancellation_LeavesItBehindAfterTheGrace()
    {
        var model = new ScriptedModel { IgnoresCancellation = true }.SayText("some");
        var read = ReadAsync(model, ScriptedModel.Call(between: 60));
        await sink.WaitForAsync(1);

        clock.Advance(TimeSpan.FromSeconds(61));
        await WaitForGraceAsync();
        clock.Advance(ModelStreamReader.AbandonAfter);

        var failed = (await read).ShouldBeOfType<ModelOutcome.Failed>();
        failed.Failure.Kind.ShouldBe(ModelFailureKind.BetweenEventsTimeout);

        model.SayText("late");
        await model.Ended;
        sink.Text.ShouldBe("some");
    }

    [Fact]
    public async Task ReadAsync_WhenTheProviderIgnoresTheCallersCancellation_StillThrows()
    {
        var model = new ScriptedModel { IgnoresCancellation = true }.SayText("some");
        using var cancellation = new CancellationTokenSource();
        var read = ReadAsync(model, ScriptedModel.Call(), cancellation.Token);
        await sink.WaitForAsync(1);

        await cancellation.CancelAsync();
        await clock.WaitForTimersAsync(2);
        clock.Advance(ModelStreamReader.AbandonAfter);

        await Should.ThrowAsync<OperationCanceledException>(() => read);
        model.End();
    }

    [Theory]
    [InlineData(ModelFailureKind.Throttled, ModelRemedy.RetrySameModel)]
    [InlineData(ModelFailureKind.Validation, ModelRemedy.Fail)]
    [InlineData(ModelFailureKind.AccessDenied, ModelRemedy.FallBack)]
    public async Task ReadAsync_WhenTheProviderFailsInsideTheStream_KeepsKindAndText(ModelFailureKind kind, ModelRemedy remedy)
    {
        var model = new ScriptedModel()
            .SayText("so far")
            .End(new ModelProviderException(new ModelFailure(kind, "no", TimeSpan.FromSeconds(7))));

        var failed = (await ReadAsync(model)).ShouldBeOfType<ModelOutcome.Failed>();
        failed.ShouldBe(new ModelOutcome.Failed(new ModelFailure(kind, "no", TimeSpan.FromSeconds(7))));
        failed.Failure.Remedy.ShouldBe(remedy);
        sink.Text.ShouldBe("so far");
    }

    [Fact]
    public async Task ReadAsync_WhenTheConnectionFailsAfterTheStop_TheAnswerStands()
    {
        var model = new ScriptedModel()
            .SayText("whole")
            .Stop("end_turn")
            .End(new ModelProviderException(new ModelFailure(ModelFailureKind.Network, "cut")));

        (await ReadAsync(model)).ShouldBeOfType<ModelOutcome.Completed>().Content.PlainText().ShouldBe("whole");
    }

    [Fact]
    public async Task ReadAsync_WhenTheUsageNeverComes_TheAnswerStandsAfterAShortWait()
    {
        var model = new ScriptedModel().SayText("whole").Stop("end_turn");
        var read = ReadAsync(model, ScriptedModel.Call(between: 600));
        await sink.WaitForAsync(2);

        clock.Advance(ModelStreamReader.WaitForUsage);

        var completed = (await read).ShouldBeOfType<ModelOutcome.Completed>();
        completed.Usage.ShouldBe(TokenCount.None);
    }

    [Fact]
    public async Task ReadAsync_OnceStoppedAndCounted_DoesNotWaitForTheEnd()
    {
        var model = new ScriptedModel().SayText("whole").Stop("end_turn").Say(new ModelEvent.Usage(new TokenCount(1, 2, 3, 4)));

        (await ReadAsync(model).WaitAsync(TimeSpan.FromSeconds(10)))
            .ShouldBeOfType<ModelOutcome.Completed>().Usage.ShouldBe(new TokenCount(1, 2, 3, 4));
        await model.Ended;
    }

    [Fact]
    public async Task ReadAsync_WhenTheProviderHasADefect_LetsItThrough()
    {
        var model = new ScriptedModel().SayText("x").End(new InvalidOperationException("defect"));

        await Should.ThrowAsync<InvalidOperationException>(() => ReadAsync(model));
    }

    private Task<ModelOutcome> ReadAsync(ScriptedModel model, ModelCall? call = null, CancellationToken cancellationToken = default) =>
        new ModelStreamReader(model, clock).ReadAsync(call ?? ScriptedModel.Call(), sink.Hear, cancellationToken);

    /// <summary>The fired watchdog is disarmed, so the one timer left is the grace.</summary>
    private Task WaitForGraceAsync() => clock.WaitForTimersAsync(1);
}
