using Holdfast.Ownership.Leases;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Transcripts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Holdfast.Inbox;

/// <summary>
/// Writes what waits beside the turns when no turn runs: takes the lease for the moment of one append and claims nothing, so the epoch
/// stays its owner's. While a turn runs storage refuses, and the entries stay in the inbox for the turn to append.
/// </summary>
public sealed class SideWriter(
    IBlobContainer blobs, TranscriptReader reader, PendingEntryFlusher flusher, IdSource ids, IOptions<LeaseOptions> options,
    TimeProvider clock,
    ILogger<SideWriter> log)
{
    /// <returns>True when nothing of the session's side entries is left to write.</returns>
    public async Task<bool> FlushAsync(SessionKey key, SessionRecord session, CancellationToken cancellationToken)
    {
        var pending = await flusher.CollectAsync(key, cancellationToken);
        if (pending.Items.Count == 0)
        {
            return true;
        }

        if (!await AppendAsync(session.SessionId, session.ActiveSegment, pending.Entries, cancellationToken))
        {
            return false;
        }

        await flusher.RemoveAsync(pending, cancellationToken);
        return true;
    }

    private async Task<bool> AppendAsync(
        SessionId session, int segment, IReadOnlyList<TranscriptEntry> entries, CancellationToken cancellationToken)
    {
        var path = TranscriptPaths.Segment(session, segment);
        var lease = ids.NewLeaseId();
        if (segment == 0)
        {
            await blobs.CreateAppendAsync(path, OwnershipMetadata.Unclaimed(session, segment).ToMetadata(), cancellationToken);
        }

        if (await blobs.AcquireLeaseAsync(path, lease, TimeSpan.FromSeconds(15), cancellationToken) != LeaseOutcome.Held)
        {
            return false;
        }

        TranscriptView? view;
        try
        {
            view = await reader.ReadAsync(session, segment, cancellationToken);
            if (view is null or { IsSealed: true })
            {
                return false; // Rolled, and not gone on yet: whoever claims next creates the segment.
            }

            if (view.Segment == segment)
            {
                return await AppendAsync(path, lease, session, view, entries, cancellationToken);
            }
        }
        finally
        {
            await blobs.LetGoAsync(path, lease, options.Value, clock, log);
        }

        return await AppendAsync(session, view.Segment, entries, cancellationToken);
    }

    /// <summary>On lease, ETag and position of the view.</summary>
    private async Task<bool> AppendAsync(
        BlobPath path, LeaseId lease, SessionId session, TranscriptView view, IReadOnlyList<TranscriptEntry> entries,
        CancellationToken cancellationToken)
    {
        while (entries.Where(entry => view.Conversation.Find(entry.Id) is null).ToArray() is { Length: > 0 } missing)
        {
            var block = TranscriptBlock.Encode(session, view.Segment, view.Conversation, view.Length, missing, clock.GetUtcNow());
            if (await blobs.AppendAsync(path, block.Bytes, new AppendCondition(view.ETag, view.Length, lease), cancellationToken)
                is not BlobWriteOutcome.Written written)
            {
                return false;
            }

            view = view with { Conversation = view.Conversation.Apply(block.Lines), ETag = written.ETag, Length = written.Length };
        }

        return true;
    }
}
