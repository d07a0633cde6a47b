using Holdfast.Ownership.Leases;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Transcripts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Holdfast.Ownership;

/// <summary>
/// Claims a session for an execution of a run: lease → one read → metadata with the next epoch, by If-Match and lease. Two executions
/// of one run may both hold the run's lease; the ETag lets one claim at a time through, and each claim shuts out the one before it (I8).
/// <para>
/// A crash between lease and metadata leaves a lease that lapses, or that the run's next execution acquires again under its own id;
/// a crash after the metadata leaves a claim that the next one follows with a higher epoch.
/// </para>
/// <para>
/// The segment is a hint: a sealed one is followed to its successor, which is created here when its roller died before. A sealed
/// segment is never claimed.
/// </para>
/// </summary>
public sealed partial class SessionClaimer(
    IBlobContainer blobs,
    TranscriptReader reader,
    IdSource ids,
    IOptions<LeaseOptions> options,
    IOptions<TranscriptOptions> transcripts,
    TimeProvider clock,
    ILogger<SessionClaimer> log)
{
    private readonly FencedDependencies _dependencies = new(blobs, reader.Cache, ids, options.Value, transcripts.Value, clock, log);

    /// <summary>As the next, for a run that no orchestration runs and no deadline ends.</summary>
    public Task<ClaimOutcome> ClaimAsync(RunId run, SessionId session, int segment, CancellationToken cancellationToken) =>
        ClaimAsync(run, session, segment, ClaimRequest.None, cancellationToken);

    /// <summary>
    /// Waits at most <see cref="LeaseOptions.ClaimWait"/> for another holder. His lease is never broken here: it lapses by itself when he
    /// dies (docs/decisions/0011).
    /// </summary>
    public Task<ClaimOutcome> ClaimAsync(
        RunId run, SessionId session, int segment, ClaimRequest request, CancellationToken cancellationToken) =>
        ClaimAsync(run, session, segment, request, evenIfTakenOver: false, cancellationToken);

    /// <summary>
    /// As the other, also when another run came between: for a run that goes on after a takeover (fence mode <c>warn</c>).
    /// </summary>
    public Task<ClaimOutcome> ClaimBackAsync(
        RunId run, SessionId session, int segment, ClaimRequest request, CancellationToken cancellationToken) =>
        ClaimAsync(run, session, segment, request, evenIfTakenOver: true, cancellationToken);

    private async Task<ClaimOutcome> ClaimAsync(
        RunId run, SessionId session, int segment, ClaimRequest request, bool evenIfTakenOver, CancellationToken cancellationToken)
    {
        var at = reader.Cache.FirstOpen(session, segment);
        int? left = null;
        var waitUntil = clock.GetUtcNow() + options.Value.ClaimWait;
        while (true)
        {
            ClaimOutcome? outcome = null;
            var path = TranscriptPaths.Segment(session, at);
            switch (await blobs.AcquireLeaseAsync(path, options.Value.LeaseOf(run), options.Value.Duration, cancellationToken))
            {
                case LeaseOutcome.Held:
                    await LeaveAsync(run, session, left);
                    left = null;
                    (outcome, var next) = await RaiseEpochAsync(run, session, at, request, evenIfTakenOver, cancellationToken);

                    // The lease of a sealed segment goes only after that of the next one came: the way a roll hands it over.
                    (left, at) = next > at ? (at, next) : (left, at);
                    break;
                case LeaseOutcome.NotFound:
                    outcome = await CreateAsync(session, at, cancellationToken);
                    break;
                default:
                    if (await StandingAfterAsync(session, at, cancellationToken) is { HasMoved: true } moved)
                    {
                        (outcome, at) = (moved.Ended, at + 1);
                        break;
                    }

                    if (clock.GetUtcNow() >= waitUntil)
                    {
                        LogBusy(log, session.Value, run.Value);
                        outcome = new ClaimOutcome.Busy();
                        break;
                    }

                    await Task.Delay(options.Value.PollEvery, clock, cancellationToken);
                    break;
            }

            if (outcome is not null)
            {
                await LeaveAsync(run, session, left);
                return outcome;
            }
        }
    }

    /// <summary>
    /// Goes on under the claim that the run made last, without a new one: for what a run does after its last step. The next append is
    /// refused if somebody claims in between, as ever.
    /// </summary>
    /// <returns>Null when the session is not the run's any more.</returns>
    public FencedTranscript? Resume(RunId run, TranscriptView view) =>
        view.Claim is { } claim && claim.RunId == run.Value ? new FencedTranscript(_dependencies, run, claim, view.ETag, view) : null;

    /// <returns>
    /// No outcome when somebody wrote between the read and the claim, or when the session goes on in another segment: look there.
    /// </returns>
    private async Task<(ClaimOutcome? Outcome, int Segment)> RaiseEpochAsync(
        RunId run, SessionId session, int segment, ClaimRequest request, bool evenIfTakenOver, CancellationToken cancellationToken)
    {
        if (await reader.ReadAsync(session, segment, cancellationToken) is not { } view)
        {
            return (null, segment);
        }

        if (view.IsSealed || view.Segment != segment)
        {
            return (null, view.IsSealed ? view.Segment + 1 : view.Segment);
        }

        var path = TranscriptPaths.Segment(session, segment);
        if (view.Claim is not { } standing || standing.SessionId != session || standing.Segment != segment)
        {
            await blobs.ReleaseLeaseAsync(path, options.Value.LeaseOf(run), cancellationToken);
            return (new ClaimOutcome.Unreadable("The segment's metadata does not name this session."), segment);
        }

        if (!evenIfTakenOver && ConflictPolicy.DecideReturn(run, view.Conversation, standing) is { } takeover)
        {
            await blobs.ReleaseLeaseAsync(path, options.Value.LeaseOf(run), cancellationToken);
            return (new ClaimOutcome.TakenOver(takeover, view, standing.RunId == run.Value ? standing.Attempt : 0), segment);
        }

        var attempt = standing.RunId == run.Value ? standing.Attempt + 1 : 1;
        var claim = new OwnershipMetadata(run.Value, attempt, standing.Epoch + 1, session, segment, ids.NewNonce())
        {
            ClaimedAt = clock.GetUtcNow(),
            Until = UntilOf(run, standing, request),
            Orchestration = request.Orchestration,
        };
        var written = await blobs.SetMetadataAsync(path, claim.ToMetadata(), view.ETag, options.Value.LeaseOf(run), cancellationToken);
        var etag = written switch
        {
            BlobWriteOutcome.Written stands => stands.ETag,
            _ => await FindOwnClaimAsync(path, view.Length, claim, cancellationToken),
        };
        if (etag is null)
        {
            return (null, segment);
        }

        LogClaimed(log, session.Value, run.Value, attempt, claim.Epoch);
        return (new ClaimOutcome.Claimed(new FencedTranscript(_dependencies, run, claim, etag, view)), segment);
    }

    /// <summary>
    /// The deadline is set by the run's first claim: an execution that dies again and again does not put it off. There is always a margin
    /// left, to write down how the run ended.
    /// </summary>
    private DateTimeOffset? UntilOf(RunId run, OwnershipMetadata standing, ClaimRequest request)
    {
        var (asked, soonest) = (request.DeadlineAt + options.Value.DeadlineMargin, clock.GetUtcNow() + options.Value.DeadlineMargin);
        return standing.RunId == run.Value && standing.Until is { } first && first < asked ? (first > soonest ? first : soonest) : asked;
    }

    /// <summary>A refusal may be that of our own success whose answer was lost: then the blob says so.</summary>
    private async Task<BlobETag?> FindOwnClaimAsync(
        BlobPath path, long length, OwnershipMetadata claim, CancellationToken cancellationToken)
    {
        var snapshot = await blobs.ReadAsync(path, length, null, cancellationToken);
        return snapshot is not null && OwnershipMetadata.FromMetadata(snapshot.Metadata) == claim && snapshot.Length == length
            ? snapshot.ETag
            : null;
    }

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
    private async Task<(bool HasMoved, ClaimOutcome? Ended)> StandingAfterAsync(
        SessionId session, int segment, CancellationToken cancellationToken)
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

    /// <summary>A sealed segment's lease guards nothing, so losing it to a fault costs others a wait and no more.</summary>
    private Task LeaveAsync(RunId run, SessionId session, int? segment) => segment is { } left
        ? blobs.LetGoAsync(TranscriptPaths.Segment(session, left), options.Value.LeaseOf(run), options.Value, clock, log)
        : Task.CompletedTask;

    private Task<BlobSnapshot?> PropertiesAsync(SessionId session, int segment, CancellationToken cancellationToken) =>
        blobs.ReadAsync(TranscriptPaths.Segment(session, segment), 0, maxBytes: 0, cancellationToken);
}

/// <summary>What a claim says of its claimer beside the run.</summary>
/// <param name="DeadlineAt">The turn's deadline; null for a claimer without one.</param>
/// <param name="Orchestration">The execution of the orchestration that the claim is made for.</param>
public sealed record ClaimRequest(DateTimeOffset? DeadlineAt, string? Orchestration)
{
    public static ClaimRequest None { get; } = new(null, null);
}
