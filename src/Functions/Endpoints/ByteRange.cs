using System.Globalization;

namespace Holdfast.Functions.Endpoints;

/// <summary>A request's Range header, as far as a growing file needs it: one range with a start.</summary>
/// <param name="Length">Null to the end.</param>
internal readonly record struct ByteRange(long From, long? Length)
{
    /// <returns>False when the header asks for what is not supported. No header is the whole file.</returns>
    public static bool TryRead(string? header, out ByteRange range)
    {
        range = default;
        if (string.IsNullOrEmpty(header))
        {
            return true;
        }

        var ends = header.StartsWith("bytes=", StringComparison.OrdinalIgnoreCase) ? header[6..].Split('-') : [];
        if (ends.Length != 2 || !long.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var from))
        {
            return false;
        }

        if (ends[1].Length == 0)
        {
            range = new ByteRange(from, null);
            return true;
        }

        var isRange = long.TryParse(ends[1], NumberStyles.None, CultureInfo.InvariantCulture, out var to) && to >= from;
        range = isRange ? new ByteRange(from, to - from + 1) : default;
        return isRange;
    }
}
