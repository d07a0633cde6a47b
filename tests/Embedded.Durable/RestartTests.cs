using Azure.Core;
using Holdfast.Embedded.Durable.Tests.Harness;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Shouldly;
using Xunit;

namespace Holdfast.Embedded.Durable.Tests;

/// <summary>An engine is killed (no farewell, requests cut) and another one takes over the same hub.</summary>
public sealed class RestartTests(Azurite azurite)
{
    private static CancellationToken Bound => TestEngine.Bound(60);

    [Fact]
    public async Task Restart_WhenAnActivityWasRunning_RunsItAgainAndGoesOn()
    {
        var (runs, begun) = (0, new TaskCompletionSource());
        TestEngine Life(string? hub, bool answers) => new TestEngine(azurite, hub)
            .Orchestrator("Main", async context =>
            {
                var first = await context.CallActivityAsync<string>("Quick");
                return first + await context.CallActivityAsync<string>("Slow");
            })
            .Activity<string?>("Quick", _ => "quick ")
            .Activity<string?>("Slow", async (_, cancellationToken) =>
            {
                Interlocked.Increment(ref runs);
                begun.TrySetResult();
                await Task.Delay(answers ? TimeSpan.Zero : Timeout.InfiniteTimeSpan, cancellationToken);
                return "slow";
            });
        await using var before = await Life(null, answers: false).StartAsync();
        var id = await before.Client.ScheduleNewOrchestrationInstanceAsync("Main", Bound);
        await begun.Task.WaitAsync(Bound);
        await before.DisposeAsync();

        await using var after = await Life(before.HubName, answers: true).StartAsync();

        (await after.EndOfAsync(id)).ReadOutputAs<string>().ShouldBe("quick slow");
        runs.ShouldBe(2);
    }

    [Fact]
    public async Task Restart_WhenATimerWasArmed_FiresItAtItsTimeAndAPastOneAtOnce()
    {
        var time = new DrivenTime();
        TestEngine Life(string? hub) => new TestEngine(azurite, hub, time).Orchestrator("Main", async context =>
        {
            await context.CreateTimer(TimeSpan.FromHours(context.GetInput<int>()), CancellationToken.None);
            return context.CurrentUtcDateTime;
        });
        await using var before = await Life(null).StartAsync();
        var createdAt = time.GetUtcNow().UtcDateTime;
        var past = await before.Client.ScheduleNewOrchestrationInstanceAsync("Main", 1, Bound);
        var coming = await before.Client.ScheduleNewOrchestrationInstanceAsync("Main", 3, Bound);
        await Eventually.TrueAsync(() => time.Waiting == 2);
        await before.DisposeAsync();
        time.Advance(TimeSpan.FromHours(2));

        await using var after = await Life(before.HubName).StartAsync();

        (await after.EndOfAsync(past)).ReadOutputAs<DateTime>().ShouldBe(createdAt.AddHours(2));
        (await after.StatusOfAsync(coming)).ShouldBe(OrchestrationRuntimeStatus.Running);
        await Eventually.TrueAsync(() => time.Next == createdAt.AddHours(3));
        time.Advance(TimeSpan.FromHours(1));
        (await after.EndOfAsync(coming)).ReadOutputAs<DateTime>().ShouldBe(createdAt.AddHours(3));
    }

    [Fact]
    public async Task Restart_WhenSuspended_StaysSoWithItsEvents()
    {
        await using var before = await Waiting(null).StartAsync();
        await before.Client.ScheduleNewOrchestrationInstanceAsync("Waits", new StartOrchestrationOptions("s"), Bound);
        await before.Client.WaitForInstanceStartAsync("s", Bound);
        await before.Client.SuspendInstanceAsync("s", "pause", Bound);
        await before.Client.RaiseEventAsync("s", "go", "kept", Bound);
        await before.DisposeAsync();

        await using var after = await Waiting(before.HubName).StartAsync();

        (await after.StatusOfAsync("s")).ShouldBe(OrchestrationRuntimeStatus.Suspended);
        await after.Client.ResumeInstanceAsync("s", Bound);
        (await after.EndOfAsync("s")).ReadOutputAs<string>().ShouldBe("kept");
    }

    [Fact]
    public async Task Restart_WhenTheStartWasOnlyRecorded_StartsIt()
    {
        // The first engine dies between the creation, which its caller was told of, and the first step.
        await using var before = await Waiting(null).StartAsync();
        before.Tap.Cuts = static request => request.Uri.Query.Contains("appendblock", StringComparison.Ordinal);
        await before.Client.ScheduleNewOrchestrationInstanceAsync("Waits", new StartOrchestrationOptions("p"), Bound);
        await before.DisposeAsync();

        await using var after = await Waiting(before.HubName).StartAsync();
        await after.Client.RaiseEventAsync("p", "go", "started", Bound);

        (await after.EndOfAsync("p")).ReadOutputAs<string>().ShouldBe("started");
    }

    [Fact]
    public async Task Restart_WhenEventsWereRaised_FindsEachThatWasConfirmed()
    {
        await using var before = await Summing(null).StartAsync();
        await before.Client.ScheduleNewOrchestrationInstanceAsync("Sums", new StartOrchestrationOptions("e"), Bound);
        for (var n = 1; n <= 5; n++)
        {
            await before.Client.RaiseEventAsync("e", "n", n, Bound);
        }

        await before.DisposeAsync();
        await using var after = await Summing(before.HubName).StartAsync();
        await after.Client.RaiseEventAsync("e", "n", 6, Bound);

        (await after.EndOfAsync("e")).ReadOutputAs<int>().ShouldBe(21);
    }

    [Fact]
    public async Task Restart_WhenAChildWasRunning_ItsParentGetsTheAnswer()
    {
        TestEngine Life(string? hub) => new TestEngine(azurite, hub)
            .Orchestrator("Main", async context => "child said " + await context.CallSubOrchestratorAsync<string>(
                "Waits", options: new TaskOptions().WithInstanceId("c")))
            .Orchestrator("Waits", async context => await context.WaitForExternalEvent<string>("go"));
        await using var before = await Life(null).StartAsync();
        await before.Client.ScheduleNewOrchestrationInstanceAsync("Main", new StartOrchestrationOptions("p"), Bound);
        await before.Client.WaitForInstanceStartAsync("c", Bound);
        await before.DisposeAsync();

        await using var after = await Life(before.HubName).StartAsync();
        await after.Client.RaiseEventAsync("c", "go", "yes", Bound);

        (await after.EndOfAsync("p")).ReadOutputAs<string>().ShouldBe("child said yes");
    }

    [Fact]
    public async Task Restart_WhenAChildHadEndedUnheard_ItsParentGetsTheAnswer()
    {
        TestEngine Life(string? hub) => new TestEngine(azurite, hub)
            .Orchestrator("Main", async context => "child said " + await context.CallSubOrchestratorAsync<string>(
                "Waits", options: new TaskOptions().WithInstanceId("c")))
            .Orchestrator("Waits", async context => await context.WaitForExternalEvent<string>("go"));
        await using var before = await Life(null).StartAsync();
        await before.Client.ScheduleNewOrchestrationInstanceAsync("Main", new StartOrchestrationOptions("p"), Bound);
        await before.Client.WaitForInstanceStartAsync("c", Bound);
        var parentBlob = (await before.Hub.FindAsync("p", Bound))!.Blob.Path;
        before.Tap.Cuts = request => request.Uri.Path.Contains(parentBlob, StringComparison.Ordinal);
        await before.Client.RaiseEventAsync("c", "go", "yes", Bound);
        await before.EndOfAsync("c");
        await before.DisposeAsync();

        await using var after = await Life(before.HubName).StartAsync();

        (await after.EndOfAsync("p")).ReadOutputAs<string>().ShouldBe("child said yes");
    }

    [Fact]
    public async Task Restart_WhenAnEventWasSentButNotDelivered_SendsItAgain()
    {
        TestEngine Life(string? hub) => new TestEngine(azurite, hub)
            .Orchestrator("Receives", async context => await context.WaitForExternalEvent<string>("news"))
            .Orchestrator("Sends", async context =>
            {
                await context.WaitForExternalEvent<string>("go");
                context.SendEvent("receiver", "news", "sent twice");
                await context.WaitForExternalEvent<string>("stop");
                return null;
            });
        await using var before = await Life(null).StartAsync();
        await before.Client.ScheduleNewOrchestrationInstanceAsync("Receives", new StartOrchestrationOptions("receiver"), Bound);
        await before.Client.ScheduleNewOrchestrationInstanceAsync("Sends", new StartOrchestrationOptions("sender"), Bound);
        await before.Client.WaitForInstanceStartAsync("receiver", Bound);
        var receiver = (await before.Hub.FindAsync("receiver", Bound))!.Blob.Path;
        before.Tap.Cuts = request => request.Uri.Path.Contains(receiver, StringComparison.Ordinal);
        await before.Client.RaiseEventAsync("sender", "go", "", Bound);
        await before.DisposeAsync();

        await using var after = await Life(before.HubName).StartAsync();

        (await after.EndOfAsync("receiver")).ReadOutputAs<string>().ShouldBe("sent twice");
    }

    [Theory]
    [InlineData("creation of the next")]
    [InlineData("first step of the next")]
    [InlineData("removal of the old")]
    public async Task Restart_WhenKilledWhileContinuingAsNew_CarriesOn(string killedAt)
    {
        TestEngine Life(string? hub) => new TestEngine(azurite, hub).Orchestrator("Main", async context =>
        {
            if (context.GetInput<string>() is not { } input)
            {
                await context.WaitForExternalEvent<string>("go");
                context.ContinueAsNew("again");
                return null;
            }

            return input + " " + await context.WaitForExternalEvent<string>("kept");
        });
        await using var before = await Life(null).StartAsync();
        var id = await before.Client.ScheduleNewOrchestrationInstanceAsync("Main", Bound);
        await before.Client.RaiseEventAsync(id, "kept", "event", Bound);
        await Eventually.TrueAsync(async () => await before.StatusOfAsync(id) == OrchestrationRuntimeStatus.Running);
        var cut = new TaskCompletionSource();
        before.Tap.Cuts = request =>
        {
            var isNext = request.Uri.Path.EndsWith("00000002.jsonl", StringComparison.Ordinal);
            var isHit = killedAt switch
            {
                "creation of the next" => isNext,
                "first step of the next" => isNext && request.Uri.Query.Contains("appendblock", StringComparison.Ordinal),
                _ => request.Method == RequestMethod.Delete,
            };
            if (isHit)
            {
                cut.TrySetResult();
            }

            return isHit;
        };
        await before.Client.RaiseEventAsync(id, "go", "", Bound);
        await cut.Task.WaitAsync(Bound);
        await before.DisposeAsync();

        await using var after = await Life(before.HubName).StartAsync();

        (await after.EndOfAsync(id)).ReadOutputAs<string>().ShouldBe("again event");
        await Eventually.TrueAsync(async () => (await after.BlobsAsync()).Count == 1);
    }

    [Fact]
    public async Task Restart_WhenTheEndWasNotMarked_KnowsItAndMarksIt()
    {
        await using var before = await Waiting(null).StartAsync();
        before.Tap.Cuts = static request => request.Uri.Query.Contains("comp=metadata", StringComparison.Ordinal);
        await before.Client.ScheduleNewOrchestrationInstanceAsync("Waits", "in", new StartOrchestrationOptions("m"), Bound);
        await before.Client.RaiseEventAsync("m", "go", "out", Bound);
        await before.EndOfAsync("m");
        await before.DisposeAsync();

        await using var after = await Waiting(before.HubName).StartAsync();
        (await after.EndOfAsync("m")).ReadOutputAs<string>().ShouldBe("out");
        await Eventually.TrueAsync(async () =>
        {
            await using var later = await Waiting(before.HubName).StartAsync();
            return later.Tap.Calls == 2;
        });

        await using var last = await Waiting(before.HubName).StartAsync();
        var found = (await last.Client.GetInstanceAsync("m", getInputsAndOutputs: true, Bound))!;
        (found.ReadInputAs<string>(), found.ReadOutputAs<string>()).ShouldBe(("in", "out"));
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
