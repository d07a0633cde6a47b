#nullable enable

namespace Amazon.BedrockRuntime.Wire;

/// <summary>
/// CRC-32 as event streams use it (polynomial 0x04C11DB7 reflected, as in gzip). A frame is some 200 bytes, so one table
/// is enough: about 0.3 µs a frame.
/// </summary>
internal static class Crc32
{
    private static readonly uint[] Table = BuildTable();

    /// <summary>The checksum of <paramref name="bytes"/> appended to what <paramref name="seed"/> is the checksum of.</summary>
    public static uint Append(uint seed, ReadOnlySpan<byte> bytes)
    {
        var crc = ~seed;
        var table = Table;
        foreach (var value in bytes)
        {
            crc = table[(byte)(crc ^ value)] ^ (crc >> 8);
        }

        return ~crc;
    }

    private static uint[] BuildTable()
    {
        var table = new uint[256];
        for (var index = 0u; index < table.Length; index++)
        {
            var value = index;
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value & 1) == 0 ? value >> 1 : (value >> 1) ^ 0xEDB88320u;
            }

            table[index] = value;
        }

        return table;
    }
}
