using Holdfast.Functions.Orchestrations;
using Holdfast.Functions.Status;
using Holdfast.Sessions;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Holdfast.Functions.Tests;

/// <summary>Whoever signals, and whenever: afterwards one instance is alive that looks into the inbox after the signal.</summary>
public sealed class SessionSignalTests : IAsyncDisposable
{
    private static readonly SessionKey Key = SessionKey.Parse("agent:main:test:1");
    private readonly SimulatedEngine _engine = new();

    [Fact]
    public async Task S35_WhenTwoCallersSignalANewSessionAtOnce_OneInstanceStartsAndTheOtherSignalArrives()
    {
        // Each was refused before either has started.
        var (starts, both) = (0, new TaskCompletionSource());
        _engine.BeforeStart = () =>
        {
            if (++starts == 2)
            {
                both.SetResult();
            }

            return both.Task;
        };

        var instances = await Task.WhenAll(SendAsync(), SendAsync());

        _engine.Starts.ShouldHaveSingleItem().ShouldBe(new SessionInput(Key.Value));
        _engine.Heard.ShouldBe(1);
        instances.ShouldBe([SessionOrchestrator.InstanceIdOf(Key.Hash), SessionOrchestrator.InstanceIdOf(Key.Hash)]);
    }

    [Theory]
    [InlineData(OrchestrationRuntimeStatus.Running)]
    [InlineData(OrchestrationRuntimeStatus.Pending)]
    [InlineData(OrchestrationRuntimeStatus.Suspended)]
    public async Task SendAsync_WhenTheInstanceIsAlive_RaisesAndLooksAtNothing(OrchestrationRuntimeStatus standing)
    {
        _engine.Standing = standing;

        await SendAsync();

        (_engine.Heard, _engine.Looks).ShouldBe((1, 0));
        _engine.Starts.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(null)]
    [InlineData(OrchestrationRuntimeStatus.Completed)]
    public async Task SendAsync_WhenThereIsNoLivingInstance_StartsOne(OrchestrationRuntimeStatus? standing)
    {
        (_engine.Standing, _engine.CustomStatus) = (standing, new SessionStatus(SessionStatus.Idle, "x"));

        await SendAsync();

        _engine.Starts.ShouldHaveSingleItem().ShouldBe(new SessionInput(Key.Value));
    }

    [Theory]
    [InlineData(OrchestrationRuntimeStatus.Failed, false)]
    [InlineData(OrchestrationRuntimeStatus.Terminated, true)]
    public async Task SendAsync_WhenTheInstanceDidNotEndByItself_NamesTheExecutionWhoseClaimHasNoOwner(
        OrchestrationRuntimeStatus standing, bool isTerminated)
    {
        (_engine.Standing, _engine.CustomStatus) = (standing, new SessionStatus(SessionStatus.Turn, "x"));

        await SendAsync();

        _engine.Starts.ShouldHaveSingleItem().ShouldBe(new SessionInput(Key.Value, "x", isTerminated));
    }

    [Fact]
    public async Task SendAsync_WhenTheSweepEndedTheInstance_TheTurnIsRunAgainAndNotCalledEndedByAnOperator()
    {
        (_engine.Standing, _engine.CustomStatus) = (OrchestrationRuntimeStatus.Running, new SessionStatus(SessionStatus.Turn, "x"));

        await new SessionSignal(NullLogger<SessionSignal>.Instance).EndStuckAsync(_engine, Key, CancellationToken.None);
        await SendAsync();

        _engine.Starts.ShouldHaveSingleItem().ShouldBe(new SessionInput(Key.Value, "x", IsTerminated: false));
    }

    [Theory]
    [InlineData(null, "turn", 60, SweepMove.Signal)]
    [InlineData(OrchestrationRuntimeStatus.Terminated, "turn", 0, SweepMove.Signal)]
    [InlineData(OrchestrationRuntimeStatus.Running, "idle", 0, SweepMove.Signal)]
    [InlineData(OrchestrationRuntimeStatus.Running, "turn", 11, SweepMove.Leave)]
    [InlineData(OrchestrationRuntimeStatus.Running, "turn", 13, SweepMove.EndUnlessHeld)]
    [InlineData(OrchestrationRuntimeStatus.Running, "tools", 13, SweepMove.EndUnlessHeld)]
    [InlineData(OrchestrationRuntimeStatus.Suspended, "turn", 60, SweepMove.Leave)]
    public async Task Decide_WhenSomethingIsPending_JudgesByHowTheInstanceStands(
        OrchestrationRuntimeStatus? standing, string phase, int minutes, SweepMove move)
    {
        var now = new DateTimeOffset(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);
        (_engine.Standing, _engine.CustomStatus, _engine.LastUpdatedAt) =
            (standing, new SessionStatus(phase, "x"), now - TimeSpan.FromMinutes(minutes));

        SweepDecider.Decide(await _engine.GetInstanceAsync("x", getInputsAndOutputs: true), now).ShouldBe(move);
    }

    [Theory]
    [InlineData(59, SweepMove.Leave)]
    [InlineData(71, SweepMove.Leave)]
    [InlineData(73, SweepMove.EndUnlessHeld)]
    public async Task Decide_WhenATurnIsPutOff_CountsFromTheEndOfThePause(int minutes, SweepMove move)
    {
        var begun = new DateTimeOffset(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);
        (_engine.Standing, _engine.LastUpdatedAt) = (OrchestrationRuntimeStatus.Running, begun);
        _engine.CustomStatus = new SessionStatus(SessionStatus.Waiting, "x", begun + TimeSpan.FromHours(1));

        SweepDecider.Decide(await _engine.GetInstanceAsync("x", getInputsAndOutputs: true), begun + TimeSpan.FromMinutes(minutes))
            .ShouldBe(move);
    }

    [Fact]
    public async Task SendAsync_WhenTheEngineFails_TheCallerIsNotBothered()
    {
        _engine.BeforeEvent = () => throw new TimeoutException();
        _engine.BeforeLook = () => throw new TimeoutException();

        (await SendAsync()).ShouldBe(SessionOrchestrator.InstanceIdOf(Key.Hash));
    }

    [Fact]
    public async Task SendAsync_WhenTheCallerGivesUp_HeIsTold()
    {
        _engine.BeforeEvent = () => throw new OperationCanceledException();

        await Should.ThrowAsync<OperationCanceledException>(
            () => new SessionSignal(NullLogger<SessionSignal>.Instance).SendAsync(_engine, Key, new CancellationToken(true)));
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    private Task<string> SendAsync() =>
        new SessionSignal(NullLogger<SessionSignal>.Instance).SendAsync(_engine, Key, CancellationToken.None);
}
