using System.Collections.Immutable;
using Holdfast.Models;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Models;

public sealed class FallbackPolicyTests
{
    private static readonly FallbackSettings Settings = new()
    {
        MaxAttemptsPerModel = 3,
        FirstBackoff = TimeSpan.FromSeconds(2),
        MaxBackoff = TimeSpan.FromSeconds(5),
        MaxRetryAfter = TimeSpan.FromSeconds(30),
    };
    private static readonly ImmutableArray<ModelProfile> Models = [ScriptedModel.Profile("a"), ScriptedModel.Profile("b")];

    [Fact]
    public void Next_WhenNothingFailed_CallsTheFirstModelAtOnce() => Next().ShouldBe(new FallbackStep.Call(Models[0], TimeSpan.Zero));

    [Fact]
    public void Next_WhenAModelKeepsFailing_BacksOffThenFallsBackThenGivesUp()
    {
        var history = new List<FailedAttempt>();
        var calls = new List<(string Model, double Seconds)>();
        var policy = new FallbackPolicy(Models, Settings, () => 1);
        while (policy.Next(history) is FallbackStep.Call call)
        {
            calls.Add((call.Model.Id, call.Delay.TotalSeconds));
            history.Add(Failure(call.Model.Id, ModelFailureKind.ServerError));
        }

        calls.ShouldBe([("a", 0), ("a", 2), ("a", 4), ("b", 0), ("b", 2), ("b", 4)]);
        policy.Next(history).ShouldBe(new FallbackStep.GiveUp(history[^1].Failure));
    }

    [Fact]
    public void S28_DailyQuota_GoesToTheNextModelAfterOneTry()
    {
        var quota = Failure("a", ModelFailureKind.QuotaExhausted);

        Next(quota).ShouldBe(new FallbackStep.Call(Models[1], TimeSpan.Zero));
        Next(quota, Failure("b", ModelFailureKind.QuotaExhausted)).ShouldBeOfType<FallbackStep.GiveUp>();
    }

    [Theory]
    [InlineData(ModelFailureKind.Validation)]
    [InlineData(ModelFailureKind.ContentBlocked)]
    public void Next_WhenNoModelWouldHelp_GivesUpAtOnce(ModelFailureKind kind) =>
        Next(Failure("a", kind)).ShouldBeOfType<FallbackStep.GiveUp>().LastFailure.Kind.ShouldBe(kind);

    [Fact]
    public void Next_WhenTheProviderAsksForAPause_HonoursIt() =>
        Next(Failure("a", ModelFailureKind.Throttled, 11)).ShouldBe(new FallbackStep.Call(Models[0], TimeSpan.FromSeconds(11)));

    [Fact]
    public void Next_WhenTheWishedPauseIsTooLong_FallsBack() =>
        Next(Failure("a", ModelFailureKind.Throttled, 3600)).ShouldBe(new FallbackStep.Call(Models[1], TimeSpan.Zero));

    [Fact]
    public void Next_WhateverTheJitter_StaysWithinHalfAndFullBackoff()
    {
        foreach (var random in new[] { 0, 0.25, 0.999 })
        {
            var call = new FallbackPolicy(Models, Settings, () => random)
                .Next([Failure("a", ModelFailureKind.Network)])
                .ShouldBeOfType<FallbackStep.Call>();
            call.Delay.ShouldBe(TimeSpan.FromSeconds(1 + random), TimeSpan.FromTicks(1));
        }
    }

    [Fact]
    public void Next_WhenAskedTwice_SaysTheSame()
    {
        FailedAttempt[] history = [Failure("a", ModelFailureKind.Empty), Failure("a", ModelFailureKind.AccessDenied)];

        Next(history).ShouldBe(Next(history));
    }

    [Fact]
    public void Next_WhenManyTriesAreAllowed_NeverExceedsTheLongestBackoff()
    {
        var settings = Settings with { MaxAttemptsPerModel = 1000 };
        var history = Enumerable.Repeat(Failure("a", ModelFailureKind.Network), 900).ToList();

        new FallbackPolicy(Models, settings, () => 1).Next(history).ShouldBe(new FallbackStep.Call(Models[0], TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void Next_WhenTheFailedModelIsNotConfiguredAnyMore_StartsWithTheFirst() =>
        Next(Failure("gone", ModelFailureKind.Network)).ShouldBe(new FallbackStep.Call(Models[0], TimeSpan.Zero));

    [Theory]
    [InlineData(ModelFailureKind.FirstEventTimeout, 1, ModelRemedy.RetrySameModel)]
    [InlineData(ModelFailureKind.BetweenEventsTimeout, 2, ModelRemedy.RetrySameModel)]
    [InlineData(ModelFailureKind.Incomplete, 3, ModelRemedy.RetrySameModel)]
    [InlineData(ModelFailureKind.Empty, 4, ModelRemedy.RetrySameModel)]
    [InlineData(ModelFailureKind.Throttled, 5, ModelRemedy.RetrySameModel)]
    [InlineData(ModelFailureKind.QuotaExhausted, 6, ModelRemedy.FallBack)]
    [InlineData(ModelFailureKind.Validation, 7, ModelRemedy.Fail)]
    [InlineData(ModelFailureKind.AccessDenied, 8, ModelRemedy.FallBack)]
    [InlineData(ModelFailureKind.ModelNotFound, 9, ModelRemedy.FallBack)]
    [InlineData(ModelFailureKind.ModelStreamError, 10, ModelRemedy.RetrySameModel)]
    [InlineData(ModelFailureKind.ServerError, 11, ModelRemedy.RetrySameModel)]
    [InlineData(ModelFailureKind.ServiceUnavailable, 12, ModelRemedy.RetrySameModel)]
    [InlineData(ModelFailureKind.ModelNotReady, 13, ModelRemedy.RetrySameModel)]
    [InlineData(ModelFailureKind.ModelTimeout, 14, ModelRemedy.RetrySameModel)]
    [InlineData(ModelFailureKind.Network, 15, ModelRemedy.RetrySameModel)]
    [InlineData(ModelFailureKind.ContentBlocked, 16, ModelRemedy.Fail)]
    [InlineData(ModelFailureKind.Unknown, 99, ModelRemedy.RetrySameModel)]
    public void RemedyFor_EachKind_IsPinnedWithItsNumber(ModelFailureKind kind, int number, ModelRemedy remedy)
    {
        ((int)kind).ShouldBe(number);
        ModelFailure.RemedyFor(kind).ShouldBe(remedy);
        Enum.GetValues<ModelFailureKind>().Length.ShouldBe(17);
    }

    private static FallbackStep Next(params FailedAttempt[] history) => new FallbackPolicy(Models, Settings, () => 0).Next(history);

    private static FailedAttempt Failure(string model, ModelFailureKind kind, int? retryAfterSeconds = null) =>
        new(model, ModelFailure.Of(kind, "no", retryAfterSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null));
}
