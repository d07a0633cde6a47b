using Holdfast.Inbox;
using Holdfast.Ownership;
using Holdfast.Ownership.Leases;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Transcripts;
using Microsoft.Extensions.Logging;

namespace Holdfast.Turns;

/// <summary>
/// A turn's hold on its session, from claim to release: claims it, renews its lease, follows it into later segments and, after a reset,
/// into the key's next session.
/// </summary>
public sealed partial class SessionOwnership(
    SessionClaimer claimer, SessionDirectory sessions, TranscriptReader reader, RunLeases leases, PendingEntryFlusher sideEntries,
    ILogger<SessionOwnership> log)
{
    public Task<ClaimOutcome> ClaimAsync(TurnReference turn, CancellationToken cancellationToken) =>
        claimer.ClaimAsync(turn.RunId, turn.SessionId, turn.Segment, RequestOf(turn), cancellationToken);

    /// <summary>Claims for a run that was taken over and goes on all the same (fence mode <c>warn</c>).</summary>
    /// <returns>Null when the session cannot be had.</returns>
    public async Task<FencedTranscript?> ClaimBackAsync(TurnReference turn, CancellationToken cancellationToken)
    {
        var outcome = await claimer.ClaimBackAsync(turn.RunId, turn.SessionId, turn.Segment, RequestOf(turn), cancellationToken);
        return (outcome as ClaimOutcome.Claimed)?.Transcript;
    }

    /// <returns>The transcript as it is now; null when there is none.</returns>
    public Task<TranscriptView?> ReadAsync(TurnReference turn, CancellationToken cancellationToken) =>
        reader.ReadAsync(turn.SessionId, turn.Segment, cancellationToken);

    /// <summary>
    /// Renews the lease of a session that was claimed; each renewal is a boundary at which waiting side entries are written.
    /// </summary>
    internal HeldTranscript Hold(TurnReference turn, FencedTranscript transcript) =>
        Hold(turn, transcript, (isLost, token) => AtRenewalAsync(turn.SessionKey, transcript, isLost, token));

    /// <summary>Goes on under the claim of the run's last step.</summary>
    /// <returns>Null when the session is not the run's any more.</returns>
    internal HeldTranscript? Resume(TurnReference turn, TranscriptView view) => claimer.Resume(turn.RunId, view) is { } transcript
        ? Hold(turn, transcript, (isLost, token) => isLost ? transcript.CheckAsync(token) : Task.CompletedTask)
        : null;

    /// <summary>
    /// Goes on under a claim that a late execution of the run made meanwhile. That of another deployment is not taken for our own: it holds
    /// the lease under an id of its own.
    /// </summary>
    /// <returns>Null when there is none.</returns>
    internal async Task<FencedTranscript?> ResumeLaterAsync(TurnReference turn, CancellationToken cancellationToken) =>
        await ReadAsync(turn, cancellationToken) is { Claim: { } claim } view && claim.Orchestration == turn.Orchestration
            ? claimer.Resume(turn.RunId, view)
            : null;

    /// <summary>For an activity that writes nothing into the transcript: the run's lease is renewed until this is disposed.</summary>
    internal LeaseRenewer Renew(TurnReference turn)
    {
        var path = TranscriptPaths.Segment(turn.SessionId, turn.Segment);
        return leases.Renew(
            new HeldLease(() => path, leases.Of(turn.RunId), turn.DeadlineAt, (_, _) => Task.CompletedTask), CancellationToken.None);
    }

    /// <summary>Lets the lease go of a turn whose receipt stands: the execution that wrote it died before it could.</summary>
    internal async Task ReleaseAsync(TurnReference turn, CancellationToken cancellationToken)
    {
        if (await reader.FindActiveAsync(turn.SessionId, turn.Segment, cancellationToken) is { } active)
        {
            await leases.ReleaseAsync(turn.SessionId, active.Segment, turn.RunId, cancellationToken);
        }
    }

    /// <summary>
    /// Notes the segment that the session has come to; a crash before it leaves an old one, from which everybody follows the seals.
    /// </summary>
    internal Task NoteSegmentAsync(TurnReference turn, int segment, CancellationToken cancellationToken) => segment > turn.Segment
        ? sessions.AdvanceAsync(turn.SessionKey, turn.SessionId, segment, cancellationToken)
        : Task.CompletedTask;

    /// <returns>The turn in the session that its key means after a reset closed the one it was opened in.</returns>
    internal async Task<TurnReference> MoveOnAsync(TurnReference turn, CancellationToken cancellationToken)
    {
        var next = await sessions.MoveOnAsync(turn.SessionKey, turn.SessionId, cancellationToken);
        LogMovedOn(log, turn.RunId.Value, turn.SessionId.Value, next.SessionId.Value);
        return turn with { SessionId = next.SessionId, Segment = next.ActiveSegment };
    }

    private static ClaimRequest RequestOf(TurnReference turn) => new(turn.DeadlineAt, turn.Orchestration);

    private HeldTranscript Hold(TurnReference turn, FencedTranscript transcript, Func<bool, CancellationToken, Task> atRenewal)
    {
        var lease = new HeldLease(() => transcript.Path, transcript.Lease, turn.DeadlineAt, atRenewal);
        return new HeldTranscript(transcript, leases.Renew(lease, until: transcript.Ended));
    }

    /// <summary>
    /// A lost lease is looked into at once: during a long silence there is no append that would find out, and nobody may take the session
    /// for free or stay taken over for minutes.
    /// </summary>
    private async Task AtRenewalAsync(SessionKey key, FencedTranscript transcript, bool isLost, CancellationToken cancellationToken)
    {
        try
        {
            if (isLost)
            {
                await transcript.CheckAsync(cancellationToken);
            }

            await sideEntries.DrainAsync(key, transcript, cancellationToken);
        }
        catch (StorageUnavailableException fault)
        {
            LogNotFlushed(log, fault, transcript.Identity.Run.Value);
        }
    }
}

/// <summary>A claimed session's transcript whose lease is renewed until it is let go, or this is disposed.</summary>
public sealed class HeldTranscript : IAsyncDisposable
{
    private readonly LeaseRenewer _renewer;
    private bool _isRenewed = true;

    internal HeldTranscript(FencedTranscript transcript, LeaseRenewer renewer) => (Transcript, _renewer) = (transcript, renewer);

    public FencedTranscript Transcript { get; }

    /// <summary>False once the fence has closed.</summary>
    public bool MayWrite => Transcript.End is null;

    /// <summary>
    /// Lets the lease go. The renewing ends first: a renewal that finds the lease gone would look who came, and take it again.
    /// </summary>
    public async Task ReleaseAsync()
    {
        await EndRenewingAsync();
        await Transcript.ReleaseAsync();
    }

    /// <summary>Renews no more. The lease bridges the gap to the run's next activity, or lapses.</summary>
    public async ValueTask DisposeAsync()
    {
        await EndRenewingAsync();
        Transcript.Dispose();
    }

    private async ValueTask EndRenewingAsync()
    {
        if (_isRenewed)
        {
            _isRenewed = false;
            await _renewer.DisposeAsync();
        }
    }
}
