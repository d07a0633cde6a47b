using System.Collections.Immutable;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Transcripts;

namespace Holdfast.Ownership;

/// <summary>One ranged read from a writer's position on: bytes, length, version and metadata of the same instant.</summary>
/// <param name="Claim">Null when the metadata cannot be read.</param>
/// <param name="Length">The blob's whole length in bytes.</param>
/// <param name="Lines">What was written since the position, in order.</param>
/// <param name="UnreadableLines">Lines since the position that cannot be read.</param>
public sealed record TailRead(BlobETag ETag, OwnershipMetadata? Claim, long Length, TranscriptLines Lines, int UnreadableLines)
{
    public ImmutableArray<TranscriptEntry> Entries => Lines.Entries;

    /// <summary>Appends that the segment has taken.</summary>
    public int Blocks { get; init; }

    /// <summary>True when the segment takes no more.</summary>
    public bool IsSealed { get; init; }

    /// <returns>Null when the segment does not exist.</returns>
    public static async Task<TailRead?> ReadAsync(
        IBlobContainer blobs, SessionId session, int segment, long position, CancellationToken cancellationToken)
    {
        var snapshot = await blobs.ReadAsync(TranscriptPaths.Segment(session, segment), position, null, cancellationToken);
        if (snapshot is null)
        {
            return null;
        }

        var parsed = TranscriptLineParser.Parse(snapshot.Content);
        return new TailRead(
            snapshot.ETag, OwnershipMetadata.FromMetadata(snapshot.Metadata), snapshot.Length, parsed.In(segment, position),
            parsed.UnreadableLines)
        {
            Blocks = snapshot.Blocks,
            IsSealed = snapshot.IsSealed,
        };
    }
}
