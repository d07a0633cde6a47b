using System.Diagnostics;
using Holdfast.Tests.Support;
using Shouldly;
using Xunit;

namespace Holdfast.LocalHost.Tests;

/// <summary>Ends of the two processes, in every order: work is run again, nothing is left behind.</summary>
public sealed class ProcessEndTests(SharedAzurite azurite)
{
    [Fact]
    public async Task Worker_WhenKilledInAnActivity_IsStartedAgainAndTheActivityRunsAgain()
    {
        await using var app = await ServedApp.StartAsync(await azurite.GetAsync());
        await app.StartAsync("Holding", "killed");
        await app.TrailedAsync("killed", trail => trail.Count == 1);
        var first = app.WorkerId;

        Process.GetProcessById(first).Kill();
        await Eventually.BecomesTrueAsync(() => app.WorkerIds.Count == 2, ServedApp.Soon, "another worker");
        app.Open("killed-open");

        var (status, output) = await app.EndOfAsync("killed");
        (status, ManagementCalls.Json(output).GetProperty("At").GetString()).ShouldBe(("Completed", "2026-01-02T03:04:05.1200Z"));
        ShouldHaveRunAgain(app.Trail("killed"));
        (await app.SendAsync(HttpMethod.Get, "api/ping")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Worker_WhenItCrashesInARequest_AnswersWithAProblemAndServesTheNextRequest()
    {
        await using var app = await ServedApp.StartAsync(await azurite.GetAsync());

        (await app.SendAsync(HttpMethod.Post, "api/crash")).Status.ShouldBe(503);

        // The next caller waits for the new worker, or is asked to come again.
        await Eventually.BecomesTrueAsync(
            async () => (await app.SendAsync(HttpMethod.Get, "api/ping")).Status == 200, ServedApp.Soon, "an answer");
        app.Host.Lines.ShouldContain(line => line.Contains("told to crash", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Worker_WhenItEndsAgainAndAgain_EndsTheHostWithItsLastLines()
    {
        await using var app = await ServedApp.StartAsync(await azurite.GetAsync());
        var crashing = Task.Run(async () =>
        {
            while (!app.Host.HasExited)
            {
                try
                {
                    await app.SendAsync(HttpMethod.Post, "api/crash");
                }
                catch (HttpRequestException)
                {
                    // The host has ended.
                }
            }
        });

        (await app.Host.WaitForExitAsync(ServedApp.Soon)).ShouldBe(1);

        await crashing;
        app.WorkerIds.Count.ShouldBe(5);
        app.Host.Lines.ShouldContain(line => line.StartsWith("The worker has ended 5 times within a minute", StringComparison.Ordinal));
        app.Host.Lines[^1].ShouldNotBeNullOrWhiteSpace();
    }

    /// <summary>A worker's port is free when it chooses it, not always when it listens there.</summary>
    [Fact]
    public async Task Worker_WhenItsPortIsTaken_IsStartedAgain()
    {
        var marker = Path.Combine(Directory.CreateTempSubdirectory("holdfast-port-").FullName, "taken");

        await using var app = await ServedApp.StartAsync(
            await azurite.GetAsync(), settings: new Dictionary<string, string?> { ["PORT_TAKEN_ONCE"] = marker });

        app.WorkerIds.Count.ShouldBe(2);
        app.Host.Lines.ShouldContain(line => line.Contains("address already in use", StringComparison.Ordinal));
        (await app.SendAsync(HttpMethod.Get, "api/ping")).Status.ShouldBe(200);
        Directory.Delete(Path.GetDirectoryName(marker)!, recursive: true);
    }

    [Fact]
    public async Task Host_WhenKilled_TakesTheWorkerWithItAndTheNextHostGoesOn()
    {
        await using var app = await ServedApp.StartAsync(await azurite.GetAsync());
        await app.StartAsync("Holding", "orphaned");
        await app.TrailedAsync("orphaned", trail => trail.Count == 1);
        var worker = app.WorkerId;

        app.Host.Kill();
        await Eventually.BecomesTrueAsync(() => !IsRunning(worker), TimeSpan.FromSeconds(15), "the worker's end");
        await app.RestartAsync();
        app.Open("orphaned-open");

        (await app.EndOfAsync("orphaned")).Status.ShouldBe("Completed");
        ShouldHaveRunAgain(app.Trail("orphaned"));
    }

    [Fact]
    public async Task Host_WhenTerminatedInAnActivity_TellsTheActivityAndEndsInOrderWithinItsBound()
    {
        await using var app = await ServedApp.StartAsync(await azurite.GetAsync());
        await app.StartAsync("Holding", "drained");
        await app.TrailedAsync("drained", trail => trail.Count == 1);
        var worker = app.WorkerId;

        app.Host.Terminate();

        (await app.Host.WaitForExitAsync(TimeSpan.FromSeconds(15))).ShouldBe(0);
        IsRunning(worker).ShouldBeFalse();
        app.Trail("drained").ShouldBe(["begun", "cancelled"]);
        await app.RestartAsync();
        app.Open("drained-open");
        (await app.EndOfAsync("drained")).Status.ShouldBe("Completed");
    }

    /// <summary>As by Ctrl-C, which reaches the store as well.</summary>
    [Fact]
    public async Task Host_WhenTerminatedAfterItsStore_EndsWithinItsBound()
    {
        await using var store = await Azurite.StartAsync();
        await using var app = await ServedApp.StartAsync(store);
        store.Process.Kill();

        app.Host.Terminate();

        (await app.Host.WaitForExitAsync(TimeSpan.FromSeconds(30))).ShouldBe(0);
        IsRunning(app.WorkerId).ShouldBeFalse();
    }

    /// <summary>At least once more: on a busy machine the engine may give it out again before it hears of the second.</summary>
    private static void ShouldHaveRunAgain(IReadOnlyList<string> trail)
    {
        trail.Take(2).ShouldBe(["begun", "begun"]);
        trail.ShouldContain("done");
    }

    private static bool IsRunning(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
