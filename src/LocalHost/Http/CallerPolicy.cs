using System.Net;

namespace Holdfast.LocalHost.Http;

/// <summary>
/// Who gets in. A browser on this machine is used by pages from everywhere: no name but this machine's own is answered (a page's name
/// that resolves to loopback), and no request that another page makes. Everything that is not meant for everybody asks for a key.
/// </summary>
/// <param name="keys">What opens what.</param>
/// <param name="isLoopbackOnly">False when the host was told to listen elsewhere: then it is called by names that it does not know.</param>
internal sealed class CallerPolicy(KeyRing keys, bool isLoopbackOnly)
{
    private const string KeyHeader = "x-functions-key";
    private const string KeyQuery = "code";

    public Task InvokeAsync(HttpContext http, RequestDelegate next) => Refusal(http) is var (status, detail)
        ? Problems.WriteAsync(http, status, detail)
        : next(http);

    /// <returns>Null for whoever gets in.</returns>
    private (int Status, string Detail)? Refusal(HttpContext http)
    {
        var request = http.Request;
        if (isLoopbackOnly && !IsLoopbackName(request.Host.Host))
        {
            return (StatusCodes.Status421MisdirectedRequest, "This host answers to localhost and the loopback addresses only.");
        }

        if (IsForeign(request))
        {
            return (StatusCodes.Status403Forbidden, "This host answers no requests of other origins.");
        }

        var level = http.GetEndpoint()?.Metadata.GetMetadata<RequiredLevel>()?.Level ?? AccessLevel.Anonymous;
        if (!keys.Opens(level, GivenKey(request)))
        {
            return (StatusCodes.Status401Unauthorized, $"A key is needed, and there is none or a wrong one: in the header {KeyHeader}, "
                + $"or in the query as {KeyQuery}.");
        }

        return level == AccessLevel.Anonymous || IsJson(request)
            ? null
            : (StatusCodes.Status415UnsupportedMediaType, "A body has to be application/json.");
    }

    private static bool IsLoopbackName(string name) =>
        name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(name, out var address) && IPAddress.IsLoopback(address));

    private static bool IsForeign(HttpRequest request)
    {
        var isOtherOrigin = request.Headers.Origin is { Count: > 0 } origin
            && !origin.ToString().Equals($"{Forwarding.SchemeOf(request)}://{request.Host}", StringComparison.OrdinalIgnoreCase);
        // A site is a name on all its ports: a page on another port of this machine is of the same site, and still another origin.
        return isOtherOrigin || request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin" or "none");
    }

    private static string? GivenKey(HttpRequest request) =>
        request.Headers[KeyHeader] is [{ } header, ..] ? header : request.Query[KeyQuery] is [{ } query, ..] ? query : null;

    /// <summary>A page can send other types to another origin without asking first, but never this one.</summary>
    private static bool IsJson(HttpRequest request) =>
        request is { ContentLength: null or 0, Headers.TransferEncoding.Count: 0 } || request.HasJsonContentType();
}

/// <summary>What an endpoint asks for.</summary>
internal sealed record RequiredLevel(AccessLevel Level);
