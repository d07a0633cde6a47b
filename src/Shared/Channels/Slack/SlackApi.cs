using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Holdfast.Channels.Slack;

/// <summary>One call on the wire, and what its answer means.</summary>
public sealed partial class SlackClient
{
    /// <summary>The pause when Slack names none.</summary>
    private static readonly TimeSpan DefaultPause = TimeSpan.FromSeconds(30);

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Codes after which, as Slack's reference says, a part of the call may have been done all the same.</summary>
    private static readonly string[] UnsureCodes = ["internal_error", "fatal_error", "service_unavailable", "request_timeout"];

    private static StringContent Json(JsonObject arguments) => new(arguments.ToJsonString(Plain), Encoding.UTF8, "application/json");

    private async Task<SlackAnswer> CallAsync(string method, HttpContent content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_options.ApiBaseUrl, method)) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _options.BotToken.Reveal());
        using var limit = new CancellationTokenSource(_options.RequestTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return await ReadAsync(method, response, either.Token);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            LogUnanswered(method, fault.GetType().Name);
            return new SlackAnswer.Unknown();
        }
    }

    private async Task<SlackAnswer> ReadAsync(string method, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode == HttpStatusCode.TooManyRequests)
        {
            return Limited(method, response);
        }

        if ((int)response.StatusCode >= 500)
        {
            LogUnanswered(method, $"http_{(int)response.StatusCode}");
            return new SlackAnswer.Unknown();
        }

        if (!response.IsSuccessStatusCode)
        {
            return Refused(method, $"http_{(int)response.StatusCode}");
        }

        var body = Parse(await response.Content.ReadAsStringAsync(cancellationToken));
        if (body?["ok"] is JsonValue ok && ok.TryGetValue<bool>(out var isOk) && isOk)
        {
            return new SlackAnswer.Ok(body);
        }

        return body?["error"]?.ToString() switch
        {
            "ratelimited" or "rate_limited" => Limited(method, response),
            { } code when !UnsureCodes.Contains(code, StringComparer.Ordinal) => Refused(method, code),
            var code => Unsure(method, code),
        };
    }

    private SlackAnswer.RateLimited Limited(string method, HttpResponseMessage response)
    {
        var pause = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } when date > _time.GetUtcNow() => date - _time.GetUtcNow(),
            _ => DefaultPause,
        };
        LogRateLimited(method, pause);
        return new SlackAnswer.RateLimited(pause);
    }

    private SlackAnswer.Refused Refused(string method, string code)
    {
        LogRefused(method, code);
        return new SlackAnswer.Refused(code);
    }

    private SlackAnswer.Unknown Unsure(string method, string? code)
    {
        LogUnanswered(method, code ?? "no JSON object");
        return new SlackAnswer.Unknown();
    }

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
