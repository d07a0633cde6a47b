using Holdfast.Functions.Orchestrations;
using Holdfast.Functions.Status;
using Holdfast.Sessions;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Holdfast.Functions.Tests;

/// <summary>Whoever rings, and whenever: afterwards one instance is alive that looks into the inbox after the ring.</summary>
public sealed class SessionBellTests : IAsyncDisposable
{
    private static readonly SessionKey Key = SessionKey.Parse("agent:main:test:1");
    private readonly PlayedEngine _engine = new();

    [Fact]
    public async Task S35_WhenTwoCallersRingForANewSessionAtOnce_OneInstanceStartsAndTheOtherBellIsHeard()
    {
        // Each has looked before either has started.
        var (looks, both) = (0, new TaskCompletionSource());
        _engine.BeforeStart = () =>
        {
            if (++looks == 2)
            {
                both.SetResult();
            }

            return both.Task;
        };

        var instances = await Task.WhenAll(RingAsync(), RingAsync());

        _engine.Starts.ShouldHaveSingleItem().ShouldBe(new SessionInput(Key.Value, null, null));
        _engine.Heard.ShouldBe(1);
        instances.ShouldBe([SessionOrchestrator.InstanceIdOf(Key.Hash), SessionOrchestrator.InstanceIdOf(Key.Hash)]);
    }

    [Theory]
    [InlineData(OrchestrationRuntimeStatus.Running)]
    [InlineData(OrchestrationRuntimeStatus.Pending)]
    [InlineData(OrchestrationRuntimeStatus.Suspended)]
    public async Task RingAsync_WhenTheInstanceIsAlive_RaisesAndStartsNothing(OrchestrationRuntimeStatus standing)
    {
        _engine.Standing = standing;

        await RingAsync();

        _engine.Heard.ShouldBe(1);
        _engine.Starts.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RingAsync_WhenTheInstanceEndsAsTheEventComes_LooksAgainAndStartsAnother(bool refuses)
    {
        _engine.Standing = OrchestrationRuntimeStatus.Running;
        _engine.BeforeEvent = () =>
        {
            _engine.Standing = OrchestrationRuntimeStatus.Completed;
            return refuses ? throw new InvalidOperationException("It has ended.") : Task.CompletedTask;
        };

        await RingAsync();

        _engine.Heard.ShouldBe(0);
        _engine.Starts.ShouldHaveSingleItem().EndedRun.ShouldBeNull();
    }

    [Fact]
    public async Task RingAsync_WhenTheInstanceHasEnded_StartsAnotherWithoutReadingPayloads()
    {
        (_engine.Standing, _engine.CustomStatus) = (OrchestrationRuntimeStatus.Completed, new SessionStatus("thinking", "r.1", 1, 0, null, "x"));

        await RingAsync();

        _engine.Starts.ShouldHaveSingleItem().ShouldBe(new SessionInput(Key.Value, null, null));
        _engine.LooksWithPayload.ShouldBe(0);
    }

    [Fact]
    public async Task RingAsync_WhenTheInstanceFailed_NamesTheExecutionWhoseClaimHasNoOwnerAndEndsNoRun()
    {
        (_engine.Standing, _engine.CustomStatus) = (OrchestrationRuntimeStatus.Failed, new SessionStatus("thinking", "r.1", 1, 0, null, "x"));

        await RingAsync();

        _engine.Starts.ShouldHaveSingleItem().ShouldBe(new SessionInput(Key.Value, null, "x"));
    }

    [Fact]
    public async Task RingAsync_WhenAnOperatorTerminatedTheInstance_NamesTheRunThatHeEnded()
    {
        (_engine.Standing, _engine.CustomStatus) = (OrchestrationRuntimeStatus.Terminated, new SessionStatus("streaming", "r.1", 2, 40, null, "x"));

        await RingAsync();

        _engine.Starts.ShouldHaveSingleItem().ShouldBe(new SessionInput(Key.Value, "r.1", "x"));
    }

    [Fact]
    public async Task RingAsync_WhenTheEngineFails_TheCallerIsNotBothered()
    {
        _engine.BeforeLook = () => throw new TimeoutException();

        (await RingAsync()).ShouldBe(SessionOrchestrator.InstanceIdOf(Key.Hash));
    }

    [Fact]
    public async Task RingAsync_WhenTheCallerGivesUp_HeIsTold() =>
        await Should.ThrowAsync<OperationCanceledException>(() => new SessionBell(NullLogger<SessionBell>.Instance).RingAsync(_engine, Key, new CancellationToken(true)));

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    private Task<string> RingAsync() => new SessionBell(NullLogger<SessionBell>.Instance).RingAsync(_engine, Key, CancellationToken.None);
}
