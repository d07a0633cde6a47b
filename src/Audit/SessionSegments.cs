using System.Collections.Immutable;
using Holdfast.Sessions;
using Holdfast.Transcripts;

namespace Holdfast.Audit;

/// <summary>What is audited: one session's segments, by number.</summary>
/// <param name="Session">Whose they should be; null when only the files themselves say so.</param>
/// <param name="Pending">
/// Hashes of the deliveries that waited in the inbox before the segments were read: a turn whose message waits there has not ended. Null
/// when nobody knows; then a turn counts as ended once another turn stands behind it.
/// </param>
public sealed record SessionSegments(SessionId? Session, ImmutableArray<SegmentBytes> Segments, ImmutableHashSet<string>? Pending = null);

/// <summary>A segment as it stood at one instant.</summary>
/// <param name="Number">From the blob's or the file's name.</param>
/// <param name="Stored">Null for a file.</param>
public sealed record SegmentBytes(int Number, ReadOnlyMemory<byte> Content, SegmentProperties? Stored = null);

/// <summary>What only storage knows of a segment.</summary>
/// <param name="Claim">Null when the metadata cannot be read.</param>
public sealed record SegmentProperties(OwnershipMetadata? Claim, bool IsSealed);
