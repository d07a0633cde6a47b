using Holdfast.Embedded.Durable.Dispatch;
using Holdfast.Embedded.Durable.Tests.Harness;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Holdfast.Embedded.Durable.Tests;

public sealed class HostingTests(Azurite azurite)
{
    private static CancellationToken Bound => TestEngine.Bound(60);

    [Fact]
    public async Task Functions_WhenTheyHaveTheTriggers_RunWithTypedInputsAndTheClient()
    {
        await using var app = await TestApp.StartAsync(azurite, typeof(Functions));
        var id = await app.Client.ScheduleNewOrchestrationInstanceAsync("Adds", new Pair(20, 22), Bound);

        var end = await app.Client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true, Bound);

        end.ReadOutputAs<string>().ShouldBe("42, known as Running");
        end.SerializedInput.ShouldBe("""{"A":20,"B":22}""");
    }

    [Fact]
    public async Task Settings_WhenHostJsonSetsThem_AreTaken()
    {
        await using var app = await TestApp.StartAsync(
            azurite,
            typeof(Functions),
            ("HubSetting", "renamed"),
            ("host:extensions:durableTask:hubName", "%HubSetting%"),
            ("host:extensions:durableTask:maxConcurrentActivityFunctions", "7"),
            ("host:extensions:durableTask:maxConcurrentOrchestratorFunctions", "3"),
            ("host:functionTimeout", "00:10:00"));

        var options = app.Services.GetRequiredService<TaskHub>().Options;

        app.Client.Name.ShouldBe("renamed");
        (options.MaxConcurrentActivities, options.MaxConcurrentOrchestrators).ShouldBe((7, 3));
        options.ActivityTimeout.ShouldBe(TimeSpan.FromMinutes(10));
    }

    [Theory]
    [InlineData("host:extensions:durableTask:maxConcurrentActivityFunctions", "many")]
    [InlineData("host:functionTimeout", "soon")]
    [InlineData("host:extensions:durableTask:hubName", "%Missing%")]
    public async Task Settings_WhenAValueIsWrong_NamesIt(string name, string value)
    {
        var thrown = await Should.ThrowAsync<InvalidOperationException>(() => TestApp.StartAsync(azurite, typeof(Functions), (name, value)));

        thrown.Message.ShouldContain(name.Split(':')[^1]);
    }

    [Fact]
    public async Task Stop_WhenAnActivityRuns_CancelsItAndTheNextStartRunsItAgain()
    {
        Functions.Runs = 0;
        const string Hub = "stopped";
        await using (var before = await TestApp.StartAsync(azurite, typeof(Functions), ("host:extensions:durableTask:hubName", Hub)))
        {
            await before.Client.ScheduleNewOrchestrationInstanceAsync("Long", new StartOrchestrationOptions("long"), Bound);
            await Eventually.TrueAsync(() => Functions.Runs == 1);
        }

        await using var after = await TestApp.StartAsync(azurite, typeof(Functions), ("host:extensions:durableTask:hubName", Hub));
        var end = await after.Client.WaitForInstanceCompletionAsync("long", getInputsAndOutputs: true, Bound);

        end.ReadOutputAs<int>().ShouldBe(2);
    }

    internal sealed record Pair(int A, int B);

    private static class Functions
    {
        public static int Runs { get; set; }

        public static async Task<string> Adds([OrchestrationTrigger] TaskOrchestrationContext context) =>
            await context.CallActivityAsync<string>(nameof(Sum), context.GetInput<Pair>());

        public static async Task<string> Sum([ActivityTrigger] Pair pair, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
        {
            var all = 0;
            var status = "";
            await foreach (var one in client.GetAllInstancesAsync().WithCancellation(cancellationToken))
            {
                all++;
                status = one.RuntimeStatus.ToString();
            }

            return all == 1 ? $"{pair.A + pair.B}, known as {status}" : "more than one";
        }

        public static Task<int> Long([OrchestrationTrigger] TaskOrchestrationContext context) => context.CallActivityAsync<int>(nameof(Work));

        public static async Task<int> Work([ActivityTrigger] string? input, CancellationToken cancellationToken)
        {
            if (++Runs == 1)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            }

            return Runs;
        }
    }
}
