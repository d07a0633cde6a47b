using System.Security.Cryptography;
using System.Text;

namespace Holdfast.Peers.Bedrock;

/// <summary>Recomputes the signature (version 4) of a recorded request from the secret, as the service does.</summary>
public static class SigV4
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>True if the request's Authorization header is what this key would have made of the request.</summary>
    public static bool IsSignedBy(BedrockRequest request, string accessKeyId, string secretAccessKey)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!request.Headers.TryGetValue("Authorization", out var authorization)
            || !authorization.StartsWith(Algorithm, StringComparison.Ordinal))
        {
            return false;
        }

        var parts = authorization[Algorithm.Length..]
            .Split(',', StringSplitOptions.TrimEntries)
            .Select(part => part.Split('=', 2))
            .ToDictionary(part => part[0], part => part[1], StringComparer.Ordinal);
        var scope = parts["Credential"].Split('/', 2);
        var canonical = Canonical(request, parts["SignedHeaders"]);
        var text = $"{Algorithm}\n{request.Headers["X-Amz-Date"]}\n{scope[1]}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var key = scope[1].Split('/').Aggregate(Encoding.UTF8.GetBytes("AWS4" + secretAccessKey), Keyed);
        return scope[0] == accessKeyId && Hex(Keyed(key, text)) == parts["Signature"];
    }

    /// <summary>The service's region and name that the signature is for, as <c>region/service</c>.</summary>
    public static string ScopeOf(BedrockRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var credential = request.Headers["Authorization"].Split("Credential=")[1].Split(',')[0].Split('/');
        return $"{credential[2]}/{credential[3]}";
    }

    /// <summary>Path segments are encoded once more than they are on the wire.</summary>
    private static string Canonical(BedrockRequest request, string signedHeaders)
    {
        var path = string.Join('/', request.Target.Split('?')[0].Split('/').Select(Uri.EscapeDataString));
        var headers = string.Concat(signedHeaders.Split(';').Select(name => $"{name}:{request.Headers[name].Trim()}\n"));
        return $"POST\n{path}\n\n{headers}\n{signedHeaders}\n{Hex(SHA256.HashData(request.RawBody.Span))}";
    }

    private static byte[] Keyed(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
