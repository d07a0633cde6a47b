using System.ComponentModel.DataAnnotations;
using Holdfast.Storage;

namespace Holdfast.Transcripts;

/// <summary>When a segment is full. A segment that is full is sealed by its owner's next append and goes on in the next one.</summary>
public sealed class TranscriptOptions
{
    /// <summary>
    /// Appends that a segment takes: 2 to 49,000, default 40,000, well below the service's <see cref="BlobLimits.MaxBlocks"/>.
    /// </summary>
    [Range(2, 49_000)]
    public int RollAtBlocks { get; set; } = 40_000;

    /// <summary>
    /// Bytes that a segment takes: 64 KiB to 1 GiB, default 64 MiB. A process that does not know a segment reads it whole.
    /// </summary>
    [Range(64L * 1024, 1024L * 1024 * 1024)]
    public long RollAtBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>True when the next append is to begin a new segment. An empty one is never full.</summary>
    public bool IsFull(int blocks, long bytes) => bytes > 0 && (blocks >= RollAtBlocks || bytes >= RollAtBytes);
}
