using System.Net.Http.Json;
using System.Text.Json;
using Holdfast.Tests.Support;

namespace Holdfast.LocalHost.Tests;

/// <summary>The engine, as it is steered by plain HTTP.</summary>
internal static class ManagementCalls
{
    public const string Root = "runtime/webhooks/durabletask";

    /// <summary>Starts an orchestration under an instance id, which is its input too, by a function with a durable client.</summary>
    public static async Task<JsonElement> StartAsync(this ServedApp app, string orchestration, string instance)
    {
        var (status, body) = await app.SendAsync(HttpMethod.Post, $"api/start/{orchestration}/{instance}", app.Key("function"));
        return status == 200 ? Json(body) : throw new InvalidOperationException($"{status}: {body}");
    }

    public static Task<(int Status, string Body)> ManageAsync(this ServedApp app, HttpMethod method, string path, object? body = null) =>
        app.SendAsync(method, $"{Root}/{path}", app.Key("durabletask"), body is null ? null : JsonContent.Create(body));

    public static async Task<JsonElement> StatusAsync(this ServedApp app, string instance, string query = "") =>
        Json((await app.ManageAsync(HttpMethod.Get, $"instances/{instance}{query}")).Body);

    /// <summary>Waits until an instance has this status.</summary>
    public static async Task<JsonElement> StatusOnceAsync(this ServedApp app, string instance, string status)
    {
        JsonElement last = default;
        await Eventually.BecomesTrueAsync(
            async () =>
            {
                var (code, body) = await app.ManageAsync(HttpMethod.Get, $"instances/{instance}");
                last = code is 200 or 202 ? Json(body) : default;
                return last.ValueKind == JsonValueKind.Object && last.GetProperty("runtimeStatus").GetString() == status;
            },
            ServedApp.Soon,
            $"{instance} is {status}\n{app.Tail()}");
        return last;
    }

    /// <summary>Waits until an instance has ended.</summary>
    public static async Task<(string Status, string Output)> EndOfAsync(this ServedApp app, string instance)
    {
        JsonElement last = default;
        await Eventually.BecomesTrueAsync(
            async () => (last = await app.StatusAsync(instance)).TryGetProperty("runtimeStatus", out var status)
                && status.GetString() is "Completed" or "Failed" or "Terminated",
            ServedApp.Soon,
            $"the end of {instance}\n{app.Tail()}");
        return (last.GetProperty("runtimeStatus").GetString()!, last.GetProperty("output").ToString());
    }

    public static JsonElement Json(string body)
    {
        using var document = JsonDocument.Parse(body);
        return document.RootElement.Clone();
    }
}
