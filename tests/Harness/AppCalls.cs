using System.Globalization;
using System.Text.Json;
using Holdfast.Sessions;

namespace Holdfast.Harness;

/// <summary>What an operator asks the app by plain HTTP.</summary>
public static class AppCalls
{
    /// <summary>The instance id of a session's orchestration.</summary>
    public static string InstanceOf(string sessionKey) => "session-" + SessionKey.Parse(sessionKey).Hash;

    /// <summary>The management API's view of a session's orchestration.</summary>
    /// <returns>Null while there is none.</returns>
    public static async Task<JsonElement?> InstanceAsync(this HoldfastApp app, string sessionKey)
    {
        var answer = await app.Http.GetAsync($"runtime/webhooks/durabletask/instances/{InstanceOf(sessionKey)}");
        return answer.StatusCode == System.Net.HttpStatusCode.NotFound ? null : await answer.JsonAsync();
    }

    /// <summary>The activities in the history of a session's orchestration, in order, by name.</summary>
    public static async Task<IReadOnlyList<string>> ActivitiesAsync(this HoldfastApp app, string sessionKey)
    {
        var answer = await app.Http.GetAsync($"runtime/webhooks/durabletask/instances/{InstanceOf(sessionKey)}?showHistory=true");
        return
        [
            .. (await answer.JsonAsync()).GetProperty("historyEvents").EnumerateArray()
                .Where(entry => entry.GetProperty("EventType").GetString() is "TaskCompleted" or "TaskFailed" or "TaskScheduled")
                .Select(entry => (entry.TryGetProperty("FunctionName", out var name) ? name : entry.GetProperty("Name")).GetString()!),
        ];
    }

    public static Task<HttpResponseMessage> TerminateAsync(this HoldfastApp app, string sessionKey, string reason)
    {
        var instance = $"runtime/webhooks/durabletask/instances/{InstanceOf(sessionKey)}";
        return app.Http.PostAsync($"{instance}/terminate?reason={Uri.EscapeDataString(reason)}", null);
    }

    public static Task<HttpResponseMessage> SessionAsync(this HoldfastApp app, string sessionKey) =>
        app.Http.GetAsync($"api/sessions/{Uri.EscapeDataString(sessionKey)}");

    /// <param name="range">For example <c>bytes=10-</c>; null for no Range header.</param>
    /// <param name="segment">Null for the active one.</param>
    public static Task<HttpResponseMessage> TranscriptAsync(
        this HoldfastApp app, string sessionKey, string? range = null, int? segment = null)
    {
        var query = segment is { } number ? string.Create(CultureInfo.InvariantCulture, $"?segment={number}") : "";
        var request = new HttpRequestMessage(HttpMethod.Get, $"api/sessions/{Uri.EscapeDataString(sessionKey)}/transcript{query}");
        if (range is not null)
        {
            request.Headers.TryAddWithoutValidation("Range", range);
        }

        return app.Http.SendAsync(request);
    }

    /// <summary>The body as JSON.</summary>
    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage answer)
    {
        using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return document.RootElement.Clone();
    }
}
