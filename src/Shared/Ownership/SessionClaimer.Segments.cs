using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Transcripts;

namespace Holdfast.Ownership;

// From a segment that is not there, or that somebody holds, to the one that takes appends.
public sealed partial class SessionClaimer
{
    /// <summary>
    /// Creates a segment, if it is absent: a session's first one without a claim, a later one with the claim of the sealed one before it.
    /// A refusal means that another creator was first, which is as good.
    /// </summary>
    /// <returns>Null when the segment is there now.</returns>
    private async Task<ClaimOutcome?> CreateAsync(SessionId session, int segment, CancellationToken cancellationToken)
    {
        var claim = OwnershipMetadata.Unclaimed(session, segment);
        if (segment > 0)
        {
            var before = await PropertiesAsync(session, segment - 1, cancellationToken);
            if (before is not { IsSealed: true } || OwnershipMetadata.FromMetadata(before.Metadata) is not { } standing)
            {
                return new ClaimOutcome.Unreadable("The segment is missing, and the one before it is not sealed or names no owner.");
            }

            if (standing.EndsSession)
            {
                return new ClaimOutcome.Ended();
            }

            claim = standing with { Segment = segment };
        }

        await blobs.CreateAppendAsync(TranscriptPaths.Segment(session, segment), claim.ToMetadata(), cancellationToken);
        return null;
    }

    /// <summary>
    /// Whether a held segment is one that the session has left. While its roller is between the seal and the next segment's lease it
    /// still counts as held: nobody overtakes a run that is rolling.
    /// </summary>
    private async Task<(bool HasMoved, ClaimOutcome? Ended)> StandingAfterAsync(SessionId session, int segment, CancellationToken cancellationToken)
    {
        if (await PropertiesAsync(session, segment, cancellationToken) is not { IsSealed: true } left)
        {
            return (false, null);
        }

        if (OwnershipMetadata.FromMetadata(left.Metadata) is { EndsSession: true })
        {
            return (true, new ClaimOutcome.Ended());
        }

        var next = await PropertiesAsync(session, segment + 1, cancellationToken);
        return (next is { IsLeased: true } or { IsSealed: true } or { Length: > 0 }, null);
    }

    /// <summary>Lets a sealed segment's lease go. It guards nothing, so losing it to a fault costs others a wait and no more.</summary>
    private async Task LeaveAsync(RunId run, SessionId session, int? segment, CancellationToken cancellationToken)
    {
        if (segment is not { } left)
        {
            return;
        }

        try
        {
            await blobs.ReleaseLeaseAsync(TranscriptPaths.Segment(session, left), options.Value.LeaseOf(run), cancellationToken);
        }
        catch (StorageUnavailableException fault)
        {
            LogNotLeft(log, fault, session.Value, left, run.Value);
        }
    }

    private Task<BlobSnapshot?> PropertiesAsync(SessionId session, int segment, CancellationToken cancellationToken) =>
        blobs.ReadAsync(TranscriptPaths.Segment(session, segment), 0, maxBytes: 0, cancellationToken);
}
