namespace Holdfast.Storage;

/// <summary>The service's limits, and the checks that every implementation makes before it asks the service.</summary>
public static class BlobLimits
{
    /// <summary>Bytes of one append: the bound that every service version takes (100 MB only since 2022-11-02).</summary>
    public const int MaxBlockBytes = 4 * 1024 * 1024;

    /// <summary>Appends that one append blob takes.</summary>
    public const int MaxBlocks = 50_000;

    /// <summary>Bytes of all metadata names and values together.</summary>
    public const int MaxMetadataBytes = 8 * 1024;

    /// <summary>The shortest lease; infinite ones are not used here, as nobody would outlive them.</summary>
    public static readonly TimeSpan MinLease = TimeSpan.FromSeconds(15);

    /// <summary>The longest lease.</summary>
    public static readonly TimeSpan MaxLease = TimeSpan.FromSeconds(60);

    /// <exception cref="ArgumentOutOfRangeException">The block is empty (the service refuses it) or too large.</exception>
    internal static void CheckBlock(ReadOnlyMemory<byte> block)
    {
        ArgumentOutOfRangeException.ThrowIfZero(block.Length, nameof(block));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(block.Length, MaxBlockBytes, nameof(block));
    }

    /// <exception cref="ArgumentOutOfRangeException">Not 15 to 60 whole seconds.</exception>
    internal static void CheckLease(TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, MinLease);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(duration, MaxLease);
        if (duration.Ticks % TimeSpan.TicksPerSecond != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(duration), duration, "A lease lasts whole seconds.");
        }
    }

    /// <exception cref="ArgumentOutOfRangeException">A negative offset or count.</exception>
    internal static void CheckRange(long offset, int? maxBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        if (maxBytes is { } count)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(count, nameof(maxBytes));
        }
    }

    /// <exception cref="ArgumentException">A name is no identifier, a value not printable ASCII, or all together too large.</exception>
    internal static void CheckMetadata(IReadOnlyDictionary<string, string> metadata)
    {
        var bytes = 0;
        foreach (var (name, value) in metadata)
        {
            if (!IsIdentifier(name))
            {
                throw new ArgumentException($"The metadata name '{name}' is no ASCII identifier.", nameof(metadata));
            }

            if (!IsHeaderValue(value))
            {
                throw new ArgumentException($"The metadata value of '{name}' is empty, padded or not printable ASCII.", nameof(metadata));
            }

            bytes += name.Length + value.Length;
        }

        if (bytes > MaxMetadataBytes)
        {
            throw new ArgumentException($"Metadata takes {MaxMetadataBytes} bytes, not {bytes}.", nameof(metadata));
        }
    }

    private static bool IsIdentifier(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static bool IsHeaderValue(string value) =>
        value.Length > 0 && value[0] != ' ' && value[^1] != ' ' && value.All(c => c is >= ' ' and <= '~');
}
