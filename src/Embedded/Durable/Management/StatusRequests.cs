using System.Text.Json.Nodes;
using Holdfast.Embedded.Durable.Client;
using Holdfast.Embedded.Durable.Dispatch;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.DurableTask.Client;

namespace Holdfast.Embedded.Durable.Management;

/// <summary>What one may read.</summary>
internal sealed class StatusRequests(TaskHub hub)
{
    private const string ContinuationHeader = "x-ms-continuation-token";

    /// <summary>202 while it runs, 200 when it has ended (500 for a failed one when asked), 404 when there is none.</summary>
    public async Task<IResult> GetAsync(string instanceId, HttpContext http)
    {
        var query = http.Request.Query;
        if (await hub.FindAsync(instanceId, http.RequestAborted) is not { } view)
        {
            return Results.NotFound();
        }

        var showInput = ManagementQuery.Flag(query, "showInput", otherwise: true);
        JsonArray? history = null;
        if (ManagementQuery.Flag(query, "showHistory", otherwise: false) && view.Status != OrchestrationRuntimeStatus.Pending)
        {
            history = await hub.ReadAsync(view, http.RequestAborted) is { } execution
                ? HistoryPayload.Of(execution, ManagementQuery.Flag(query, "showHistoryOutput", otherwise: false), showInput)
                : [];
        }

        var payload = StatusPayload.Of(view, await hub.PayloadsAsync(view, http.RequestAborted), showInput, history);
        if (!view.IsEnded)
        {
            http.Response.Headers.Location = http.Request.GetEncodedUrl();
            http.Response.Headers.RetryAfter = "5";
            return Results.Json(payload, statusCode: StatusCodes.Status202Accepted);
        }

        var failsLoudly = ManagementQuery.Flag(query, "returnInternalServerErrorOnFailure", otherwise: false);
        return Results.Json(payload, statusCode: view.Status == OrchestrationRuntimeStatus.Failed && failsLoudly
            ? StatusCodes.Status500InternalServerError
            : StatusCodes.Status200OK);
    }

    /// <summary>200 with one page; the header names where the next begins.</summary>
    public async Task<IResult> ListAsync(HttpContext http)
    {
        var query = http.Request.Query;
        var filter = new OrchestrationQuery(
            ManagementQuery.Time(query, "createdTimeFrom"),
            ManagementQuery.Time(query, "createdTimeTo"),
            ManagementQuery.Statuses(query),
            InstanceIdPrefix: ManagementQuery.Text(query, "instanceIdPrefix"));
        var continuation = http.Request.Headers[ContinuationHeader].ToString();
        var page = InstanceQuery.PageOf(
            await hub.ListAsync(http.RequestAborted), filter, hub.Options.HubName, continuation, ManagementQuery.PageSize(query));
        var showInput = ManagementQuery.Flag(query, "showInput", otherwise: false);
        var rows = new JsonArray();
        foreach (var view in page.Rows)
        {
            rows.Add((JsonNode)StatusPayload.Of(view, await hub.PayloadsAsync(view, http.RequestAborted), showInput, history: null));
        }

        if (page.ContinuationToken is { } next)
        {
            http.Response.Headers[ContinuationHeader] = next;
        }

        return Results.Json(rows);
    }
}
