using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Holdfast.Cli;

/// <summary>The app's HTTP endpoints, as a command needs them.</summary>
internal sealed class AppClient : IDisposable
{
    private readonly HttpClient _http;

    /// <param name="functionKey">Sent as <c>x-functions-key</c>; null for the one that <see cref="FunctionKey"/> finds.</param>
    public AppClient(Uri url, string? functionKey)
    {
        _http = new HttpClient { BaseAddress = new Uri(url.AbsoluteUri.TrimEnd('/') + "/") };
        if (FunctionKey.For(url, functionKey) is { } key)
        {
            _http.DefaultRequestHeaders.Add("x-functions-key", key);
        }
    }

    /// <returns>The management links and the turn's id, as the app sent them.</returns>
    /// <exception cref="HttpRequestException">The app cannot be reached, or said no; the message has its reason.</exception>
    public async Task<JsonElement> SendAsync(string sessionKey, string text, string? idempotencyKey, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, PathOf(sessionKey, "/messages"))
        {
            Content = JsonContent.Create(new { text }),
        };
        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        using var answer = await _http.SendAsync(request, cancellationToken);
        return await ReadAsync(answer, cancellationToken);
    }

    /// <exception cref="HttpRequestException">The app cannot be reached, or knows no such session.</exception>
    public async Task<JsonElement> StatusAsync(string sessionKey, CancellationToken cancellationToken)
    {
        using var answer = await _http.GetAsync(PathOf(sessionKey, ""), cancellationToken);
        return await ReadAsync(answer, cancellationToken);
    }

    /// <returns>A segment's bytes from <paramref name="from"/> on; empty while there are none.</returns>
    /// <exception cref="HttpRequestException">The app cannot be reached, or knows no such session or segment.</exception>
    public async Task<SegmentPart> TranscriptAsync(string sessionKey, int segment, long from, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get, PathOf(sessionKey, string.Create(CultureInfo.InvariantCulture, $"/transcript?segment={segment}")));
        request.Headers.Range = new RangeHeaderValue(from, null);
        using var answer = await _http.SendAsync(request, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            return new SegmentPart([], null);
        }

        await ThrowIfRefusedAsync(answer, cancellationToken);
        int? next = answer.Headers.TryGetValues("Holdfast-Next-Segment", out var values)
            ? int.Parse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture)
            : null;
        return new SegmentPart(await answer.Content.ReadAsByteArrayAsync(cancellationToken), next);
    }

    public void Dispose() => _http.Dispose();

    private static string PathOf(string sessionKey, string below) => $"api/sessions/{Uri.EscapeDataString(sessionKey)}{below}";

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        await ThrowIfRefusedAsync(answer, cancellationToken);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
    }

    private static async Task ThrowIfRefusedAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (answer.IsSuccessStatusCode)
        {
            return;
        }

        var problem = answer.Content.Headers.ContentType?.MediaType == "application/problem+json"
            ? await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)
            : default;
        var detail = problem.ValueKind == JsonValueKind.Object && problem.TryGetProperty("detail", out var text)
            ? text.GetString()
            : answer.ReasonPhrase;
        throw new HttpRequestException($"{(int)answer.StatusCode}: {detail}", null, answer.StatusCode);
    }
}

/// <summary>What a read of the transcript gave.</summary>
/// <param name="NextSegment">The one that goes on from this one; null while this one takes appends.</param>
internal sealed record SegmentPart(byte[] Bytes, int? NextSegment);
