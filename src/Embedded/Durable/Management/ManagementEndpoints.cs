using Holdfast.Embedded.Durable.Dispatch;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Embedded.Durable.Management;

/// <summary>
/// The HTTP management API of the public extension: paths, query names, status codes and field names are its own
/// (HttpApiHandler and StatusResponsePayload in Azure/azure-functions-durable-extension). Left out: entities, restart, rewind.
/// </summary>
internal static class ManagementEndpoints
{
    private const string Root = "/runtime/webhooks/durabletask";

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var hub = endpoints.ServiceProvider.GetRequiredService<TaskHub>();
        var gate = new ManagementGate(hub.Options.Key);
        var reads = new StatusRequests(hub);
        var controls = new ControlRequests(hub, endpoints.ServiceProvider.GetRequiredService<DurableTaskClient>());
        var group = endpoints.MapGroup(Root);
        group.MapGet("/instances", Guarded(gate, reads.ListAsync));
        group.MapDelete("/instances", Guarded(gate, controls.PurgeMatchingAsync));
        group.MapGet("/instances/{instanceId}", Guarded(gate, http => reads.GetAsync(Value(http, "instanceId"), http)));
        group.MapDelete("/instances/{instanceId}", Guarded(gate, http => controls.PurgeAsync(Value(http, "instanceId"), http)));
        group.MapPost("/instances/{instanceId}/raiseEvent/{eventName}", Guarded(
            gate, http => controls.RaiseAsync(Value(http, "instanceId"), Value(http, "eventName"), http)));
        group.MapPost("/instances/{instanceId}/terminate", Guarded(gate, http => controls.TerminateAsync(Value(http, "instanceId"), http)));
        group.MapPost("/instances/{instanceId}/suspend", Guarded(gate, http => controls.SuspendAsync(Value(http, "instanceId"), http)));
        group.MapPost("/instances/{instanceId}/resume", Guarded(gate, http => controls.ResumeAsync(Value(http, "instanceId"), http)));
        group.MapPost("/orchestrators/{functionName}/{instanceId?}", Guarded(
            gate, http => controls.StartAsync(Value(http, "functionName"), Value(http, "instanceId"), http)));

        // The public extension answers 404 to whatever else comes below its root, another method included.
        group.Map("/{**rest}", Guarded(gate, static _ => Task.FromResult(Results.NotFound())));
    }

    private static string Value(HttpContext http, string name) => http.GetRouteValue(name) as string ?? "";

    // Plain delegates: nothing has to be compiled before the first request is answered.
    private static RequestDelegate Guarded(ManagementGate gate, Func<HttpContext, Task<IResult>> answer) => async http =>
    {
        var result = gate.IsOpenFor(http) ? await answer(http) : Results.StatusCode(StatusCodes.Status401Unauthorized);
        await result.ExecuteAsync(http);
    };
}
