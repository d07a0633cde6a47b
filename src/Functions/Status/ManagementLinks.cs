using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Functions.Status;

/// <summary>
/// The links by which an orchestration is watched and steered, with the field names of the Durable extension's own payload (which it
/// offers for another request type only), and what the message became.
/// </summary>
public sealed record ManagementLinks(
    [property: JsonPropertyName("Id")] string Id,
    [property: JsonPropertyName("PurgeHistoryDeleteUri")] string PurgeHistoryDeleteUri,
    [property: JsonPropertyName("SendEventPostUri")] string SendEventPostUri,
    [property: JsonPropertyName("StatusQueryGetUri")] string StatusQueryGetUri,
    [property: JsonPropertyName("TerminatePostUri")] string TerminatePostUri,
    [property: JsonPropertyName("SuspendPostUri")] string SuspendPostUri,
    [property: JsonPropertyName("ResumePostUri")] string ResumePostUri,
    [property: JsonPropertyName("SessionKey")] string SessionKey,
    [property: JsonPropertyName("TurnId")] string TurnId)
{
    /// <summary>The links carry no key: where the host asks for one, the caller has it.</summary>
    public static ManagementLinks For(HttpRequest request, string instance, string sessionKey, string turn)
    {
        var root = $"{request.Scheme}://{request.Host}/runtime/webhooks/durabletask/instances/{Uri.EscapeDataString(instance)}";
        return new ManagementLinks(
            instance,
            root,
            root + "/raiseEvent/{eventName}",
            root,
            root + "/terminate?reason={text}",
            root + "/suspend?reason={text}",
            root + "/resume?reason={text}",
            sessionKey,
            turn);
    }
}
