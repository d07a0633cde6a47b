using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;

namespace Holdfast.Embedded.Http;

/// <summary>Endpoint metadata: the level that a caller needs.</summary>
internal sealed record RequiredLevel(AuthorizationLevel Level);

/// <summary>
/// Asks for the key where an endpoint is not anonymous. There is one key, the setting <c>Holdfast:FunctionKey</c>
/// (<c>Holdfast__FunctionKey</c> in the environment), for functions of every level, for /admin and for the endpoints of
/// extensions. It comes in the header <c>x-functions-key</c> or, if that header is missing, in the query value <c>code</c>.
/// Without the setting everything is open, as under Core Tools.
/// </summary>
internal sealed class KeyGate(IConfiguration configuration)
{
    public const string Setting = "Holdfast:FunctionKey";
    private const string HeaderName = "x-functions-key";
    private const string QueryName = "code";

    // Digests are of one length, so that the comparison tells nothing about the key's.
    private readonly byte[]? _expected = configuration[Setting] is { Length: > 0 } key ? Digest(key) : null;

    public bool IsOpen => _expected is null;

    /// <summary>Middleware between routing and endpoints; answers 401 with an empty body.</summary>
    public Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        if (_expected is null || http.GetEndpoint()?.Metadata.GetMetadata<RequiredLevel>() is null or { Level: AuthorizationLevel.Anonymous })
        {
            return next(http);
        }

        if (Given(http.Request) is { Length: > 0 } given && CryptographicOperations.FixedTimeEquals(Digest(given), _expected))
        {
            return next(http);
        }

        http.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    }

    private static string? Given(HttpRequest request)
        => request.Headers.TryGetValue(HeaderName, out var header) ? header[0] : request.Query[QueryName].FirstOrDefault();

    private static byte[] Digest(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
