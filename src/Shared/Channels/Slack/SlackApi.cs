using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace Holdfast.Channels.Slack;

/// <summary>Calls of the Web API, and what their answers mean. Never sends a call twice by itself.</summary>
internal sealed partial class SlackApi(HttpClient http, SlackOptions options, TimeProvider clock, ILogger log)
{
    /// <summary>The pause when Slack names none.</summary>
    private static readonly TimeSpan DefaultPause = TimeSpan.FromSeconds(30);

    /// <summary>Codes after which, as Slack's reference says, a part of the call may have been done all the same.</summary>
    private static readonly string[] UnsureCodes = ["internal_error", "fatal_error", "service_unavailable", "request_timeout"];

    public async Task<PlatformAnswer<JsonObject>> CallAsync(string method, HttpContent content, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(method, content, cancellationToken);
        switch (answer)
        {
            case PlatformAnswer<JsonObject>.RateLimited limited:
                LogRateLimited(method, limited.RetryAfter);
                break;
            case PlatformAnswer<JsonObject>.Refused refused:
                LogRefused(method, refused.Reason);
                break;
            case PlatformAnswer<JsonObject>.Unknown unknown:
                LogUnanswered(method, unknown.Cause);
                break;
        }

        return answer;
    }

    private async Task<PlatformAnswer<JsonObject>> SendAsync(string method, HttpContent content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(options.ApiBaseUrl, method)) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.BotToken.Reveal());
        using var limit = new CancellationTokenSource(options.RequestTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return (int)response.StatusCode switch
            {
                (int)HttpStatusCode.TooManyRequests => Limited(response),
                >= 500 and var status => new PlatformAnswer<JsonObject>.Unknown($"http_{status}"),
                var status when !response.IsSuccessStatusCode => new PlatformAnswer<JsonObject>.Refused($"http_{status}"),
                _ => Meaning(Parse(await response.Content.ReadAsStringAsync(either.Token)), response),
            };
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException
            || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new PlatformAnswer<JsonObject>.Unknown(fault.GetType().Name);
        }
    }

    private PlatformAnswer<JsonObject> Meaning(JsonObject? body, HttpResponseMessage response)
    {
        if (body?["ok"] is JsonValue ok && ok.TryGetValue<bool>(out var isOk) && isOk)
        {
            return new PlatformAnswer<JsonObject>.Done(body);
        }

        return body?["error"]?.ToString() switch
        {
            null => new PlatformAnswer<JsonObject>.Unknown("no JSON object"),
            "ratelimited" or "rate_limited" => Limited(response),
            var code when UnsureCodes.Contains(code, StringComparer.Ordinal) => new PlatformAnswer<JsonObject>.Unknown(code),
            var code => new PlatformAnswer<JsonObject>.Refused(code),
        };
    }

    private PlatformAnswer<JsonObject>.RateLimited Limited(HttpResponseMessage response) => new(response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > clock.GetUtcNow() => date - clock.GetUtcNow(),
        _ => DefaultPause,
    });

    private static JsonObject? Parse(string body)
    {
        try
        {
            return JsonNode.Parse(body) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
