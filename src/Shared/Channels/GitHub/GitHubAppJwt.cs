using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Holdfast.Channels.GitHub;

/// <summary>Makes the token that a GitHub App signs for itself: a JSON web token, RS256, with iat, exp and iss. Pure.</summary>
public static class GitHubAppJwt
{
    /// <summary>How far the start lies in the past, for a clock of ours that runs ahead: GitHub's own advice.</summary>
    public static readonly TimeSpan Backdating = TimeSpan.FromSeconds(60);

    /// <summary>How far the end lies in the future. GitHub takes at most 10 minutes by its own clock; the rest is for skew.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(9);

    private static readonly string Header = Base64Url.EncodeToString("""{"alg":"RS256","typ":"JWT"}"""u8);

    /// <param name="key">The app's private key.</param>
    /// <param name="issuer">The app's client id or numeric id.</param>
    /// <param name="now">Our time.</param>
    public static string Create(RSA key, string issuer, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentException.ThrowIfNullOrWhiteSpace(issuer);
        var claims = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>
        {
            ["iat"] = (now - Backdating).ToUnixTimeSeconds(),
            ["exp"] = (now + Lifetime).ToUnixTimeSeconds(),
            ["iss"] = issuer,
        });
        var signed = $"{Header}.{Base64Url.EncodeToString(claims)}";
        var signature = key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }
}
