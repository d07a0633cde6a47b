using System.Text.Json;
using System.Text.Json.Nodes;
using DurableTask.Core.Exceptions;
using Holdfast.Embedded.Durable.Dispatch;
using Microsoft.AspNetCore.Http;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Holdfast.Embedded.Durable.Management;

/// <summary>What one may do: 202 when it is recorded, 404 when there is no such instance, 410 when it has ended.</summary>
internal sealed class ControlRequests(TaskHub hub, DurableTaskClient client)
{
    public async Task<IResult> RaiseAsync(string instanceId, string eventName, HttpContext http)
    {
        if (await RefuseAsync(instanceId, http) is { } refusal)
        {
            return refusal;
        }

        if (!string.Equals(http.Request.ContentType?.Split(';')[0].Trim(), "application/json", StringComparison.OrdinalIgnoreCase))
        {
            return Problem("Only application/json request content is supported");
        }

        var (payload, isJson) = await ReadJsonAsync(http);
        return isJson ? await AskAsync(instanceId, new Message.Raise(eventName, payload), http) : Problem("Invalid JSON content");
    }

    public Task<IResult> TerminateAsync(string instanceId, HttpContext http) => AskAsync(
        instanceId, new Message.Terminate(ManagementQuery.Text(http.Request.Query, "reason"), Recursive: false), http);

    public Task<IResult> SuspendAsync(string instanceId, HttpContext http) =>
        AskAsync(instanceId, new Message.Suspend(ManagementQuery.Text(http.Request.Query, "reason")), http);

    public Task<IResult> ResumeAsync(string instanceId, HttpContext http) =>
        AskAsync(instanceId, new Message.Resume(ManagementQuery.Text(http.Request.Query, "reason")), http);

    public async Task<IResult> PurgeAsync(string instanceId, HttpContext http)
    {
        if (await hub.FindAsync(instanceId, http.RequestAborted) is null)
        {
            return Results.NotFound();
        }

        return Deleted(await hub.PurgeAsync(instanceId, recursive: false, http.RequestAborted));
    }

    public async Task<IResult> PurgeMatchingAsync(HttpContext http)
    {
        var query = http.Request.Query;
        if (ManagementQuery.Time(query, "createdTimeFrom") is not { } from)
        {
            return Results.Json("Please provide value for 'createdTimeFrom' parameter.", statusCode: StatusCodes.Status400BadRequest);
        }

        var to = ManagementQuery.Time(query, "createdTimeTo") ?? hub.Time.GetUtcNow();
        var result = await client.PurgeAllInstancesAsync(
            new PurgeInstancesFilter(from, to, ManagementQuery.Statuses(query)), http.RequestAborted);
        return result.PurgedInstanceCount == 0 ? Results.NotFound() : Deleted(result.PurgedInstanceCount);
    }

    public async Task<IResult> StartAsync(string functionName, string? instanceId, HttpContext http)
    {
        var (input, isJson) = await ReadJsonAsync(http);
        if (!isJson)
        {
            return Problem("Invalid JSON content");
        }

        try
        {
            var options = string.IsNullOrEmpty(instanceId) ? null : new StartOrchestrationOptions(instanceId);
            var id = await client.ScheduleNewOrchestrationInstanceAsync(
                functionName, input is null ? null : JsonNode.Parse(input), options, http.RequestAborted);
            return await AnswerStartAsync(id, http);
        }
        catch (ArgumentException wrong)
        {
            return Problem(wrong.Message);
        }
        catch (OrchestrationAlreadyExistsException exists)
        {
            // The public extension has no case of its own for it.
            return Results.Json(new JsonObject { ["Message"] = exists.Message }, statusCode: StatusCodes.Status500InternalServerError);
        }
    }

    private async Task<IResult> AnswerStartAsync(string instanceId, HttpContext http)
    {
        var query = http.Request.Query;
        if (ManagementQuery.Seconds(query, "timeout") is { } timeout && ManagementQuery.Seconds(query, "pollingInterval") is not null)
        {
            using var late = new CancellationTokenSource(TimeSpan.FromSeconds(timeout), hub.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, http.RequestAborted);
            try
            {
                var ended = await hub.WaitAsync(instanceId, static view => view.IsEnded, either.Token);
                var payloads = await hub.PayloadsAsync(ended, http.RequestAborted);
                return Results.Json(ended.Status == OrchestrationRuntimeStatus.Completed
                    ? StatusPayload.Parsed(payloads?.Output)
                    : StatusPayload.Of(ended, payloads, showInput: true, history: null));
            }
            catch (OperationCanceledException) when (late.IsCancellationRequested)
            {
                // It goes on; the caller polls.
            }
        }

        var links = ManagementLinks.For(http.Request, instanceId);
        http.Response.Headers.Location = (string?)links["statusQueryGetUri"];
        http.Response.Headers.RetryAfter = "10";
        return Results.Json(links, statusCode: StatusCodes.Status202Accepted);
    }

    private async Task<IResult> AskAsync(string instanceId, Message message, HttpContext http) =>
        await hub.AskAsync(instanceId, message, http.RequestAborted) switch
        {
            Reply.Done => Results.StatusCode(StatusCodes.Status202Accepted),
            Reply.NotFound => Results.NotFound(),
            Reply.Ended => Results.StatusCode(StatusCodes.Status410Gone),
            _ => Problem("The instance is suspended already, or is not suspended.", StatusCodes.Status500InternalServerError),
        };

    private async Task<IResult?> RefuseAsync(string instanceId, HttpContext http) => await hub.FindAsync(instanceId, http.RequestAborted) switch
    {
        null => Results.NotFound(),
        { IsEnded: true } => Results.StatusCode(StatusCodes.Status410Gone),
        _ => null,
    };

    private static async Task<(string? Json, bool IsJson)> ReadJsonAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var text = await reader.ReadToEndAsync(http.RequestAborted);
        if (string.IsNullOrWhiteSpace(text))
        {
            return (null, true);
        }

        try
        {
            using var parsed = JsonDocument.Parse(text);
            return (text, true);
        }
        catch (JsonException)
        {
            return (null, false);
        }
    }

    private static IResult Deleted(int count) => Results.Json(new JsonObject { ["instancesDeleted"] = count });

    private static IResult Problem(string message, int statusCode = StatusCodes.Status400BadRequest) =>
        Results.Json(new JsonObject { ["Message"] = message }, statusCode: statusCode);
}
