using System.Diagnostics;
using Holdfast.Embedded.Durable.Tests.Harness;
using Microsoft.DurableTask;
using Shouldly;
using Xunit;

namespace Holdfast.Embedded.Durable.Tests;

/// <summary>What an orchestration costs in calls to the store. The calls are asserted; the times are for the reader.</summary>
public sealed class RoundTripTests(Azurite azurite, ITestOutputHelper output)
{
    [Fact]
    public async Task FiveActivities_WhenOneFollowsAnother_CostOneAppendAStepAndTwoMore()
    {
        await using var engine = await new TestEngine(azurite)
            .Orchestrator("Five", async context =>
            {
                for (var n = 0; n < 5; n++)
                {
                    await context.CallActivityAsync("Nothing", n);
                }

                return null;
            })
            .Activity<int>("Nothing", _ => null)
            .StartAsync();
        for (var warm = 0; warm < 50; warm++)
        {
            await engine.RunAsync("Five");
        }

        var ratios = new List<double>();
        for (var round = 0; round < 50; round++)
        {
            // The mark of the last round's end may still be under way: it is no part of what its caller waits for.
            await Eventually.TrueAsync(async () =>
            {
                var calls = engine.Tap.Calls;
                await Task.Delay(10);
                return calls == engine.Tap.Calls;
            });
            engine.Tap.Reset();
            var from = Stopwatch.GetTimestamp();
            var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Five", new StartOrchestrationOptions($"round{round}"), TestEngine.Bound());
            await engine.Client.WaitForInstanceCompletionAsync(id, TestEngine.Bound());
            var wall = Stopwatch.GetElapsedTime(from);
            ratios.Add(wall / engine.Tap.Spent);
            engine.Tap.Calls.ShouldBeInRange(7, 8);
        }

        ratios.Sort();
        output.WriteLine($"wall / own round trips: p50 {ratios[25]:F2}, p90 {ratios[45]:F2}, max {ratios[^1]:F2}");
    }
}
