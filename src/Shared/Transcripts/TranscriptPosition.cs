using Holdfast.Storage;

namespace Holdfast.Transcripts;

/// <summary>
/// Where a reader or writer stands: the blob's version and length together, and the epoch they belong to. Opaque: it is compared and
/// handed back to storage, never computed with.
/// </summary>
public sealed record TranscriptPosition(BlobETag ETag, long Length, long Epoch);
