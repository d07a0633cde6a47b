using DurableTask.Core.Exceptions;
using Holdfast.Embedded.Durable.Tests.Harness;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Shouldly;
using Xunit;

namespace Holdfast.Embedded.Durable.Tests;

public sealed class LifecycleTests(Azurite azurite)
{
    private static CancellationToken Bound => TestEngine.Bound(60);

    [Fact]
    public async Task ScheduleNew_WhenTheIdRuns_Throws()
    {
        await using var engine = await Waiting().StartAsync();
        await ScheduleAsync(engine, "one");

        await Should.ThrowAsync<OrchestrationAlreadyExistsException>(() => ScheduleAsync(engine, "one"));
    }

    [Fact]
    public async Task ScheduleNew_WhenTheIdHasEnded_ReplacesItAndKeepsOneBlob()
    {
        await using var engine = await Waiting().StartAsync();
        for (var round = 0; round < 4; round++)
        {
            await ScheduleAsync(engine, "one");
            await engine.Client.RaiseEventAsync("one", "go", $"round {round}", Bound);
            (await engine.EndOfAsync("one")).ReadOutputAs<string>().ShouldBe($"round {round}");
        }

        await Eventually.TrueAsync(async () => (await engine.BlobsAsync()).Count == 1);
    }

    [Fact]
    public async Task ScheduleNew_WhenEndedStatesAreDeduped_Throws()
    {
        await using var engine = await Waiting().StartAsync();
        await ScheduleAsync(engine, "one");
        await engine.Client.TerminateInstanceAsync("one", Bound);
        var options = new StartOrchestrationOptions("one") { DedupeStatuses = ["Terminated"] };

        await Should.ThrowAsync<OrchestrationAlreadyExistsException>(() =>
            engine.Client.ScheduleNewOrchestrationInstanceAsync("Waits", options, Bound));
    }

    [Theory]
    [InlineData("@entity")]
    [InlineData("a/b")]
    [InlineData("a#b")]
    public async Task ScheduleNew_WhenTheIdIsInvalid_Throws(string id)
    {
        await using var engine = await Waiting().StartAsync();

        await Should.ThrowAsync<ArgumentException>(() => ScheduleAsync(engine, id));
    }

    [Fact]
    public async Task ScheduleNew_WhenThereIsNoSuchOrchestrator_Throws()
    {
        await using var engine = await Waiting().StartAsync();

        await Should.ThrowAsync<ArgumentException>(() => engine.Client.ScheduleNewOrchestrationInstanceAsync("Nowhere", Bound));
    }

    [Fact]
    public async Task ScheduleNew_WhenItStartsLater_IsPendingUntilThenAndKeepsItsEvents()
    {
        var time = new DrivenTime();
        await using var engine = await Waiting(time).StartAsync();
        var options = new StartOrchestrationOptions("later", time.GetUtcNow().AddHours(1));
        await engine.Client.ScheduleNewOrchestrationInstanceAsync("Waits", options, Bound);
        await engine.Client.RaiseEventAsync("later", "go", "early bird", Bound);

        (await engine.StatusOfAsync("later")).ShouldBe(OrchestrationRuntimeStatus.Pending);
        await Eventually.TrueAsync(() => time.Waiting == 1);
        time.Advance(TimeSpan.FromHours(1));

        (await engine.EndOfAsync("later")).ReadOutputAs<string>().ShouldBe("early bird");
    }

    [Fact]
    public async Task ScheduleNew_WhenTheInputIsLarge_KeepsIt()
    {
        var text = new string('x', 200_000);
        await using var engine = await new TestEngine(azurite)
            .Orchestrator("Echo", context => Task.FromResult<object?>(context.GetInput<string>()))
            .StartAsync();

        (await engine.RunAsync("Echo", text)).ReadOutputAs<string>().ShouldBe(text);
    }

    [Fact]
    public async Task TerminateInstanceAsync_WhenAnActivityRuns_EndsAtOnceAndIgnoresItsAnswer()
    {
        var (begun, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var engine = await new TestEngine(azurite)
            .Orchestrator("Main", context => context.CallActivityAsync<object?>("Slow")!)
            .Activity<string?>("Slow", async (_, _) =>
            {
                begun.SetResult();
                await gate.Task;
                return "too late";
            })
            .StartAsync();
        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Main", Bound);
        await begun.Task.WaitAsync(Bound);

        await engine.Client.TerminateInstanceAsync(id, "operator", Bound);

        var end = await engine.EndOfAsync(id);
        end.RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Terminated);
        gate.SetResult();
        await Should.ThrowAsync<InvalidOperationException>(() => engine.Client.TerminateInstanceAsync(id, "again", Bound));
        (await engine.EndOfAsync(id)).ReadOutputAs<string>().ShouldBe("operator");
        await Should.ThrowAsync<ArgumentException>(() => engine.Client.TerminateInstanceAsync("nobody", Bound));
    }

    [Fact]
    public async Task SuspendInstanceAsync_WhenAnswersAndEventsCome_KeepsThemUntilResumed()
    {
        var gate = new TaskCompletionSource();
        await using var engine = await new TestEngine(azurite)
            .Orchestrator("Main", async context =>
            {
                var answer = await context.CallActivityAsync<int>("Slow");
                context.SetCustomStatus("answered");
                return answer + await context.WaitForExternalEvent<int>("n");
            })
            .Activity<string?>("Slow", async (_, _) =>
            {
                await gate.Task;
                return 40;
            })
            .StartAsync();
        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Main", Bound);
        await engine.Client.WaitForInstanceStartAsync(id, Bound);
        await engine.Client.SuspendInstanceAsync(id, "wait", Bound);
        gate.SetResult();
        await engine.Client.RaiseEventAsync(id, "n", 2, Bound);

        (await engine.StatusOfAsync(id)).ShouldBe(OrchestrationRuntimeStatus.Suspended);
        (await engine.CustomStatusOfAsync(id)).ShouldBeNull();
        await Should.ThrowAsync<InvalidOperationException>(() => engine.Client.SuspendInstanceAsync(id, Bound));
        await engine.Client.ResumeInstanceAsync(id, "go on", Bound);

        (await engine.EndOfAsync(id)).ReadOutputAs<int>().ShouldBe(42);
    }

    [Fact]
    public async Task PurgeAllInstancesAsync_WhenFiltered_TakesOnlyEndedOnesThatMatch()
    {
        await using var engine = await Waiting().StartAsync();
        foreach (var id in new[] { "a", "b", "c" })
        {
            await ScheduleAsync(engine, id);
        }

        await engine.Client.TerminateInstanceAsync("a", Bound);
        await engine.Client.RaiseEventAsync("b", "go", "x", Bound);
        await engine.EndOfAsync("b");

        (await engine.Client.PurgeInstanceAsync("c", Bound)).PurgedInstanceCount.ShouldBe(0);
        var filter = new PurgeInstancesFilter(Statuses: [OrchestrationRuntimeStatus.Terminated]);
        (await engine.Client.PurgeAllInstancesAsync(filter, Bound)).PurgedInstanceCount.ShouldBe(1);
        (await engine.Client.PurgeAllInstancesAsync(new PurgeInstancesFilter(), Bound)).PurgedInstanceCount.ShouldBe(1);
        (await engine.StatusOfAsync("a")).ShouldBeNull();
        (await engine.StatusOfAsync("c")).ShouldBe(OrchestrationRuntimeStatus.Running);
        (await engine.BlobsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task GetAllInstancesAsync_WhenPaged_GoesThroughAllThatMatch()
    {
        await using var engine = await Waiting().StartAsync();
        foreach (var id in new[] { "x-1", "x-2", "x-3", "x-4", "y-1" })
        {
            await ScheduleAsync(engine, id);
        }

        await engine.Client.RaiseEventAsync("x-2", "go", "out", Bound);
        await engine.EndOfAsync("x-2");
        var query = new OrchestrationQuery(InstanceIdPrefix: "x-", PageSize: 2, FetchInputsAndOutputs: true);
        var pages = new List<int>();
        var found = new List<OrchestrationMetadata>();
        await foreach (var page in engine.Client.GetAllInstancesAsync(query).AsPages())
        {
            pages.Add(page.Values.Count);
            found.AddRange(page.Values);
        }

        pages.ShouldBe([2, 2]);
        found.Select(one => one.InstanceId).ShouldBe(["x-1", "x-2", "x-3", "x-4"]);
        found[1].ReadOutputAs<string>().ShouldBe("out");
        var running = new OrchestrationQuery(Statuses: [OrchestrationRuntimeStatus.Running], CreatedFrom: DateTimeOffset.UtcNow.AddMinutes(-5));
        (await ToListAsync(engine.Client.GetAllInstancesAsync(running))).Count.ShouldBe(4);
        (await ToListAsync(engine.Client.GetAllInstancesAsync(new OrchestrationQuery(CreatedTo: DateTimeOffset.UtcNow.AddMinutes(-5))))).ShouldBeEmpty();
    }

    [Fact]
    public async Task GetInstanceAsync_WhenPayloadsAreNotAskedFor_LeavesThemOut()
    {
        await using var engine = await Waiting().StartAsync();
        await ScheduleAsync(engine, "one");

        var found = (await engine.Client.GetInstanceAsync("one", Bound))!;

        Should.Throw<InvalidOperationException>(() => found.ReadInputAs<string>());
        found.SerializedInput.ShouldBeNull();
    }

    [Fact]
    public async Task WaitForInstanceCompletionAsync_WhenCancelled_Throws()
    {
        await using var engine = await Waiting().StartAsync();
        await ScheduleAsync(engine, "one");
        using var end = new CancellationTokenSource();
        var waiting = engine.Client.WaitForInstanceCompletionAsync("one", end.Token);

        await end.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task WaitForInstanceStartAsync_WhenItDoesNotExistYet_WaitsForIt()
    {
        await using var engine = await Waiting().StartAsync();
        var waiting = engine.Client.WaitForInstanceStartAsync("soon", Bound);

        await ScheduleAsync(engine, "soon");

        (await waiting).RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Running);
    }

    private static async Task<List<OrchestrationMetadata>> ToListAsync(AsyncPageable<OrchestrationMetadata> pageable)
    {
        var list = new List<OrchestrationMetadata>();
        await foreach (var one in pageable)
        {
            list.Add(one);
        }

        return list;
    }

    private static Task<string> ScheduleAsync(TestEngine engine, string id) =>
        engine.Client.ScheduleNewOrchestrationInstanceAsync("Waits", "in", new StartOrchestrationOptions(id), Bound);

    private TestEngine Waiting(TimeProvider? time = null) => new TestEngine(azurite, time: time)
        .Orchestrator("Waits", async context => await context.WaitForExternalEvent<string>("go"));
}
