using Holdfast.Embedded.Durable.Tests.Harness;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Shouldly;
using Xunit;

namespace Holdfast.Embedded.Durable.Tests;

public sealed class TimerTests(Azurite azurite)
{
    private readonly DrivenTime _time = new();

    [Fact]
    public async Task CreateTimer_WhenItsTimeHasCome_GoesOnWithThatTimeAsItsClock()
    {
        await using var engine = await new TestEngine(azurite, time: _time)
            .Orchestrator("Main", async context =>
            {
                var from = context.CurrentUtcDateTime;
                await context.CreateTimer(TimeSpan.FromDays(60), CancellationToken.None);
                return context.CurrentUtcDateTime - from;
            })
            .StartAsync();

        var run = engine.RunAsync("Main");
        await Eventually.TrueAsync(() => _time.Waiting == 1);
        for (var day = 0; day < 60; day += 10)
        {
            run.IsCompleted.ShouldBeFalse();
            _time.Advance(TimeSpan.FromDays(10));
        }

        (await run).ReadOutputAs<TimeSpan>().ShouldBe(TimeSpan.FromDays(60));
    }

    [Fact]
    public async Task CreateTimer_WhenCancelled_ThrowsAndIsNoLongerWaitedFor()
    {
        await using var engine = await new TestEngine(azurite, time: _time)
            .Orchestrator("Main", async context =>
            {
                using var end = new CancellationTokenSource();
                var timer = context.CreateTimer(TimeSpan.FromHours(1), end.Token);
                var go = context.WaitForExternalEvent<string>("go");
                var first = await Task.WhenAny(timer, go);
                end.Cancel();
                timer.IsCanceled.ShouldBeTrue();
                await context.WaitForExternalEvent<string>("stop");
                return first == go;
            })
            .StartAsync();
        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Main", TestEngine.Bound());
        await Eventually.TrueAsync(() => _time.Waiting == 1);

        await engine.Client.RaiseEventAsync(id, "go", "", TestEngine.Bound());

        await Eventually.TrueAsync(() => _time.Waiting == 0);
        await engine.Client.RaiseEventAsync(id, "stop", "", TestEngine.Bound());
        (await engine.EndOfAsync(id)).ReadOutputAs<bool>().ShouldBeTrue();
    }

    [Fact]
    public async Task WaitForExternalEvent_WhenTheTimeoutComesFirst_ThrowsAndALaterEventIsKept()
    {
        await using var engine = await new TestEngine(azurite, time: _time)
            .Orchestrator("Main", async context =>
            {
                try
                {
                    return await context.WaitForExternalEvent<string>("go", TimeSpan.FromMinutes(1));
                }
                catch (OperationCanceledException)
                {
                    context.SetCustomStatus("late");
                }

                await context.WaitForExternalEvent<int>("other");
                return await context.WaitForExternalEvent<string>("go", TimeSpan.FromMinutes(1));
            })
            .StartAsync();
        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Main", TestEngine.Bound());
        await Eventually.TrueAsync(() => _time.Waiting == 1);

        _time.Advance(TimeSpan.FromMinutes(1));
        await Eventually.TrueAsync(async () => await engine.CustomStatusOfAsync(id) is not null);
        await engine.Client.RaiseEventAsync(id, "go", "at last", TestEngine.Bound());
        await engine.Client.RaiseEventAsync(id, "other", 1, TestEngine.Bound());

        (await engine.EndOfAsync(id)).ReadOutputAs<string>().ShouldBe("at last");
    }

    [Fact]
    public async Task RetryPolicy_WhenAttemptsFail_WaitsLongerEachTimeUpToItsBound()
    {
        var attempts = new List<TimeSpan>();
        var from = _time.GetUtcNow();
        await using var engine = await new TestEngine(azurite, time: _time)
            .Orchestrator("Main", context => context.CallActivityAsync<object?>("Flaky", options: TaskOptions.FromRetryPolicy(
                new RetryPolicy(5, TimeSpan.FromSeconds(10), backoffCoefficient: 2, maxRetryInterval: TimeSpan.FromSeconds(30))))!)
            .Activity<string?>("Flaky", _ =>
            {
                attempts.Add(_time.GetUtcNow() - from);
                return attempts.Count < 5 ? throw new InvalidOperationException("not yet") : "fifth";
            })
            .StartAsync();

        var run = engine.RunAsync("Main");
        foreach (var seconds in new[] { 10, 20, 30, 30 })
        {
            await Eventually.TrueAsync(() => _time.Waiting == 1);
            _time.Advance(TimeSpan.FromSeconds(seconds - 1));
            _time.Waiting.ShouldBe(1);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        (await run).ReadOutputAs<string>().ShouldBe("fifth");
        attempts.Select(at => at.TotalSeconds).ShouldBe([0, 10, 30, 60, 90]);
    }

    [Fact]
    public async Task RetryPolicy_WhenAttemptsRunOut_FailsWithTheLastFailureWithoutWaitingAgain()
    {
        var attempts = 0;
        await using var engine = await new TestEngine(azurite, time: _time)
            .Orchestrator("Main", context => context.CallActivityAsync<object?>("Flaky", options: new TaskOptions(
                new RetryPolicy(2, TimeSpan.FromSeconds(1))))!)
            .Activity<string?>("Flaky", _ => throw new InvalidOperationException($"attempt {++attempts}"))
            .StartAsync();

        var run = engine.RunAsync("Main");
        await Eventually.TrueAsync(() => _time.Waiting == 1);
        _time.Advance(TimeSpan.FromSeconds(1));

        (await run).FailureDetails!.InnerFailure!.ErrorMessage.ShouldBe("attempt 2");
        _time.Waiting.ShouldBe(0);
    }

    [Fact]
    public async Task RetryPolicy_WhenTheFailureIsNotHandled_FailsAtOnce()
    {
        var attempts = 0;
        await using var engine = await new TestEngine(azurite, time: _time)
            .Orchestrator("Main", context => context.CallActivityAsync<object?>("Flaky", options: new TaskOptions(
                new RetryPolicy(9, TimeSpan.FromSeconds(1)) { HandleFailure = failure => failure.IsCausedBy<TimeoutException>() }))!)
            .Activity<string?>("Flaky", _ => throw new InvalidOperationException($"attempt {++attempts}"))
            .StartAsync();

        (await engine.RunAsync("Main")).RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Failed);
        attempts.ShouldBe(1);
    }

    [Fact]
    public async Task RetryHandler_WhenItAwaitsATimer_DecidesEachTime()
    {
        var attempts = 0;
        await using var engine = await new TestEngine(azurite, time: _time)
            .Orchestrator("Main", async context =>
            {
                var options = TaskOptions.FromRetryHandler(async retry =>
                {
                    await retry.OrchestrationContext.CreateTimer(TimeSpan.FromSeconds(retry.LastAttemptNumber), retry.CancellationToken);
                    return retry.LastAttemptNumber < 3 && retry.LastFailure.ErrorMessage.StartsWith("attempt", StringComparison.Ordinal);
                });
                return await context.CallActivityAsync<object?>("Flaky", options: options);
            })
            .Activity<string?>("Flaky", _ => throw new InvalidOperationException($"attempt {++attempts}"))
            .StartAsync();

        var run = engine.RunAsync("Main");
        foreach (var seconds in new[] { 1, 2, 3 })
        {
            await Eventually.TrueAsync(() => _time.Waiting == 1);
            _time.Advance(TimeSpan.FromSeconds(seconds));
        }

        (await run).FailureDetails!.InnerFailure!.ErrorMessage.ShouldBe("attempt 3");
    }

    [Theory]
    [InlineData(0, 1.0, 1.0, null)]
    [InlineData(1, 0.0, 1.0, null)]
    [InlineData(1, 1.0, 0.5, null)]
    [InlineData(1, 2.0, 1.0, 1.0)]
    public void RetryPolicy_WhenAValueIsOutOfRange_Throws(int attempts, double first, double factor, double? longest) =>
        Should.Throw<ArgumentOutOfRangeException>(() => new RetryPolicy(
            attempts, TimeSpan.FromSeconds(first), factor, longest is { } seconds ? TimeSpan.FromSeconds(seconds) : null));
}
