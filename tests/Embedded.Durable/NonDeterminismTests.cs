using Holdfast.Embedded.Durable.Tests.Harness;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Shouldly;
using Xunit;

namespace Holdfast.Embedded.Durable.Tests;

/// <summary>An orchestrator that does not do the same on each replay fails its instance, and says where.</summary>
public sealed class NonDeterminismTests(Azurite azurite)
{
    private static CancellationToken Bound => TestEngine.Bound(60);

    [Fact]
    public async Task Run_WhenTheCodeBranchesOnTheWallClock_Fails()
    {
        var time = new DrivenTime();
        await using var engine = await Activities(new TestEngine(azurite, time: time)
            .Orchestrator("Main", async context =>
            {
                // What must not be done: another clock than the context's decides.
                var isFirstMinute = time.GetUtcNow().Minute == 4;
                await context.CallActivityAsync(isFirstMinute ? "A" : "B");
                await context.WaitForExternalEvent<string>("go");
                return null;
            })).StartAsync();
        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Main", Bound);
        await Eventually.TrueAsync(async () => (await engine.Hub.ReadAsync((await engine.Hub.FindAsync(id, Bound))!, Bound))!.Tasks.Count == 0);

        time.Advance(TimeSpan.FromMinutes(1));
        await engine.Client.RaiseEventAsync(id, "go", "", Bound);

        ShouldBeNonDeterministic(await engine.EndOfAsync(id), "activity #0 'A'", "activity #0 'B'");
    }

    [Fact]
    public async Task Run_WhenAnotherTimerIsAskedFor_Fails()
    {
        var time = new DrivenTime();
        await using var engine = await new TestEngine(azurite, time: time)
            .Orchestrator("Main", async context =>
            {
                var timer = context.CreateTimer(time.GetUtcNow().UtcDateTime.AddHours(1), CancellationToken.None);
                await Task.WhenAny(timer, context.WaitForExternalEvent<string>("go"));
                return null;
            })
            .StartAsync();
        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Main", Bound);
        await engine.Client.WaitForInstanceStartAsync(id, Bound);

        time.Advance(TimeSpan.FromSeconds(1));
        await engine.Client.RaiseEventAsync(id, "go", "", Bound);

        ShouldBeNonDeterministic(await engine.EndOfAsync(id), "timer #0");
    }

    [Theory]
    [InlineData("another activity", "activity #0 'A'", "activity #0 'B'")]
    [InlineData("another kind", "activity #0 'A'", "timer #0")]
    [InlineData("one more", "activity #1 'B'", "nothing of it")]
    [InlineData("one less", "activity #0 'A'", "asked for nothing")]
    [InlineData("other order", "activity #0 'A'", "event #0")]
    [InlineData("ends earlier", "has ended here", "the history goes on")]
    public async Task Run_WhenTheCodeChangesUnderARunningInstance_FailsAfterTheRestart(string change, string expected, string found)
    {
        await using var before = await Activities(new TestEngine(azurite).Orchestrator("Main", async context =>
        {
            await context.CallActivityAsync("A");
            context.SetCustomStatus("past A");
            await context.WaitForExternalEvent<string>("go");
            return null;
        })).StartAsync();
        var id = await before.Client.ScheduleNewOrchestrationInstanceAsync("Main", Bound);
        await Eventually.TrueAsync(async () => await before.CustomStatusOfAsync(id) is not null);
        await before.DisposeAsync();

        await using var after = await Activities(new TestEngine(azurite, before.HubName).Orchestrator("Main", async context =>
        {
            switch (change)
            {
                case "another activity": await context.CallActivityAsync("B"); break;
                case "another kind": await context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None); break;
                case "one more": await Task.WhenAll(context.CallActivityAsync("A"), context.CallActivityAsync("B")); break;
                case "other order":
                    context.SendEvent("somebody", "news", 1);
                    await context.CallActivityAsync("A");
                    break;
                case "ends earlier": return await context.CallActivityAsync<object?>("A");
                default: break;
            }

            await context.WaitForExternalEvent<string>("go");
            return null;
        })).StartAsync();
        await after.Client.RaiseEventAsync(id, "go", "", Bound);

        ShouldBeNonDeterministic(await after.EndOfAsync(id), expected, found);
    }

    [Theory]
    [InlineData("delay")]
    [InlineData("delay beside a timer")]
    [InlineData("run")]
    [InlineData("no context")]
    [InlineData("durable without context")]
    [InlineData("thread")]
    [InlineData("never")]
    public async Task Run_WhenSomethingNotDurableIsAwaited_Fails(string what)
    {
        await using var engine = await Activities(new TestEngine(azurite).Orchestrator("Main", async context =>
        {
            switch (what)
            {
                case "delay": await Task.Delay(20); break;
                case "delay beside a timer":
                    var timer = context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None);
                    await Task.WhenAny(timer, Task.Delay(20));
                    break;
                case "run": await Task.Run(static async () => await Task.Delay(1)); break;
                case "no context":
                    var other = context.WaitForExternalEvent<string>("never");
                    await Task.Delay(20).ConfigureAwait(false);
                    await context.CallActivityAsync("A");
                    break;
                case "durable without context":
                    await context.CallActivityAsync("A").ConfigureAwait(false);
                    await context.CallActivityAsync("B");
                    break;
                case "thread":
                    using (var done = new ManualResetEventSlim())
                    {
                        Exception? refused = null;
                        new Thread(() =>
                        {
                            refused = Record.Exception(() => { _ = context.CallActivityAsync("A"); });
                            done.Set();
                        }).Start();
                        done.Wait();
                        refused.ShouldBeOfType<InvalidOperationException>();
                    }

                    break;
                default: await new TaskCompletionSource().Task; break;
            }

            return "got through";
        })).StartAsync();

        var end = await engine.RunAsync("Main");

        end.RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Failed);
        end.FailureDetails!.ErrorMessage.ShouldContain("not durable");
    }

    [Fact]
    public async Task Run_WhenDurableTasksAreAwaitedInManyWays_GoesOn()
    {
        await using var engine = await Activities(new TestEngine(azurite).Orchestrator("Main", async context =>
        {
            await context.CallActivityAsync("A");
            await Task.Yield();
            await await Task.WhenAny(context.CallActivityAsync("A"), context.CallActivityAsync("B"));
            await HelpAsync(context);
            return "ok";
        })).StartAsync();

        (await engine.RunAsync("Main")).ReadOutputAs<string>().ShouldBe("ok");
    }

    private static async ValueTask HelpAsync(TaskOrchestrationContext context) =>
        await Task.WhenAll(context.CallActivityAsync("A"), context.CallActivityAsync("B"));

    private static TestEngine Activities(TestEngine engine) => engine.Activity<string?>("A", _ => "a").Activity<string?>("B", _ => "b");

    private static void ShouldBeNonDeterministic(OrchestrationMetadata end, params string[] parts)
    {
        end.RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Failed);
        end.FailureDetails!.ErrorType.ShouldContain("NonDeterministic");
        end.FailureDetails.ErrorMessage.ShouldStartWith("NonDeterministic orchestrator 'Main', at history event ");
        foreach (var part in parts)
        {
            end.FailureDetails.ErrorMessage.ShouldContain(part);
        }
    }
}
