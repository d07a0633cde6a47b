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
    public void Next_WhenNothingFailed_CallsTheFirstModelAtOnce() => Next().ShouldBe(new NextCall(Models[0], TimeSpan.Zero));

    [Fact]
    public void Next_WhenAModelKeepsFailing_BacksOffThenFallsBackThenGivesUp()
    {
        var history = new List<FailedCall>();
        var calls = new List<(string Model, double Seconds)>();
        while (FallbackPolicy.Next(Models, Settings, history, () => 1) is { } call)
        {
            calls.Add((call.Model.Id, call.Delay.TotalSeconds));
            history.Add(Failure(call.Model.Id, ModelFailureKind.ServerError));
        }

        calls.ShouldBe([("a", 0), ("a", 2), ("a", 4), ("b", 0), ("b", 2), ("b", 4)]);
        FallbackPolicy.Next(Models, Settings, history, () => 1).ShouldBeNull();
    }

    [Fact]
    public void S28_DailyQuota_GoesToTheNextModelAfterOneTry()
    {
        var quota = Failure("a", ModelFailureKind.QuotaExhausted);

        Next(quota).ShouldBe(new NextCall(Models[1], TimeSpan.Zero));
        Next(quota, Failure("b", ModelFailureKind.QuotaExhausted)).ShouldBeNull();
    }

    [Theory]
    [InlineData(ModelFailureKind.Validation)]
    [InlineData(ModelFailureKind.ContentBlocked)]
    public void Next_WhenNoModelWouldHelp_GivesUpAtOnce(ModelFailureKind kind) =>
        Next(Failure("a", kind)).ShouldBeNull();

    [Fact]
    public void Next_WhenTheProviderAsksForAPause_HonoursIt() =>
        Next(Failure("a", ModelFailureKind.Throttled, 11)).ShouldBe(new NextCall(Models[0], TimeSpan.FromSeconds(11)));

    [Fact]
    public void Next_WhenTheWishedPauseIsTooLong_FallsBack() =>
        Next(Failure("a", ModelFailureKind.Throttled, 3600)).ShouldBe(new NextCall(Models[1], TimeSpan.Zero));

    [Fact]
    public void Next_WhateverTheJitter_StaysWithinHalfAndFullBackoff()
    {
        foreach (var random in new[] { 0, 0.25, 0.999 })
        {
            var call = FallbackPolicy.Next(Models, Settings, [Failure("a", ModelFailureKind.Network)], () => random).ShouldNotBeNull();
            call.Delay.ShouldBe(TimeSpan.FromSeconds(1 + random), TimeSpan.FromTicks(1));
        }
    }

    [Fact]
    public void Next_WhenAskedTwice_SaysTheSame()
    {
        FailedCall[] history = [Failure("a", ModelFailureKind.Empty), Failure("a", ModelFailureKind.AccessDenied)];

        Next(history).ShouldBe(Next(history));
    }

    [Fact]
    public void Next_WhenManyTriesAreAllowed_NeverExceedsTheLongestBackoff()
    {
        var settings = Settings with { MaxAttemptsPerModel = 1000 };
        var history = Enumerable.Repeat(Failure("a", ModelFailureKind.Network), 900).ToList();

        FallbackPolicy.Next(Models, settings, history, () => 1).ShouldBe(new NextCall(Models[0], TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void Next_WhenTheFailedModelIsNotConfiguredAnyMore_StartsWithTheFirst() =>
        Next(Failure("gone", ModelFailureKind.Network)).ShouldBe(new NextCall(Models[0], TimeSpan.Zero));

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

    private static NextCall? Next(params FailedCall[] history) => FallbackPolicy.Next(Models, Settings, history, () => 0);

    private static FailedCall Failure(string model, ModelFailureKind kind, int? retryAfterSeconds = null) =>
        new(model, kind, retryAfterSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null);
}
