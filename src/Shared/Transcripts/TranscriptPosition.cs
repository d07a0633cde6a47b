using Holdfast.Storage;

namespace Holdfast.Transcripts;

/// <summary>
/// Where a reader or writer stands: the blob's version and length together, and the epoch they belong to. Opaque: it is compared and
/// handed back to storage, never computed with.
/// </summary>
public sealed record TranscriptPosition(BlobETag ETag, long Length, long Epoch);

/// <summary>Where a line begins.</summary>
/// <param name="Segment">The segment that holds it.</param>
/// <param name="Position">The line's first byte, counted from the segment's beginning.</param>
public sealed record LinePlace(int Segment, long Position);
