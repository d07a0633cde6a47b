using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace Holdfast.Channels.Hooks;

/// <summary>
/// How the sender of a generic hook proves to know its secret. Written as an object whose <c>scheme</c> is hmac-sha256 or bearer.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "scheme")]
[JsonDerivedType(typeof(HmacSha256), "hmac-sha256")]
[JsonDerivedType(typeof(Bearer), "bearer")]
public abstract record HookSignature
{
    private HookSignature()
    {
    }

    /// <summary>
    /// GitHub's. There is no time in it: repeats are told by X-GitHub-Delivery. The older X-Hub-Signature (SHA-1) is not accepted.
    /// </summary>
    public static HookSignature GitHub { get; } = new HmacSha256 { Header = "X-Hub-Signature-256", Prefix = "sha256=" };

    /// <summary>The header to look at.</summary>
    [JsonIgnore]
    public abstract string HeaderName { get; }

    /// <summary>
    /// True when the header's value proves that the sender knows the secret. The time it takes tells nothing about how near a wrong
    /// value is.
    /// </summary>
    /// <param name="secret">The hook's secret.</param>
    /// <param name="headerValue">Null or empty when the header is not there, which is never right.</param>
    /// <param name="body">The body's bytes as they came.</param>
    public abstract bool Matches(Secret secret, string? headerValue, ReadOnlySpan<byte> body);

    /// <summary>HMAC-SHA256 over the raw body, as hexadecimal digits after an optional prefix such as <c>sha256=</c>.</summary>
    public sealed record HmacSha256 : HookSignature
    {
        [RegularExpression(@"\A[A-Za-z0-9_-]+\z", ErrorMessage = "must be the name of an HTTP header")]
        public required string Header { get; set; }

        /// <summary>What stands before the digits. Default: nothing.</summary>
        public string Prefix { get; set; } = "";

        public override string HeaderName => Header;

        public override bool Matches(Secret secret, string? headerValue, ReadOnlySpan<byte> body)
        {
            var given = new byte[HMACSHA256.HashSizeInBytes];
            if (headerValue is null
                || !headerValue.StartsWith(Prefix, StringComparison.Ordinal)
                || headerValue.Length != Prefix.Length + (2 * given.Length)
                || Convert.FromHexString(headerValue.AsSpan(Prefix.Length), given, out _, out _) != System.Buffers.OperationStatus.Done)
            {
                return false;
            }

            var expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret.Reveal()), body);
            return CryptographicOperations.FixedTimeEquals(expected, given);
        }
    }

    /// <summary>The secret itself, as <c>Authorization: Bearer …</c>.</summary>
    public sealed record Bearer : HookSignature
    {
        private const string Scheme = "Bearer ";

        public override string HeaderName => "Authorization";

        public override bool Matches(Secret secret, string? headerValue, ReadOnlySpan<byte> body)
        {
            if (headerValue is null || !headerValue.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }

            // Of the hashes, so that not even the length shows in the time it takes.
            var given = SHA256.HashData(Encoding.UTF8.GetBytes(headerValue[Scheme.Length..].Trim()));
            var expected = SHA256.HashData(Encoding.UTF8.GetBytes(secret.Reveal()));
            return CryptographicOperations.FixedTimeEquals(expected, given);
        }
    }
}
