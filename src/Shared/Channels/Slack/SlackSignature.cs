using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Holdfast.Channels.Slack;

/// <summary>What a request's signature proves.</summary>
public enum SlackSignatureVerdict
{
    /// <summary>Signed by Slack with one of our secrets, within the window.</summary>
    Valid = 1,

    /// <summary>No secret is configured: nothing can be valid.</summary>
    Unconfigured = 2,

    /// <summary>A header is missing.</summary>
    Missing = 3,

    /// <summary>A header is not of the form that Slack sends.</summary>
    Malformed = 4,

    /// <summary>Signed too long ago, or in the future: possibly a replay.</summary>
    Stale = 5,

    /// <summary>Not signed with any of our secrets, or the body was changed.</summary>
    Wrong = 6,
}

/// <summary>
/// Checks Slack's request signature, version 0: HMAC-SHA256 over <c>v0:{timestamp}:{raw body}</c>, sent as lower-case hex in
/// <c>X-Slack-Signature: v0=…</c>. Compares in constant time and tries every secret, so that the time taken tells nothing. Safe for
/// concurrent use.
/// </summary>
public sealed class SlackSignature
{
    /// <summary>How far a request's time may be from ours, both ways: Slack's own advice.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private const string Version = "v0";
    private readonly IReadOnlyList<byte[]> _secrets;

    /// <param name="signingSecrets">Several during a rotation. Blank ones do not count; without any, everything is refused.</param>
    public SlackSignature(IEnumerable<string> signingSecrets)
    {
        ArgumentNullException.ThrowIfNull(signingSecrets);
        _secrets = [.. signingSecrets.Where(secret => !string.IsNullOrWhiteSpace(secret)).Select(Encoding.UTF8.GetBytes)];
    }

    /// <param name="rawBody">The bytes as they came, before any parsing.</param>
    /// <param name="timestampHeader">X-Slack-Request-Timestamp: seconds since 1970.</param>
    /// <param name="signatureHeader">X-Slack-Signature.</param>
    /// <param name="now">Our time.</param>
    public SlackSignatureVerdict Verify(ReadOnlySpan<byte> rawBody, string? timestampHeader, string? signatureHeader, DateTimeOffset now)
    {
        if (_secrets.Count == 0)
        {
            return SlackSignatureVerdict.Unconfigured;
        }

        if (string.IsNullOrEmpty(timestampHeader) || string.IsNullOrEmpty(signatureHeader))
        {
            return SlackSignatureVerdict.Missing;
        }

        Span<byte> claimed = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (!TryReadTime(timestampHeader, out var signedAt) || !TryReadSignature(signatureHeader, claimed))
        {
            return SlackSignatureVerdict.Malformed;
        }

        if ((now - signedAt).Duration() > Window)
        {
            return SlackSignatureVerdict.Stale;
        }

        return IsSigned(rawBody, timestampHeader, claimed) ? SlackSignatureVerdict.Valid : SlackSignatureVerdict.Wrong;
    }

    private bool IsSigned(ReadOnlySpan<byte> rawBody, string timestamp, ReadOnlySpan<byte> claimed)
    {
        Span<byte> actual = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var prefix = Encoding.ASCII.GetBytes($"{Version}:{timestamp}:");
        var isSigned = false;
        foreach (var secret in _secrets)
        {
            using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
            hmac.AppendData(prefix);
            hmac.AppendData(rawBody);
            hmac.GetHashAndReset(actual);
            isSigned |= CryptographicOperations.FixedTimeEquals(actual, claimed);
        }

        return isSigned;
    }

    private static bool TryReadTime(string header, out DateTimeOffset signedAt)
    {
        // 11 digits end in the year 5138: inside what DateTimeOffset can hold.
        var isNumber = long.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && header.Length <= 11;
        signedAt = isNumber ? DateTimeOffset.FromUnixTimeSeconds(seconds) : default;
        return isNumber;
    }

    private static bool TryReadSignature(string header, Span<byte> signature) =>
        header.StartsWith(Version + "=", StringComparison.Ordinal)
        && Convert.FromHexString(
            header.AsSpan(Version.Length + 1), signature, out var consumed, out var written) == System.Buffers.OperationStatus.Done
        && written == signature.Length
        && consumed == header.Length - Version.Length - 1;
}
