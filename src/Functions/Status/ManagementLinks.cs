using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Functions.Status;

/// <summary>
/// The links by which an orchestration is watched and steered, with the field names of the Durable extension's own payload (which it
/// offers for another request type only), and what the message became. They carry no key: where the host asks for one, the caller has it.
/// </summary>
public sealed class ManagementLinks(HttpRequest request, string instance, string sessionKey, string turn)
{
    [JsonPropertyName("Id")]
    public string Id => instance;

    [JsonPropertyName("StatusQueryGetUri")]
    public string StatusQueryGetUri { get; } =
        $"{request.Scheme}://{request.Host}/runtime/webhooks/durabletask/instances/{Uri.EscapeDataString(instance)}";

    [JsonPropertyName("PurgeHistoryDeleteUri")]
    public string PurgeHistoryDeleteUri => StatusQueryGetUri;

    [JsonPropertyName("SendEventPostUri")]
    public string SendEventPostUri => StatusQueryGetUri + "/raiseEvent/{eventName}";

    [JsonPropertyName("TerminatePostUri")]
    public string TerminatePostUri => StatusQueryGetUri + "/terminate?reason={text}";

    [JsonPropertyName("SuspendPostUri")]
    public string SuspendPostUri => StatusQueryGetUri + "/suspend?reason={text}";

    [JsonPropertyName("ResumePostUri")]
    public string ResumePostUri => StatusQueryGetUri + "/resume?reason={text}";

    [JsonPropertyName("SessionKey")]
    public string SessionKey => sessionKey;

    [JsonPropertyName("TurnId")]
    public string TurnId => turn;
}
