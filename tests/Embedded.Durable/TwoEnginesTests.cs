using Holdfast.Embedded.Durable.Dispatch;
using Holdfast.Embedded.Durable.Tests.Harness;
using Shouldly;
using Xunit;
using static Holdfast.Embedded.Durable.History.HistoryEvent;

namespace Holdfast.Embedded.Durable.Tests;

/// <summary>Two processes on one hub is not how it is meant to run, but no history may suffer from it.</summary>
public sealed class TwoEnginesTests(Azurite azurite)
{
    private static CancellationToken Bound => TestEngine.Bound(60);

    [Fact]
    public async Task AnActivity_WhenTwoEnginesRunIt_CountsItsFirstAnswerOnly()
    {
        var (first, second) = (new TaskCompletionSource<string>(), new TaskCompletionSource<string>());
        await using var one = await Life(null, first.Task).StartAsync();
        var id = await one.Client.ScheduleNewOrchestrationInstanceAsync("Main", Bound);
        await Eventually.TrueAsync(async () => (await HistoryOfAsync(one, id)).Tasks.Count == 1);
        await using var two = await Life(one.HubName, second.Task).StartAsync();

        second.SetResult("from two");
        await Eventually.TrueAsync(async () => (await HistoryOfAsync(two, id)).Tasks.Count == 0);
        first.SetResult("from one");
        await one.Client.RaiseEventAsync(id, "go", "", Bound);

        (await one.EndOfAsync(id)).ReadOutputAs<string>().ShouldBe("from two");
        (await HistoryOfAsync(one, id)).Events.OfType<TaskCompleted>().Count().ShouldBe(1);
    }

    [Fact]
    public async Task AnEvent_WhenTheOtherEngineStartedTheInstance_ReachesIt()
    {
        await using var one = await Life(null, Task.FromResult("x")).StartAsync();
        await using var two = await Life(one.HubName, Task.FromResult("x")).StartAsync();
        var id = await one.Client.ScheduleNewOrchestrationInstanceAsync("Main", Bound);

        await two.Client.RaiseEventAsync(id, "go", "", Bound);

        (await two.EndOfAsync(id)).ReadOutputAs<string>().ShouldBe("x");
    }

    [Fact]
    public async Task Events_WhenBothEnginesRaiseThem_AreAllRecorded()
    {
        TestEngine Counting(string? hub) => new TestEngine(azurite, hub).Orchestrator("Main", async context =>
        {
            var sum = 0;
            for (var n = 0; n < 40; n++)
            {
                sum += await context.WaitForExternalEvent<int>("n");
            }

            return sum;
        });
        await using var one = await Counting(null).StartAsync();
        var id = await one.Client.ScheduleNewOrchestrationInstanceAsync("Main", Bound);
        await using var two = await Counting(one.HubName).StartAsync();

        await Task.WhenAll(Enumerable.Range(0, 40).Select(n => (n % 2 == 0 ? one : two).Client.RaiseEventAsync(id, "n", n, Bound)));

        await Eventually.TrueAsync(async () => (await HistoryOfAsync(one, id)).Completed is not null);
        (await HistoryOfAsync(one, id)).Completed!.Output.ShouldBe("780");
    }

    private static async Task<History.Execution> HistoryOfAsync(TestEngine engine, string id)
    {
        InstanceView view = (await engine.Hub.FindAsync(id, Bound))!;
        return (await engine.Hub.ReadAsync(view, Bound))!;
    }

    private TestEngine Life(string? hub, Task<string> answer) => new TestEngine(azurite, hub)
        .Orchestrator("Main", async context =>
        {
            var result = await context.CallActivityAsync<string>("Ask");
            await context.WaitForExternalEvent<string>("go");
            return result;
        })
        .Activity<string?>("Ask", async (_, _) => await answer);
}
