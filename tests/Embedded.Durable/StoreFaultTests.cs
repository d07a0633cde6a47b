using Holdfast.Embedded.Durable.Tests.Harness;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Shouldly;
using Xunit;

namespace Holdfast.Embedded.Durable.Tests;

/// <summary>The store loses answers or is away for a while.</summary>
public sealed class StoreFaultTests(Azurite azurite)
{
    private static CancellationToken Bound => TestEngine.Bound(60);

    [Fact]
    public async Task Step_WhenTheAnswerOfTheStoreIsLost_IsRecordedOnce()
    {
        var runs = 0;
        await using var engine = await new TestEngine(azurite)
            .Orchestrator("Main", async context =>
            {
                for (var n = 0; n < 5; n++)
                {
                    await context.CallActivityAsync("Count");
                }

                return null;
            })
            .Activity<string?>("Count", _ => Interlocked.Increment(ref runs))
            .StartAsync();
        var calls = 0;
        engine.Tap.LosesAnswer = _ => Interlocked.Increment(ref calls) % 2 == 1;

        var end = await engine.RunAsync("Main", instanceId: "lossy");

        end.RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Completed);
        runs.ShouldBe(5);
        engine.Tap.LosesAnswer = null;
        var history = (await engine.Hub.ReadAsync((await engine.Hub.FindAsync("lossy", Bound))!, Bound))!;
        history.Events.OfType<History.HistoryEvent.TaskCompleted>().Count().ShouldBe(5);
    }

    [Fact]
    public async Task RaiseEventAsync_WhenTheAnswerOfTheStoreIsLost_IsRecordedOnce()
    {
        await using var engine = await Summing(null).StartAsync();
        await engine.Client.ScheduleNewOrchestrationInstanceAsync("Sums", new StartOrchestrationOptions("once"), Bound);
        await engine.Client.WaitForInstanceStartAsync("once", Bound);
        var appends = 0;
        engine.Tap.LosesAnswer = request =>
            request.Uri.Query.Contains("appendblock", StringComparison.Ordinal) && Interlocked.Increment(ref appends) == 1;

        await engine.Client.RaiseEventAsync("once", "n", 1, Bound);

        var history = (await engine.Hub.ReadAsync((await engine.Hub.FindAsync("once", Bound))!, Bound))!;
        history.Events.OfType<History.HistoryEvent.EventRaised>().Count().ShouldBe(1);
        appends.ShouldBe(2);
    }

    [Fact]
    public async Task Step_WhenTheStoreIsAway_TellsTheSenderAndRecordsItLater()
    {
        await using var engine = await Waiting(null).StartAsync();
        await engine.Client.ScheduleNewOrchestrationInstanceAsync("Waits", new StartOrchestrationOptions("a"), Bound);
        await engine.Client.WaitForInstanceStartAsync("a", Bound);
        engine.Tap.Cuts = static _ => true;

        await Should.ThrowAsync<Exception>(() => engine.Client.RaiseEventAsync("a", "go", "in the end", Bound));
        engine.Tap.Cuts = null;

        (await engine.EndOfAsync("a")).ReadOutputAs<string>().ShouldBe("in the end");
    }

    private TestEngine Waiting(string? hub) => new TestEngine(azurite, hub)
        .Orchestrator("Waits", async context => await context.WaitForExternalEvent<string>("go"));

    private TestEngine Summing(string? hub) => new TestEngine(azurite, hub).Orchestrator("Sums", async context =>
    {
        var sum = 0;
        for (var n = 0; n < 6; n++)
        {
            sum += await context.WaitForExternalEvent<int>("n");
        }

        return sum;
    });
}
