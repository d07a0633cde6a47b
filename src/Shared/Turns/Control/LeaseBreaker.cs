using Holdfast.Inbox;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Transcripts;
using Microsoft.Extensions.Logging;

namespace Holdfast.Turns.Control;

/// <summary>
/// Breaks a session's lease because an operator says so, by name. It is written down first: a side entry names who broke whose lease, so
/// a crash in between leaves a record of a break that did not happen, never a break without a record.
/// <para>
/// A break takes nothing from a holder who writes: his next append is refused once, he looks, and takes the lease again. Only whoever
/// claims in between takes the session over. Whoever has claimed since the record was written keeps his lease.
/// </para>
/// </summary>
public sealed partial class LeaseBreaker(
    IBlobContainer blobs, TranscriptReader reader, SessionDirectory sessions, InboxStore inbox, IdSource ids, TimeProvider clock,
    ILogger<LeaseBreaker> log)
{
    /// <param name="by">Who says so.</param>
    public async Task<LeaseBreakOutcome> BreakAsync(SessionKey key, string by, CancellationToken cancellationToken)
    {
        if (await sessions.FindAsync(key, cancellationToken) is not { } record)
        {
            return new LeaseBreakOutcome.Unknown();
        }

        if (await FindHolderAsync(record, cancellationToken) is not { } holder)
        {
            return new LeaseBreakOutcome.NotHeld();
        }

        var delivery = DeliveryId.Parse("lease-break:" + ids.NewNonce());
        await inbox.AddSideEntryAsync(key, delivery, clock.GetUtcNow(), LineOf(by, holder.Claim), cancellationToken);
        for (var now = holder; ;)
        {
            if (await blobs.BreakLeaseAsync(now.Path, now.ETag, cancellationToken) != LeaseOutcome.Changed)
            {
                LogBroken(log, now.Path.Value, holder.Claim?.RunId, by);
                return new LeaseBreakOutcome.Broken(holder.Claim);
            }

            // He wrote since he was looked at, or he is another one.
            if (await FindHolderAsync(record, cancellationToken) is not { } next || next.Claim?.RunId != holder.Claim?.RunId)
            {
                return new LeaseBreakOutcome.NotHeld();
            }

            now = next;
        }
    }

    /// <returns>Null when nobody holds the session, or nothing was said in it yet.</returns>
    private async Task<(BlobPath Path, BlobETag ETag, OwnershipMetadata? Claim)?> FindHolderAsync(
        SessionRecord record, CancellationToken cancellationToken)
    {
        var session = record.SessionId;
        return await reader.FindActiveAsync(session, record.ActiveSegment, cancellationToken) is var (segment, snapshot)
            && snapshot.IsLeased
            ? (TranscriptPaths.Segment(session, segment), snapshot.ETag, OwnershipMetadata.FromMetadata(snapshot.Metadata))
            : null;
    }

    private ReadOnlyMemory<byte> LineOf(string by, OwnershipMetadata? claim) =>
        TurnJson.LineOf(new TranscriptEntry.Custom(
            "holdfast/lease-break", TurnJson.Text(new LeaseBreakNote(by, claim?.RunId, claim?.Attempt ?? 0, claim?.Epoch ?? 0)))
        {
            Id = EntryId.Parse("lease-break"), // takes its delivery's id on its way into the transcript
            WrittenAt = clock.GetUtcNow(),
            Provenance = new Provenance("operator", 0, 0, 0, EntrySource.Control),
        });
}
