using Holdfast.Embedded.Durable.Tests.Harness;
using Shouldly;
using Xunit;

namespace Holdfast.Embedded.Durable.Tests;

public sealed class EventTests(Azurite azurite)
{
    private static CancellationToken Bound => TestEngine.Bound(60);

    [Fact]
    public async Task WaitForExternalEvent_WhenEventsCameBefore_HandsThemOutInOrderWithoutRegardToCase()
    {
        await using var engine = await new TestEngine(azurite)
            .Orchestrator("Main", async context =>
            {
                await context.WaitForExternalEvent<object?>("begin");
                return new[]
                {
                    await context.WaitForExternalEvent<int>("NUMBER"), await context.WaitForExternalEvent<int>("number"),
                    await context.WaitForExternalEvent<int>("Number"),
                };
            })
            .StartAsync();
        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Main", Bound);

        foreach (var n in new[] { 1, 2, 3 })
        {
            await engine.Client.RaiseEventAsync(id, "Number", n, Bound);
        }

        await engine.Client.RaiseEventAsync(id, "begin", cancellation: Bound);
        (await engine.EndOfAsync(id)).ReadOutputAs<int[]>().ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task WaitForExternalEvent_WhenTwoWait_ServesTheYoungestFirst()
    {
        await using var engine = await new TestEngine(azurite)
            .Orchestrator("Main", async context =>
            {
                var (older, younger) = (context.WaitForExternalEvent<int>("n"), context.WaitForExternalEvent<int>("n"));
                return new[] { await older, await younger };
            })
            .StartAsync();
        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Main", Bound);

        await engine.Client.RaiseEventAsync(id, "n", 1, Bound);
        await engine.Client.RaiseEventAsync(id, "n", 2, Bound);

        (await engine.EndOfAsync(id)).ReadOutputAs<int[]>().ShouldBe([2, 1]);
    }

    [Fact]
    public async Task WaitForExternalEvent_WhenThePayloadCannotBeRead_ThrowsInTheOrchestrator()
    {
        await using var engine = await new TestEngine(azurite)
            .Orchestrator("Main", async context => await context.WaitForExternalEvent<int>("n"))
            .StartAsync();
        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Main", Bound);

        await engine.Client.RaiseEventAsync(id, "n", "no number", Bound);

        (await engine.EndOfAsync(id)).FailureDetails!.ErrorType.ShouldBe(typeof(System.Text.Json.JsonException).FullName);
    }

    [Fact]
    public async Task SendEvent_WhenTheOtherRuns_ReachesIt()
    {
        await using var engine = await new TestEngine(azurite)
            .Orchestrator("Receiver", async context => await context.WaitForExternalEvent<string>("news"))
            .Orchestrator("Sender", context =>
            {
                context.SendEvent(context.GetInput<string>()!, "news", "hello");
                return Task.FromResult<object?>(null);
            })
            .StartAsync();
        var receiver = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Receiver", Bound);

        await engine.RunAsync("Sender", receiver);

        (await engine.EndOfAsync(receiver)).ReadOutputAs<string>().ShouldBe("hello");
    }

    [Fact]
    public async Task ContinueAsNew_WhenEventsAreUnused_CarriesThemInOrder()
    {
        await using var engine = await new TestEngine(azurite)
            .Orchestrator("Main", async context =>
            {
                var sum = context.GetInput<List<int>>() ?? [];
                if (sum.Count == 0)
                {
                    await context.WaitForExternalEvent<object?>("begin");
                }

                if (sum.Count == 4)
                {
                    return sum;
                }

                sum.Add(await context.WaitForExternalEvent<int>("n"));
                context.ContinueAsNew(sum);
                return null;
            })
            .StartAsync();
        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Main", Bound);
        foreach (var n in new[] { 1, 2, 3, 4 })
        {
            await engine.Client.RaiseEventAsync(id, "n", n, Bound);
        }

        await engine.Client.RaiseEventAsync(id, "begin", cancellation: Bound);

        (await engine.EndOfAsync(id)).ReadOutputAs<int[]>().ShouldBe([1, 2, 3, 4]);
        await Eventually.TrueAsync(async () => (await engine.BlobsAsync()).Count == 1);
    }

    [Fact]
    public async Task ContinueAsNew_WhenEventsAreNotPreserved_DropsThem()
    {
        await using var engine = await new TestEngine(azurite)
            .Orchestrator("Main", async context =>
            {
                if (context.GetInput<string>() is null)
                {
                    await context.WaitForExternalEvent<object?>("begin");
                    context.ContinueAsNew("again", preserveUnprocessedEvents: false);
                    return null;
                }

                return await context.WaitForExternalEvent<int>("n");
            })
            .StartAsync();
        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Main", Bound);
        await engine.Client.RaiseEventAsync(id, "n", 1, Bound);
        await engine.Client.RaiseEventAsync(id, "begin", cancellation: Bound);

        await engine.Client.RaiseEventAsync(id, "n", 2, Bound);

        (await engine.EndOfAsync(id)).ReadOutputAs<int>().ShouldBe(2);
    }

    [Fact]
    public async Task RaiseEventAsync_WhenManyAreRaisedAcrossManyRenewals_LosesNone()
    {
        await using var engine = await new TestEngine(azurite)
            .Orchestrator("Counting", async context =>
            {
                var count = context.GetInput<Counted>()?.Count ?? 0;
                for (var n = 0; n < 3; n++)
                {
                    count++;
                    if (await context.WaitForExternalEvent<int>("n") == -1)
                    {
                        return count;
                    }
                }

                context.ContinueAsNew(new Counted { Count = count });
                return null;
            })
            .StartAsync();
        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Counting", Bound);

        await Parallel.ForEachAsync(Enumerable.Range(0, 40), Bound, async (n, cancellation) =>
            await engine.Client.RaiseEventAsync(id, "n", n, cancellation));
        await engine.Client.RaiseEventAsync(id, "n", -1, Bound);

        (await engine.EndOfAsync(id)).ReadOutputAs<int>().ShouldBe(41);
    }

    [Fact]
    public async Task RaiseEventAsync_WhenThereIsNoSuchInstance_DoesNothing()
    {
        await using var engine = await new TestEngine(azurite).StartAsync();

        await engine.Client.RaiseEventAsync("nobody", "n", 1, Bound);

        (await engine.Client.GetInstanceAsync("nobody", Bound)).ShouldBeNull();
        (await engine.BlobsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task RaiseEventAsync_WhenTheInstanceHasEnded_Throws()
    {
        await using var engine = await new TestEngine(azurite)
            .Orchestrator("Main", _ => Task.FromResult<object?>(null))
            .StartAsync();
        var end = await engine.RunAsync("Main");

        await Should.ThrowAsync<InvalidOperationException>(() => engine.Client.RaiseEventAsync(end.InstanceId, "n", 1, Bound));
    }

    [Fact]
    public async Task RaiseEventAsync_WhenTheInstanceIsJustEnding_IsAnsweredOneWayOrTheOther()
    {
        await using var engine = await new TestEngine(azurite)
            .Orchestrator("Main", async context => await context.WaitForExternalEvent<int>("go"))
            .StartAsync();
        var (taken, refused) = (0, 0);

        await Parallel.ForEachAsync(Enumerable.Range(0, 30), Bound, async (_, cancellation) =>
        {
            var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Main", cancellation);
            var raised = Enumerable.Range(0, 3).Select(n => engine.Client.RaiseEventAsync(id, "go", n, cancellation)).ToList();
            foreach (var one in raised)
            {
                if (await Record.ExceptionAsync(() => one) is { } exception)
                {
                    exception.ShouldBeOfType<InvalidOperationException>();
                    Interlocked.Increment(ref refused);
                }
                else
                {
                    Interlocked.Increment(ref taken);
                }
            }

            (await engine.EndOfAsync(id)).ReadOutputAs<int>().ShouldBe(0);
        });

        taken.ShouldBeGreaterThanOrEqualTo(30);
        (taken + refused).ShouldBe(90);
    }

    private sealed class Counted
    {
        public int Count { get; set; }
    }
}
