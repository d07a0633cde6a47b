using Holdfast.Sessions;
using Holdfast.Storage;

namespace Holdfast.Transcripts;

/// <summary>A transcript as it stood at one instant.</summary>
/// <param name="Claim">Null when the metadata cannot be read.</param>
public sealed record TranscriptView(Conversation Conversation, BlobETag ETag, long Length, ClaimStamp? Claim, bool IsLeased);

/// <summary>Reads transcripts: the tail when the rest is cached, the whole segment otherwise.</summary>
public sealed class TranscriptReader(IBlobContainer blobs, ConversationCache cache)
{
    /// <returns>Null when the segment does not exist.</returns>
    public async Task<TranscriptView?> ReadAsync(SessionId session, int segment, CancellationToken cancellationToken)
    {
        var path = TranscriptPaths.Segment(session, segment);
        var (conversation, length) = cache.Find(session, segment);
        var snapshot = await blobs.ReadAsync(path, length, null, cancellationToken);
        if (snapshot is not null && snapshot.Length < length)
        {
            // Not the file that was cached: somebody replaced it. Start over from what is there.
            conversation = Conversation.Empty;
            snapshot = await blobs.ReadAsync(path, 0, null, cancellationToken);
        }

        if (snapshot is null)
        {
            return null;
        }

        conversation = conversation.Apply(TranscriptLineParser.Parse(snapshot.Content).Entries);
        cache.Store(session, segment, conversation, snapshot.Length);
        return new TranscriptView(conversation, snapshot.ETag, snapshot.Length, ClaimStamp.FromMetadata(snapshot.Metadata), snapshot.IsLeased);
    }
}
