using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Entities;

namespace Holdfast.LocalHost.App;

public sealed class Orchestrations(Trail trail)
{
    private static int _executions;

    /// <summary>Starts an orchestration by the client that the host binds.</summary>
    [Function("Start")]
    public static async Task<IResult> StartAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "start/{name}/{instance}")] HttpRequest request,
        string name,
        string instance,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken)
    {
        await client.ScheduleNewOrchestrationInstanceAsync(name, instance, new StartOrchestrationOptions(instance), cancellationToken);
        return Results.Json(client.CreateHttpManagementPayload(instance));
    }

    /// <summary>Waits in an activity for what a test opens.</summary>
    [Function("Holding")]
    public static Task<Held> HoldingAsync([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.CallActivityAsync<Held>("Hold", context.GetInput<string>());

    [Function("Hold")]
    public async Task<Held> HoldAsync([ActivityTrigger] string name, FunctionContext context)
    {
        trail.Leave(name, "begun");
        using var cancelled = context.CancellationToken.Register(() => trail.Leave(name, "cancelled"));
        await trail.OpenedAsync($"{name}-open", context.CancellationToken);
        trail.Leave(name, "done");
        return new Held("2026-01-02T03:04:05.1200Z");
    }

    [Function("Waiting")]
    public static async Task<string> WaitingAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        context.SetCustomStatus(new { phase = "waiting" });
        return await context.WaitForExternalEvent<string>("go");
    }

    [Function("Sleeping")]
    public static async Task<string> SleepingAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var before = context.CurrentUtcDateTime;
        await context.CreateTimer(TimeSpan.FromSeconds(2), CancellationToken.None);
        // The store hides messages for whole seconds: a timer may come by up to one too early, here and in Azure.
        return context.CurrentUtcDateTime - before >= TimeSpan.FromSeconds(1)
            ? "slept"
            : $"woken after {context.CurrentUtcDateTime - before}";
    }

    /// <summary>Another activity at each replay.</summary>
    [Function("Erratic")]
    public static async Task<string> ErraticAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        await context.CallActivityAsync(Interlocked.Increment(ref _executions) % 2 == 1 ? "Say" : "Fail", "x");
        return await context.CallActivityAsync<string>("Say", "y");
    }

    [Function("Catching")]
    public static async Task<string> CatchingAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        try
        {
            return await context.CallActivityAsync<string>("Fail", "on purpose");
        }
        catch (TaskFailedException fault)
        {
            return $"{fault.FailureDetails.ErrorType}: {fault.FailureDetails.ErrorMessage}";
        }
    }

    [Function("Counting")]
    public static async Task<int> CountingAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var counter = new EntityInstanceId("Counter", context.InstanceId);
        await context.Entities.CallEntityAsync(counter, "add", 2);
        await context.Entities.CallEntityAsync(counter, "add", 3);
        return await context.Entities.CallEntityAsync<int>(counter, "get");
    }

    [Function("Counter")]
    public static Task CounterAsync([EntityTrigger] TaskEntityDispatcher dispatcher) => dispatcher.DispatchAsync<Counter>();

    [Function("Say")]
    public static string Say([ActivityTrigger] string text) => text;

    [Function("Fail")]
    public static string Fail([ActivityTrigger] string text) => throw new InvalidOperationException($"failed {text}");

    /// <param name="At">Looks like a date, and has to come back as it was written.</param>
    public sealed record Held(string At);

    public sealed class Counter : TaskEntity<int>
    {
        public void Add(int amount) => State += amount;

        public int Get() => State;
    }
}
