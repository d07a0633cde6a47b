using System.Collections.Immutable;
using Holdfast.Storage;
using Holdfast.Transcripts;

namespace Holdfast.Fencing;

/// <summary>One ranged read from a writer's position on: bytes, length, version and metadata of the same instant.</summary>
/// <param name="Claim">Null when the metadata cannot be read.</param>
/// <param name="Length">The blob's whole length in bytes.</param>
/// <param name="Entries">What was written since the position, in order.</param>
/// <param name="UnreadableLines">Lines since the position that cannot be read.</param>
public sealed record GapReading(BlobETag ETag, ClaimStamp? Claim, long Length, ImmutableArray<TranscriptEntry> Entries, int UnreadableLines)
{
    /// <returns>Null when the segment does not exist.</returns>
    public static async Task<GapReading?> ReadAsync(IBlobContainer blobs, BlobPath path, long position, CancellationToken cancellationToken)
    {
        var snapshot = await blobs.ReadAsync(path, position, null, cancellationToken);
        if (snapshot is null)
        {
            return null;
        }

        var parsed = TranscriptLineParser.Parse(snapshot.Content);
        return new GapReading(
            snapshot.ETag, ClaimStamp.FromMetadata(snapshot.Metadata), snapshot.Length, parsed.Entries, parsed.UnreadableLines);
    }
}
