using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Peers.Bedrock;

/// <summary>The peer's control endpoint, for tests and benches that run it as a process of its own.</summary>
internal static class BedrockControl
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static Task ServeAsync(HttpContext http, string[] path, BedrockScripts scripts, BedrockJournal journal, PeerGates gates)
    {
        switch (http.Request.Method, path)
        {
            case ("POST", ["_script"]):
                return LoadAsync(http, scripts);
            case ("POST", ["_gates", var name]):
                gates.Open(Uri.UnescapeDataString(name));
                return Task.CompletedTask;
            case ("GET", ["_requests"]):
                return ListAsync(http, journal);
            case ("DELETE", ["_requests"]):
                journal.Clear();
                return Task.CompletedTask;
            default:
                http.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
        }
    }

    private static async Task LoadAsync(HttpContext http, BedrockScripts scripts)
    {
        try
        {
            using var document = await JsonDocument.ParseAsync(http.Request.Body);
            scripts.Load(document.RootElement);
        }
        catch (Exception exception) when (exception is FormatException or JsonException)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            await http.Response.WriteAsync(exception.Message);
        }
    }

    private static Task ListAsync(HttpContext http, BedrockJournal journal)
    {
        var withBodies = http.Request.Query["bodies"] == "true";
        var listed = journal.Snapshot().Select(request => new
        {
            request.Number,
            request.ModelId,
            request.ArrivedAtMicros,
            request.FirstByteAtMicros,
            request.LastByteAtMicros,
            request.DeltasSent,
            Ending = request.Ending.ToString(),
            request.BodyBytes,
            request.LastUserText,
            request.ToolResultsOfTurn,
            Body = withBodies && request.Body.ValueKind == JsonValueKind.Object ? request.Body : (JsonElement?)null,
        });
        http.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(http.Response.Body, listed, Json);
    }
}
