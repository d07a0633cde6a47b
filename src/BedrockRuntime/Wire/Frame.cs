#nullable enable
using System.Buffers.Binary;

namespace Amazon.BedrockRuntime.Wire;

/// <summary>A checked frame, over the bytes of its buffer.</summary>
internal readonly ref struct Frame(ReadOnlySpan<byte> bytes)
{
    /// <summary>Length in bytes of header values by their type; -1 means that a 16-bit length goes first.</summary>
    private static readonly sbyte[] ValueLengths = [0, 0, 1, 2, 4, 8, -1, -1, 8, 16];

    /// <summary>The whole frame.</summary>
    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    public ReadOnlySpan<byte> Payload
        => Bytes[(FrameBuffer.PreludeLength + HeadersLength)..^FrameBuffer.TrailerLength];

    private int HeadersLength => BinaryPrimitives.ReadInt32BigEndian(Bytes[4..]);

    /// <summary>
    /// True for an event, with the bytes of its type's name; false for exceptions, errors, and whatever is not as an event
    /// should be.
    /// </summary>
    public bool TryGetEventType(out ReadOnlySpan<byte> eventType)
    {
        eventType = default;
        var isEvent = false;
        var rest = Bytes.Slice(FrameBuffer.PreludeLength, HeadersLength);
        while (TryReadHeader(ref rest, out var name, out var value))
        {
            if (name.SequenceEqual(":message-type"u8))
            {
                isEvent = value.SequenceEqual("event"u8);
            }
            else if (name.SequenceEqual(":event-type"u8))
            {
                eventType = value;
            }
        }

        return isEvent && rest.IsEmpty && !eventType.IsEmpty;
    }

    /// <summary>Header: length of the name (8 bits), name, type (8 bits), value.</summary>
    private static bool TryReadHeader(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = value = default;
        if (rest.Length < 2 || rest.Length < rest[0] + 2)
        {
            return false;
        }

        var type = rest[rest[0] + 1];
        var body = rest[(rest[0] + 2)..];
        var length = type < ValueLengths.Length ? ValueLengths[type] : int.MaxValue;
        if (length < 0)
        {
            if (body.Length < 2)
            {
                return false;
            }

            length = BinaryPrimitives.ReadUInt16BigEndian(body);
            body = body[2..];
        }

        if (body.Length < length)
        {
            return false;
        }

        name = rest.Slice(1, rest[0]);
        value = body[..length];
        rest = body[length..];
        return true;
    }
}
