using System.Buffers.Binary;
using System.Text;

namespace Holdfast.Peers.Bedrock;

/// <summary>
/// Builds frames of <c>application/vnd.amazon.eventstream</c>; written apart from the client's reader, so that one checks the other.
/// </summary>
public static class EventFrame
{
    private const byte StringHeader = 7;
    private const int Overhead = 16;

    private static readonly uint[] Remainders = [.. Enumerable.Range(0, 256).Select(Remainder)];

    /// <summary>An event with a JSON payload.</summary>
    public static byte[] Event(string eventType, ReadOnlySpan<byte> json)
        => Build([(":event-type", eventType), (":content-type", "application/json"), (":message-type", "event")], json);

    /// <summary>A modelled exception with a JSON payload.</summary>
    public static byte[] Exception(string exceptionType, ReadOnlySpan<byte> json)
        => Build([(":exception-type", exceptionType), (":content-type", "application/json"), (":message-type", "exception")], json);

    /// <summary>An unmodelled error; it has no payload.</summary>
    public static byte[] Error(string code, string message)
        => Build([(":error-code", code), (":error-message", message), (":message-type", "error")], []);

    /// <summary>Total length, headers' length, CRC of both, headers, payload, CRC of all before; big endian.</summary>
    public static byte[] Build(IReadOnlyList<(string Name, string Value)> headers, ReadOnlySpan<byte> payload)
    {
        ArgumentNullException.ThrowIfNull(headers);
        var headersLength = headers.Sum(h => 4 + Encoding.UTF8.GetByteCount(h.Name) + Encoding.UTF8.GetByteCount(h.Value));
        var frame = new byte[Overhead + headersLength + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(4), headersLength);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(8), Checksum(frame.AsSpan(0, 8)));
        var position = 12;
        foreach (var (name, value) in headers)
        {
            frame[position++] = (byte)Encoding.UTF8.GetByteCount(name);
            position += Encoding.UTF8.GetBytes(name, frame.AsSpan(position));
            frame[position++] = StringHeader;
            var length = Encoding.UTF8.GetBytes(value, frame.AsSpan(position + 2));
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(position), (ushort)length);
            position += 2 + length;
        }

        payload.CopyTo(frame.AsSpan(position));
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(frame.Length - 4), Checksum(frame.AsSpan(0, frame.Length - 4)));
        return frame;
    }

    /// <summary>CRC-32 (reflected 0x04C11DB7).</summary>
    public static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc = (crc >> 8) ^ Remainders[(crc ^ value) & 0xFF];
        }

        return ~crc;
    }

    private static uint Remainder(int value)
    {
        var remainder = (uint)value;
        for (var bit = 0; bit < 8; bit++)
        {
            remainder = (remainder >> 1) ^ (0xEDB88320u & (0 - (remainder & 1)));
        }

        return remainder;
    }
}
