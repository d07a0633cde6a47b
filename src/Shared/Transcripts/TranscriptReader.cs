using Holdfast.Sessions;
using Holdfast.Storage;

namespace Holdfast.Transcripts;

/// <summary>A transcript as it stood at one instant.</summary>
/// <param name="Segment">
/// The segment that is read: the active one, or the last one when it is sealed and its successor is still missing.
/// </param>
/// <param name="Conversation">Of the segment and of what it continues.</param>
/// <param name="Length">The segment's.</param>
/// <param name="Claim">Null when the metadata cannot be read.</param>
public sealed record TranscriptView(
    int Segment, Conversation Conversation, BlobETag ETag, long Length, OwnershipMetadata? Claim, bool IsLeased)
{
    /// <summary>Appends that the segment has taken.</summary>
    public required int Blocks { get; init; }

    /// <summary>
    /// True when the segment takes no more and the next one was not created yet: whoever rolled it died, or is on the way.
    /// </summary>
    public required bool IsSealed { get; init; }
}

/// <summary>
/// Reads transcripts: the tail when the rest is cached, the whole segment otherwise. Follows seals from a segment that was active once
/// to the one that is, so an old number costs a look and is never wrong.
/// </summary>
public sealed class TranscriptReader(IBlobContainer blobs, ConversationCache cache)
{
    /// <summary>What is known of transcripts in this process.</summary>
    public ConversationCache Cache { get; } = cache;

    /// <param name="segment">The active segment, or an earlier one.</param>
    /// <returns>Null when the segment does not exist.</returns>
    public async Task<TranscriptView?> ReadAsync(SessionId session, int segment, CancellationToken cancellationToken)
    {
        TranscriptView? last = null;
        for (var at = Cache.FirstOpen(session, segment); ; at++)
        {
            var view = await ReadSegmentAsync(session, at, cancellationToken);
            if (view is null)
            {
                // Nothing after a sealed one: the seal was the roll, and nobody has created the next segment yet.
                return last ?? (at > segment ? await ReadSegmentAsync(session, at - 1, cancellationToken) : null);
            }

            if (!view.IsSealed)
            {
                return view;
            }

            last = view;
            Cache.StoreSealed(session, at, view.Conversation);
        }
    }

    /// <summary>
    /// The active segment's properties, without its content; of the last one when it is sealed and its successor is missing.
    /// </summary>
    /// <param name="segment">The active segment, or an earlier one.</param>
    /// <returns>Null when the segment does not exist.</returns>
    public async Task<(int Segment, BlobSnapshot Snapshot)?> FindActiveAsync(
        SessionId session, int segment, CancellationToken cancellationToken)
    {
        (int Segment, BlobSnapshot Snapshot)? last = null;
        for (var at = segment; ; at++)
        {
            if (await blobs.ReadAsync(TranscriptPaths.Segment(session, at), 0, maxBytes: 0, cancellationToken) is not { } snapshot)
            {
                return last;
            }

            last = (at, snapshot);
            if (!snapshot.IsSealed)
            {
                return last;
            }
        }
    }

    private async Task<TranscriptView?> ReadSegmentAsync(SessionId session, int segment, CancellationToken cancellationToken)
    {
        var path = TranscriptPaths.Segment(session, segment);
        var cached = Cache.Find(session, segment);
        var snapshot = await blobs.ReadAsync(path, cached?.Length ?? 0, null, cancellationToken);
        if (snapshot is not null && snapshot.Length < cached?.Length)
        {
            // Not the file that was cached: somebody replaced it. Start over from what is there.
            cached = null;
            snapshot = await blobs.ReadAsync(path, 0, null, cancellationToken);
        }

        if (snapshot is null)
        {
            return null;
        }

        var lines = TranscriptLineParser.Parse(snapshot.Content).In(segment, cached?.Length ?? 0);
        var conversation = (cached?.Conversation ?? await BeforeAsync(session, lines, cancellationToken)).Apply(lines);
        Cache.Store(session, segment, conversation, snapshot.Length);
        return new TranscriptView(
            segment, conversation, snapshot.ETag, snapshot.Length, OwnershipMetadata.FromMetadata(snapshot.Metadata), snapshot.IsLeased)
        {
            Blocks = snapshot.Blocks,
            IsSealed = snapshot.IsSealed,
        };
    }

    /// <summary>What a segment goes on from: what its opening compaction kept, or else all that was before it.</summary>
    private async Task<Conversation> BeforeAsync(SessionId session, TranscriptLines lines, CancellationToken cancellationToken)
    {
        if (lines.Segment == 0)
        {
            return Conversation.Empty;
        }

        if (lines.Entries is not [TranscriptEntry.Compaction { KeptFrom: { } kept }, ..] || kept.Segment >= lines.Segment)
        {
            return (await ReadSegmentAsync(session, lines.Segment - 1, cancellationToken))?.Conversation ?? Conversation.Empty;
        }

        var conversation = Conversation.Empty;
        for (var segment = kept.Segment; segment < lines.Segment; segment++)
        {
            var from = segment == kept.Segment ? kept.Position : 0;
            if (await blobs.ReadAsync(TranscriptPaths.Segment(session, segment), from, null, cancellationToken) is { } snapshot)
            {
                conversation = conversation.Apply(TranscriptLineParser.Parse(snapshot.Content).In(segment, from));
            }
        }

        return conversation;
    }
}
