using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Holdfast.Embedded.Durable.Replay;

/// <summary>GUIDs of version 5 (RFC 9562): the same for the same instance, time and count.</summary>
internal static class DeterministicGuid
{
    private static readonly Guid Namespace = Guid.Parse("3e0b6a52-6c1f-4d0e-9a57-0c7f2a5d9b11");

    public static Guid Create(string instanceId, DateTime now, int count)
    {
        var name = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{instanceId}_{now:O}_{count}"));
        var hashed = new byte[16 + name.Length];
        Namespace.TryWriteBytes(hashed, bigEndian: true, out _);
        name.CopyTo(hashed, 16);
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // Version 5 is defined by SHA-1; nothing here is a secret.
        SHA1.HashData(hashed, hash);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
