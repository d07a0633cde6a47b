using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Holdfast.Tests.Explorer.Engine;

/// <summary>A 64-bit fingerprint that grows by what is mixed in, in order. The same in every process.</summary>
internal readonly record struct Fingerprint(ulong Value)
{
    public static Fingerprint Empty { get; } = new(0x9E3779B97F4A7C15);

    public Fingerprint With(ulong part)
    {
        var mixed = (Value ^ part) * 0xFF51AFD7ED558CCD;
        mixed = (mixed ^ (mixed >> 32)) * 0xC4CEB9FE1A85EC53;
        return new Fingerprint(mixed ^ (mixed >> 29) ^ Value << 7);
    }

    public Fingerprint With(long part) => With((ulong)part);

    public Fingerprint With(string text) => With(MemoryMarshal.AsBytes(text.AsSpan()));

    public Fingerprint With(ReadOnlySpan<byte> bytes)
    {
        var result = With((ulong)bytes.Length);
        while (bytes.Length >= 8)
        {
            result = result.With(BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }

        var rest = 0UL;
        foreach (var one in bytes)
        {
            rest = (rest << 8) | one;
        }

        return result.With(rest);
    }

    /// <summary>Bytes in which times do not count: two orders of the same writes are the same content.</summary>
    public Fingerprint WithoutTimes(ReadOnlySpan<byte> bytes)
    {
        var result = this;
        while (bytes.IndexOf("\"2026-"u8) is >= 0 and var start)
        {
            result = result.With(bytes[..start]);
            bytes = bytes[(start + 1)..];
            var end = bytes.IndexOf((byte)'"');
            bytes = end < 0 ? [] : bytes[end..];
        }

        return result.With(bytes);
    }
}
