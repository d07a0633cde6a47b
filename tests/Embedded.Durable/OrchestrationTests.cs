using Holdfast.Embedded.Durable.Tests.Harness;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask;
using Shouldly;
using Xunit;

namespace Holdfast.Embedded.Durable.Tests;

public sealed class OrchestrationTests(Azurite azurite)
{
    private sealed record Order(string Item, int Count);

    [Fact]
    public async Task Run_WhenOneActivityFollowsAnother_HandsResultsOn()
    {
        await using var engine = await new TestEngine(azurite)
            .Orchestrator("Main", async context =>
            {
                var order = context.GetInput<Order>()!;
                var doubled = await context.CallActivityAsync<Order>("Double", order);
                return await context.CallActivityAsync<string>("Describe", doubled);
            })
            .Activity<Order>("double", order => order with { Count = order.Count * 2 })
            .Activity<Order>("Describe", order => $"{order.Count} {order.Item}")
            .StartAsync();

        var end = await engine.RunAsync("main", new Order("nails", 21));

        end.ReadOutputAs<string>().ShouldBe("42 nails");
        end.RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Completed);
        end.ReadInputAs<Order>().ShouldBe(new Order("nails", 21));
        end.Name.ShouldBe("main");
    }

    [Fact]
    public async Task Run_WhenActivitiesRunAtOnce_GathersAllAnswers()
    {
        await using var engine = await new TestEngine(azurite)
            .Orchestrator("Main", async context =>
            {
                var all = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => context.CallActivityAsync<int>("Square", n)));
                return all.Sum();
            })
            .Activity<int>("Square", n => n * n)
            .StartAsync();

        (await engine.RunAsync("Main")).ReadOutputAs<int>().ShouldBe(2470);
    }

    [Fact]
    public async Task Run_WhenAnActivityThrows_TellsTheOrchestratorAndThenTheClientWhy()
    {
        await using var engine = await new TestEngine(azurite)
            .Orchestrator("Main", context => context.CallActivityAsync<object?>("Bad")!)
            .Orchestrator("Careful", async context =>
            {
                try
                {
                    await context.CallActivityAsync("Bad");
                    return "no failure";
                }
                catch (TaskFailedException failed)
                {
                    return $"{failed.TaskName} {failed.TaskId} {failed.FailureDetails.ErrorMessage} {failed.FailureDetails.InnerFailure?.ErrorMessage} "
                        + failed.FailureDetails.IsCausedBy<InvalidOperationException>();
                }
            })
            .Activity<string?>("Bad", _ => throw new InvalidOperationException("outer", new FormatException("inner")))
            .StartAsync();

        (await engine.RunAsync("Careful")).ReadOutputAs<string>().ShouldBe("Bad 0 outer inner True");
        var end = await engine.RunAsync("Main");
        end.RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Failed);
        end.FailureDetails!.ErrorType.ShouldBe(typeof(TaskFailedException).FullName);
        end.FailureDetails.ErrorMessage.ShouldBe("Task 'Bad' (#0) failed with an unhandled exception: outer");
        end.FailureDetails.InnerFailure!.ErrorType.ShouldBe(typeof(InvalidOperationException).FullName);
        end.FailureDetails.InnerFailure.InnerFailure!.ErrorMessage.ShouldBe("inner");
    }

    [Fact]
    public async Task Run_WhenThereIsNoSuchActivity_FailsTheCall()
    {
        await using var engine = await new TestEngine(azurite)
            .Orchestrator("Main", context => context.CallActivityAsync<object?>("Nowhere")!)
            .StartAsync();

        var end = await engine.RunAsync("Main");

        end.RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Failed);
        end.FailureDetails!.ErrorMessage.ShouldContain("no activity function 'Nowhere'");
    }

    [Fact]
    public async Task CallActivityAsync_WhenLongerThanTheFunctionTimeout_FailsAndCancelsIt()
    {
        var time = new DrivenTime();
        var cancelled = new TaskCompletionSource();
        await using var engine = await new TestEngine(azurite, time: time, configure: options => options.ActivityTimeout = TimeSpan.FromMinutes(5))
            .Orchestrator("Main", context => context.CallActivityAsync<object?>("Slow")!)
            .Activity<string?>("Slow", async (_, cancellationToken) =>
            {
                await using var registration = cancellationToken.Register(cancelled.SetResult);
                await Task.Delay(Timeout.Infinite, cancellationToken);
                return null;
            })
            .StartAsync();

        var running = engine.RunAsync("Main");
        await Eventually.TrueAsync(() => time.Waiting == 1);
        time.Advance(TimeSpan.FromMinutes(5));

        (await running).FailureDetails!.InnerFailure!.ErrorType.ShouldBe(typeof(TimeoutException).FullName);
        await cancelled.Task.WaitAsync(TestEngine.Bound());
    }

    [Fact]
    public async Task MaxConcurrentActivities_WhenReached_LetsTheOthersWait()
    {
        var (running, most, gate) = (0, 0, new TaskCompletionSource());
        await using var engine = await new TestEngine(azurite, configure: options => options.MaxConcurrentActivities = 2)
            .Orchestrator("Main", async context =>
            {
                await Task.WhenAll(Enumerable.Range(0, 6).Select(n => context.CallActivityAsync("Work", n)));
                return null;
            })
            .Activity<int>("Work", async (_, _) =>
            {
                most = Math.Max(most, Interlocked.Increment(ref running));
                await gate.Task;
                Interlocked.Decrement(ref running);
                return null;
            })
            .StartAsync();

        var run = engine.RunAsync("Main");
        await Eventually.TrueAsync(() => running == 2);
        gate.SetResult();
        await run;

        most.ShouldBe(2);
    }

    [Fact]
    public async Task SetCustomStatus_WhenSet_IsSeenWhileItRuns()
    {
        await using var engine = await new TestEngine(azurite)
            .Orchestrator("Main", async context =>
            {
                context.SetCustomStatus(new { phase = "waiting", count = 3 });
                await context.WaitForExternalEvent<string>("go");
                context.SetCustomStatus("done");
                return null;
            })
            .StartAsync();
        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Main", TestEngine.Bound());
        await engine.Client.WaitForInstanceStartAsync(id, TestEngine.Bound());

        (await engine.CustomStatusOfAsync(id)).ShouldBe("""{"phase":"waiting","count":3}""");
        await engine.Client.RaiseEventAsync(id, "go", "x", TestEngine.Bound());
        (await engine.EndOfAsync(id)).ReadCustomStatusAs<string>().ShouldBe("done");
        (await engine.CustomStatusOfAsync(id)).ShouldBe("\"done\"");
    }

    [Fact]
    public async Task NewGuid_WhenReplayed_IsTheSameAndEachOneIsNew()
    {
        var seen = new List<Guid>();
        await using var engine = await new TestEngine(azurite)
            .Orchestrator("Main", async context =>
            {
                var (first, second) = (context.NewGuid(), context.NewGuid());
                seen.AddRange([first, second]);
                await context.CallActivityAsync("Nothing");
                return new[] { first, second, context.NewGuid() };
            })
            .Activity<string?>("Nothing", _ => null)
            .StartAsync();

        var guids = (await engine.RunAsync("Main")).ReadOutputAs<Guid[]>()!;

        guids.Distinct().Count().ShouldBe(3);
        seen.ShouldBe([guids[0], guids[1], guids[0], guids[1]]);
        guids[0].Version.ShouldBe(5);
    }

    [Fact]
    public async Task CreateReplaySafeLogger_WhenReplayed_WritesEachLineOnce()
    {
        var log = new ListLog();
        await using var engine = await new TestEngine(azurite, loggers: log)
            .Orchestrator("Main", async context =>
            {
                var logger = context.CreateReplaySafeLogger("Mine");
                Microsoft.Extensions.Logging.LoggerExtensions.LogInformation(logger, "one");
                await context.CallActivityAsync("Nothing");
                Microsoft.Extensions.Logging.LoggerExtensions.LogInformation(logger, "two");
                await context.CallActivityAsync("Nothing");
                return context.IsReplaying;
            })
            .Activity<string?>("Nothing", _ => null)
            .StartAsync();

        (await engine.RunAsync("Main")).ReadOutputAs<bool>().ShouldBeFalse();

        log.Of("Mine").ShouldBe(["one", "two"]);
    }

    [Fact]
    public async Task Run_WhenAnActivityIsNotAwaited_StillRunsIt()
    {
        var ran = new TaskCompletionSource();
        await using var engine = await new TestEngine(azurite)
            .Orchestrator("Main", context =>
            {
                _ = context.CallActivityAsync("Aside");
                return Task.FromResult<object?>("ended");
            })
            .Activity<string?>("Aside", _ => ran.TrySetResult())
            .StartAsync();

        (await engine.RunAsync("Main")).ReadOutputAs<string>().ShouldBe("ended");
        await ran.Task.WaitAsync(TestEngine.Bound());
    }
}
