using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Holdfast.Channels.GitHub;

/// <summary>What a delivery's signature proves.</summary>
public enum GitHubSignatureVerdict
{
    /// <summary>Signed with one of our secrets.</summary>
    Valid = 1,

    /// <summary>No secret is configured: nothing can be valid.</summary>
    Unconfigured = 2,

    /// <summary>The header is missing.</summary>
    Missing = 3,

    /// <summary>The header is not of the form that GitHub sends.</summary>
    Malformed = 4,

    /// <summary>Not signed with any of our secrets, or the body was changed.</summary>
    Wrong = 5,
}

/// <summary>
/// Checks <c>X-Hub-Signature-256: sha256=…</c>, HMAC-SHA256 over the raw body as lower-case hex. There is no time in it: repeats are
/// told by X-GitHub-Delivery. Compares in constant time and tries every secret, so that the time taken tells nothing. Safe for
/// concurrent use.
/// </summary>
public sealed class GitHubSignature
{
    private const string Prefix = "sha256=";
    private readonly IReadOnlyList<byte[]> _secrets;

    /// <param name="webhookSecrets">Several during a rotation. Blank ones do not count; without any, everything is refused.</param>
    public GitHubSignature(IEnumerable<string> webhookSecrets)
    {
        ArgumentNullException.ThrowIfNull(webhookSecrets);
        _secrets = [.. webhookSecrets.Where(secret => !string.IsNullOrWhiteSpace(secret)).Select(Encoding.UTF8.GetBytes)];
    }

    /// <param name="rawBody">The bytes as they came, before any parsing.</param>
    /// <param name="signatureHeader">X-Hub-Signature-256. The older X-Hub-Signature (SHA-1) is not accepted.</param>
    public GitHubSignatureVerdict Verify(ReadOnlySpan<byte> rawBody, string? signatureHeader)
    {
        if (_secrets.Count == 0)
        {
            return GitHubSignatureVerdict.Unconfigured;
        }

        if (string.IsNullOrEmpty(signatureHeader))
        {
            return GitHubSignatureVerdict.Missing;
        }

        Span<byte> claimed = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (!TryRead(signatureHeader, claimed))
        {
            return GitHubSignatureVerdict.Malformed;
        }

        Span<byte> actual = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var isSigned = false;
        foreach (var secret in _secrets)
        {
            HMACSHA256.HashData(secret, rawBody, actual);
            isSigned |= CryptographicOperations.FixedTimeEquals(actual, claimed);
        }

        return isSigned ? GitHubSignatureVerdict.Valid : GitHubSignatureVerdict.Wrong;
    }

    private static bool TryRead(string header, Span<byte> signature) =>
        header.Length == Prefix.Length + (2 * signature.Length)
        && header.StartsWith(Prefix, StringComparison.Ordinal)
        && Convert.FromHexString(header.AsSpan(Prefix.Length), signature, out _, out _) == OperationStatus.Done;
}
