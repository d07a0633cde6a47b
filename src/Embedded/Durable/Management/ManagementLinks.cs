using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Embedded.Durable.Management;

/// <summary>The links that a started instance is answered with.</summary>
internal static class ManagementLinks
{
    public static JsonObject For(HttpRequest request, string instanceId)
    {
        var instance = $"{request.Scheme}://{request.Host}/runtime/webhooks/durabletask/instances/{Uri.EscapeDataString(instanceId)}";
        var code = request.Query["code"].ToString();
        var key = code.Length == 0 ? "" : $"code={Uri.EscapeDataString(code)}";
        var alone = key.Length == 0 ? "" : "?" + key;
        var more = key.Length == 0 ? "" : "&" + key;
        return new JsonObject
        {
            ["id"] = instanceId,
            ["statusQueryGetUri"] = instance + alone,
            ["sendEventPostUri"] = $"{instance}/raiseEvent/{{eventName}}{alone}",
            ["terminatePostUri"] = $"{instance}/terminate?reason={{text}}{more}",
            ["purgeHistoryDeleteUri"] = instance + alone,
            ["suspendPostUri"] = $"{instance}/suspend?reason={{text}}{more}",
            ["resumePostUri"] = $"{instance}/resume?reason={{text}}{more}",
        };
    }
}
