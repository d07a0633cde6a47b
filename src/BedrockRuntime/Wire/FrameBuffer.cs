#nullable enable
using System.Buffers.Binary;
using Amazon.Runtime.EventStreams;

namespace Amazon.BedrockRuntime.Wire;

/// <summary>
/// Collects the bytes of a connection and cuts them into the frames of <c>application/vnd.amazon.eventstream</c>:
/// total length, length of the headers, CRC of these eight bytes, headers, payload, CRC of everything before it; numbers
/// are big endian. Not thread-safe: one reader.
/// </summary>
internal sealed class FrameBuffer
{
    public const int PreludeLength = 12;
    public const int TrailerLength = 4;

    /// <summary>No service sends more; a larger length is damage that the prelude's checksum happened to miss.</summary>
    private const int MaxFrameLength = 24 * 1024 * 1024;

    private byte[] _bytes;
    private int _start;
    private int _end;
    private int _frameLength;
    private uint _preludeCrc;

    public FrameBuffer(int capacity) => _bytes = new byte[Math.Max(capacity, PreludeLength)];

    /// <summary>Room for the next read, never empty. Call <see cref="Filled"/> with what was read.</summary>
    public Memory<byte> Free()
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }

        var wanted = Math.Max(_frameLength, PreludeLength);
        if (_bytes.Length - _start < wanted || _end == _bytes.Length)
        {
            var target = wanted > _bytes.Length ? new byte[wanted] : _bytes;
            _bytes.AsSpan(_start, _end - _start).CopyTo(target);
            (_bytes, _start, _end) = (target, 0, _end - _start);
        }

        return _bytes.AsMemory(_end);
    }

    public void Filled(int count) => _end += count;

    /// <summary>
    /// The next complete frame, checked; valid until <see cref="Free"/> is called. False when more bytes are needed.
    /// </summary>
    /// <exception cref="EventStreamChecksumFailureException">The prelude or the frame is not what was sent.</exception>
    /// <exception cref="EventStreamValidationException">The lengths contradict each other.</exception>
    public bool TryTake(out Frame frame)
    {
        frame = default;
        if (_frameLength == 0 && !TryReadPrelude())
        {
            return false;
        }

        if (_end - _start < _frameLength)
        {
            return false;
        }

        var bytes = _bytes.AsSpan(_start, _frameLength);
        var expected = BinaryPrimitives.ReadUInt32BigEndian(bytes[^TrailerLength..]);
        if (Crc32.Append(_preludeCrc, bytes[PreludeLength..^TrailerLength]) != expected)
        {
            throw new EventStreamChecksumFailureException("The checksum of an event stream message does not match.");
        }

        frame = new Frame(bytes);
        _start += _frameLength;
        _frameLength = 0;
        return true;
    }

    private bool TryReadPrelude()
    {
        if (_end - _start < PreludeLength)
        {
            return false;
        }

        var prelude = _bytes.AsSpan(_start, PreludeLength);
        var crc = Crc32.Append(0, prelude[..8]);
        if (crc != BinaryPrimitives.ReadUInt32BigEndian(prelude[8..]))
        {
            throw new EventStreamChecksumFailureException("The checksum of an event stream prelude does not match.");
        }

        var total = BinaryPrimitives.ReadUInt32BigEndian(prelude);
        var headers = BinaryPrimitives.ReadUInt32BigEndian(prelude[4..]);
        if (total is < PreludeLength + TrailerLength or > MaxFrameLength || headers > total - PreludeLength - TrailerLength)
        {
            throw new EventStreamValidationException("The lengths of an event stream message are impossible.");
        }

        _frameLength = (int)total;
        _preludeCrc = Crc32.Append(crc, prelude[8..]);
        return true;
    }
}
