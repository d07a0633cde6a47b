using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Text;

namespace Octokit.Internal;

/// <summary>
/// Sends requests to the API and turns what is not a success into the vendor's exceptions. Nothing is ever sent twice:
/// a request without an answer surfaces as <see cref="HttpRequestException"/> or <see cref="TaskCanceledException"/> and may
/// have taken effect. The bodies of requests go out under the media type for forms, as the vendor's client sends them.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "The vendor's client is not disposable and lives as long as the process.")]
internal sealed class RestConnection
{
    private const string Accept = "application/vnd.github.v3+json";
    private const string BodyMediaType = "application/x-www-form-urlencoded";
    private const int MaxRedirects = 4;
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(100);

    private readonly HttpClient _http;
    private readonly string _userAgent;
    private readonly TimeProvider _time;
    private volatile ApiInfo? _lastApiInfo;

    public RestConnection(ProductHeaderValue product, Uri baseAddress, ICredentialStore credentials, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(product);
        ArgumentNullException.ThrowIfNull(credentials);
        if (!baseAddress.IsAbsoluteUri)
        {
            throw new ArgumentException("The base address must be absolute.", nameof(baseAddress));
        }

        BaseAddress = baseAddress;
        CredentialStore = credentials;
        _time = time;
        _userAgent = $"{product} ({Environment.OSVersion.Platform} {Environment.OSVersion.Version.ToString(3)}; "
            + $"{(Environment.Is64BitOperatingSystem ? "amd64" : "x86")}; {CultureInfo.CurrentCulture.Name}; Octokit.net 14.0.0)";
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate,
        })
        {
            Timeout = DefaultTimeout,
        };
    }

    public Uri BaseAddress { get; }

    public ICredentialStore CredentialStore { get; set; }

    public ApiInfo? LastApiInfo => _lastApiInfo;

    /// <summary>How long a request may wait for the head of its answer.</summary>
    public void SetTimeout(TimeSpan timeout) => _http.Timeout = timeout;

    /// <summary>One request and its answer as a model; null when the answer has no JSON body.</summary>
    /// <exception cref="ApiException">The API refused.</exception>
    public async Task<(T? Body, IResponse Response)> SendAsync<T>(HttpMethod method, Uri endpoint, string? body)
    {
        var credentials = await CredentialStore.GetCredentials() ?? Credentials.Anonymous;
        var response = await SendFollowingRedirectsAsync(method, new Uri(BaseAddress, endpoint), body, Authorization(credentials));
        _lastApiInfo = response.ApiInfo;
        ApiErrors.ThrowIfRefused(response);
        var text = response.Body as string;
        var hasModel = response.ContentType == "application/json" && !string.IsNullOrEmpty(text) && text != "{}";
        return (hasModel ? WireJson.Read<T>(text!) : default, response);
    }

    /// <summary>The redirects keep method and body (but for 303), and lose the credentials when they leave the host.</summary>
    private async Task<Response> SendFollowingRedirectsAsync(HttpMethod method, Uri uri, string? body, string? authorization)
    {
        for (var redirects = 0; ; redirects++)
        {
            using var request = Request(method, uri, body, authorization);
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            var receivedAt = _time.GetUtcNow();
            if (answer.Headers.Location is not { } location || !IsRedirect(answer.StatusCode))
            {
                return await ReadAsync(answer, receivedAt);
            }

            if (redirects >= MaxRedirects)
            {
                throw new InvalidOperationException("The request was redirected too often.");
            }

            if (answer.StatusCode == HttpStatusCode.SeeOther)
            {
                (method, body) = (HttpMethod.Get, null);
            }

            var target = new Uri(uri, location);
            authorization = target.Host.Equals(uri.Host, StringComparison.OrdinalIgnoreCase) ? authorization : null;
            uri = target;
        }
    }

    private HttpRequestMessage Request(HttpMethod method, Uri uri, string? body, string? authorization)
    {
        var request = new HttpRequestMessage(method, uri);
        request.Headers.TryAddWithoutValidation("User-Agent", _userAgent);
        request.Headers.TryAddWithoutValidation("Accept", Accept);
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, BodyMediaType);
        }

        return request;
    }

    private static async Task<Response> ReadAsync(HttpResponseMessage answer, DateTimeOffset receivedAt)
    {
        var body = await answer.Content.ReadAsStringAsync();
        var headers = answer.Headers.ToDictionary(header => header.Key, header => header.Value.First());
        headers.TryAdd(ApiInfoParser.ReceivedAtHeader, receivedAt.ToString("r", CultureInfo.InvariantCulture));
        return new Response(answer.StatusCode, body, headers, answer.Content.Headers.ContentType?.MediaType);
    }

    private static bool IsRedirect(HttpStatusCode status) => (int)status is 301 or 302 or 303 or 307 or 308;

    private static string? Authorization(Credentials credentials) => credentials.AuthenticationType switch
    {
        AuthenticationType.Basic =>
            "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credentials.Login}:{credentials.Password}")),
        AuthenticationType.Oauth => $"Token {credentials.Password}",
        AuthenticationType.Bearer => $"Bearer {credentials.Password}",
        _ => null,
    };
}
