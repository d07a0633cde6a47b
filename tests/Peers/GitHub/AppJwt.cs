using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Holdfast.Peers.GitHub;

/// <summary>
/// Checks an app's token as GitHub does: RS256, the app's name, a start that has come and an end at most 10 minutes away.
/// </summary>
internal static class AppJwt
{
    private static readonly TimeSpan MaxLifetime = TimeSpan.FromMinutes(10);

    /// <returns>Null when it is good, else GitHub's message.</returns>
    public static string? Fault(string? authorization, RSA key, string issuer, DateTimeOffset now)
    {
        if (authorization is null || !authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            return "A JSON web token could not be decoded";
        }

        try
        {
            return Fault(authorization["Bearer ".Length..].Split('.'), key, issuer, now);
        }
        catch (Exception fault) when (fault is FormatException or JsonException or InvalidOperationException)
        {
            return "A JSON web token could not be decoded";
        }
    }

    private static string? Fault(string[] parts, RSA key, string issuer, DateTimeOffset now)
    {
        if (parts.Length != 3 || Json(parts[0])["alg"]?.GetValue<string>() != "RS256")
        {
            return "A JSON web token could not be decoded";
        }

        var signed = Encoding.ASCII.GetBytes(parts[0] + "." + parts[1]);
        if (!key.VerifyData(signed, Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))
        {
            return "A JSON web token could not be decoded";
        }

        var claims = Json(parts[1]);
        var (issuedAt, expiresAt) = (Time(claims["iat"]), Time(claims["exp"]));
        if (claims["iss"]?.ToString() != issuer)
        {
            return "'Issuer' claim ('iss') must be the app's id";
        }

        return issuedAt > now ? "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
            : expiresAt <= now ? "'Expiration time' claim ('exp') must be a numeric value representing the future time"
            : expiresAt > now + MaxLifetime ? "'Expiration time' claim ('exp') is too far in the future"
            : null;
    }

    private static JsonNode Json(string part) => JsonNode.Parse(Base64Url.DecodeFromChars(part)) ?? throw new FormatException("no JSON");

    private static DateTimeOffset Time(JsonNode? node) => DateTimeOffset.FromUnixTimeSeconds(node!.GetValue<long>());
}
