using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Holdfast.Embedded.Durable.Dispatch;

namespace Holdfast.Embedded.Durable.Management;

/// <summary>An instance as the management API shows it; the field names and their order are the public extension's.</summary>
internal static class StatusPayload
{
    public static JsonObject Of(InstanceView view, InstancePayloads? payloads, bool showInput, JsonArray? history)
    {
        var status = new JsonObject
        {
            ["name"] = view.Name,
            ["instanceId"] = view.InstanceId,
            ["runtimeStatus"] = view.Status.ToString(),
            ["input"] = showInput ? Parsed(payloads?.Input) : null,
            ["customStatus"] = Parsed(payloads?.CustomStatus),
            ["output"] = payloads?.Failure is { } failure ? JsonValue.Create($"{failure.Type}: {failure.Message}") : Parsed(payloads?.Output),
            ["createdTime"] = Seconds(view.CreatedAt),
            ["lastUpdatedTime"] = Seconds(view.LastUpdatedAt),
        };
        if (history is not null)
        {
            status["historyEvents"] = history;
        }

        return status;
    }

    /// <summary>A payload as JSON; text that is none is shown as a string.</summary>
    public static JsonNode? Parsed(string? payload)
    {
        if (string.IsNullOrWhiteSpace(payload))
        {
            return payload is null ? null : JsonValue.Create("");
        }

        try
        {
            return JsonNode.Parse(payload);
        }
        catch (JsonException)
        {
            return JsonValue.Create(payload);
        }
    }

    private static string Seconds(DateTimeOffset at) => at.UtcDateTime.ToString("s", CultureInfo.InvariantCulture) + "Z";
}
