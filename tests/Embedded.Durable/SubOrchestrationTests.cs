using Holdfast.Embedded.Durable.Tests.Harness;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Shouldly;
using Xunit;

namespace Holdfast.Embedded.Durable.Tests;

public sealed class SubOrchestrationTests(Azurite azurite)
{
    private static CancellationToken Bound => TestEngine.Bound(60);

    [Fact]
    public async Task CallSubOrchestratorAsync_WhenItEnds_HandsItsOutputOn()
    {
        await using var engine = await new TestEngine(azurite)
            .Orchestrator("Main", async context => await context.CallSubOrchestratorAsync<string>(
                "Child", 7, new TaskOptions().WithInstanceId("child-of-" + context.InstanceId)))
            .Orchestrator("Child", async context =>
            {
                var n = await context.CallActivityAsync<int>("Double", context.GetInput<int>());
                return $"{n} {context.InstanceId} {context.Parent!.Name} {context.Parent.InstanceId}";
            })
            .Activity<int>("Double", n => n * 2)
            .StartAsync();

        var end = await engine.RunAsync("Main", instanceId: "parent1");

        end.ReadOutputAs<string>().ShouldBe("14 child-of-parent1 Main parent1");
    }

    [Fact]
    public async Task CallSubOrchestratorAsync_WhenItFails_TellsTheParentTheWholeChain()
    {
        await using var engine = await new TestEngine(azurite)
            .Orchestrator("Main", context => context.CallSubOrchestratorAsync<object?>("Child")!)
            .Orchestrator("Child", context => context.CallActivityAsync<object?>("Bad")!)
            .Activity<string?>("Bad", _ => throw new FormatException("no good"))
            .StartAsync();

        var failure = (await engine.RunAsync("Main")).FailureDetails!;

        failure.ErrorType.ShouldBe(typeof(TaskFailedException).FullName);
        failure.InnerFailure!.ErrorMessage.ShouldContain("'Bad' (#0)");
        failure.InnerFailure.InnerFailure!.ErrorType.ShouldBe(typeof(FormatException).FullName);
    }

    [Fact]
    public async Task CallSubOrchestratorAsync_WhenItIsRetried_UsesTheSameInstanceAgain()
    {
        var tries = 0;
        await using var engine = await new TestEngine(azurite)
            .Orchestrator("Main", async context => await context.CallSubOrchestratorAsync<int>("Child", options: new SubOrchestrationOptions(
                new TaskOptions(new RetryPolicy(3, TimeSpan.FromMilliseconds(1))), "retried-child")))
            .Orchestrator("Child", async context => await context.CallActivityAsync<int>("Flaky"))
            .Activity<string?>("Flaky", _ => ++tries < 3 ? throw new InvalidOperationException("no") : tries)
            .StartAsync();

        (await engine.RunAsync("Main")).ReadOutputAs<int>().ShouldBe(3);
        await Eventually.TrueAsync(async () => (await engine.BlobsAsync()).Count == 2);
    }

    [Fact]
    public async Task CallSubOrchestratorAsync_WhenTheIdIsTaken_Fails()
    {
        await using var engine = await new TestEngine(azurite)
            .Orchestrator("Waits", async context => await context.WaitForExternalEvent<string>("go"))
            .Orchestrator("Main", context => context.CallSubOrchestratorAsync<object?>("Waits", options: new TaskOptions().WithInstanceId("taken"))!)
            .StartAsync();
        await engine.Client.ScheduleNewOrchestrationInstanceAsync("Waits", new StartOrchestrationOptions("taken"), Bound);

        (await engine.RunAsync("Main")).FailureDetails!.InnerFailure!.ErrorMessage.ShouldContain("taken exists");
        (await engine.StatusOfAsync("taken")).ShouldBe(OrchestrationRuntimeStatus.Running);
    }

    [Fact]
    public async Task TerminateInstanceAsync_WhenRecursive_EndsTheChildrenToo()
    {
        await using var engine = await Waiting().StartAsync();
        await engine.Client.ScheduleNewOrchestrationInstanceAsync("Main", new StartOrchestrationOptions("p"), Bound);
        await engine.Client.WaitForInstanceStartAsync("child", Bound);

        await engine.Client.TerminateInstanceAsync("p", new TerminateInstanceOptions("enough", Recursive: true), Bound);

        (await engine.EndOfAsync("p")).ReadOutputAs<string>().ShouldBe("enough");
        (await engine.EndOfAsync("child")).RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Terminated);
    }

    [Fact]
    public async Task TerminateInstanceAsync_WhenAChildIsTerminated_FailsTheCallOfItsParent()
    {
        await using var engine = await Waiting().StartAsync();
        await engine.Client.ScheduleNewOrchestrationInstanceAsync("Main", new StartOrchestrationOptions("p"), Bound);
        await engine.Client.WaitForInstanceStartAsync("child", Bound);

        await engine.Client.TerminateInstanceAsync("child", "enough", Bound);

        var end = await engine.EndOfAsync("p");
        end.RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Failed);
        end.FailureDetails!.ErrorMessage.ShouldContain("enough");
    }

    [Fact]
    public async Task PurgeInstanceAsync_WhenRecursive_TakesTheChildrenToo()
    {
        await using var engine = await Waiting().StartAsync();
        await engine.Client.ScheduleNewOrchestrationInstanceAsync("Main", new StartOrchestrationOptions("p"), Bound);
        await engine.Client.WaitForInstanceStartAsync("child", Bound);
        await engine.Client.RaiseEventAsync("child", "go", "on", Bound);
        await engine.EndOfAsync("p");

        var result = await engine.Client.PurgeInstanceAsync("p", new PurgeInstanceOptions(Recursive: true), Bound);

        result.PurgedInstanceCount.ShouldBe(2);
        (await engine.BlobsAsync()).ShouldBeEmpty();
    }

    private TestEngine Waiting() => new TestEngine(azurite)
        .Orchestrator("Main", context => context.CallSubOrchestratorAsync<object?>("Waits", options: new TaskOptions().WithInstanceId("child"))!)
        .Orchestrator("Waits", async context => await context.WaitForExternalEvent<string>("go"));
}
