using System.Security.Cryptography;
using System.Text;

namespace Holdfast.Storage;

/// <summary>
/// Names that must come out the same on every machine and in every process: the first half of SHA-256, in lower-case hex.
/// </summary>
public static class StableHash
{
    /// <summary>32 hex digits (128 bits) over the parts, which are kept apart by a byte that no part holds.</summary>
    public static string Of(params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(part));
            hash.AppendData([0]);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }
}
