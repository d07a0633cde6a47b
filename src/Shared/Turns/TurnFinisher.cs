using System.Globalization;
using System.Text.Json;
using Holdfast.Delivery;
using Holdfast.Inbox;
using Holdfast.Ownership;
using Holdfast.Ownership.Leases;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Transcripts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Holdfast.Turns;

/// <summary>
/// Ends a turn: outbox → platform → mirror → receipt → inbox → lease, in this order. May run twice: the outbox holds what was begun
/// first, the mirror's id and the receipt come from the turn, and taking away what is gone is no fault. A crash after the delivery
/// leaves a pending message whose receipt may be missing: the next execution finds the delivery in the outbox and sends nothing (I3, I4).
/// </summary>
public sealed partial class TurnFinisher(
    IBlobContainer blobs,
    StorageCallCounter counter,
    TranscriptReader reader,
    SessionDirectory sessions,
    SessionClaimer claimer,
    Deliverer deliverer,
    IReplyChannels channels,
    InboxStore inbox,
    ReceiptStore receipts,
    IOptions<LeaseOptions> leases,
    TimeProvider clock,
    ILogger<TurnFinisher> log)
{
    /// <summary>Receipt, inbox and lease: the calls that come after the tally is written.</summary>
    private const int CallsAfterTally = 3;

    /// <inheritdoc cref="FinishAsync(FinishRequest, HeldTranscript?, InboundMessage?, CancellationToken)"/>
    public Task<FinishOutcome> FinishAsync(FinishRequest request, CancellationToken cancellationToken) =>
        FinishAsync(request, held: null, message: null, cancellationToken);

    /// <param name="held">The session under the claim of the run's last step; it is let go here, and stays the caller's to dispose. Null when it is held no more.</param>
    /// <param name="message">The turn's message, when the caller has read it.</param>
    public async Task<FinishOutcome> FinishAsync(FinishRequest request, HeldTranscript? held, InboundMessage? message, CancellationToken cancellationToken)
    {
        using var calls = counter.StartTally();
        var turn = request.Turn;
        message ??= await inbox.ReadMessageAsync(BlobPath.Parse(turn.InboxPath), cancellationToken);
        if (message is null)
        {
            return new FinishOutcome.Finished(await FinishedBeforeAsync(turn, cancellationToken));
        }

        if (request.Failure == TurnFailure.Internal)
        {
            request = await WithStandingAnswerAsync(request, cancellationToken);
        }

        if (request.Failure is { } failure && IsUnrecorded(failure))
        {
            turn = await RecordAsync(request, held?.Transcript, message, cancellationToken);
            request = request with { Turn = turn };
        }

        var view = held is null ? await reader.ReadAsync(turn.Session(), turn.Segment, cancellationToken) : null;
        await using var resumed = view is null || request.Ending == TurnEnding.Superseded
            ? null // A run that was taken over writes nothing into the main line any more (I2).
            : Resume(turn, view);
        var holder = held ?? resumed;
        var transcript = holder?.Transcript;
        var conversation = held?.Transcript.Conversation ?? view?.Conversation;
        var delivered = await deliverer.DeliverAsync(
            IntentOf(request, message, conversation), message.AcceptedAt, TurnDecider.LongestPauseInside, cancellationToken);
        if (delivered is { State: OutboxState.Sending, RetryAt: { } retryAt })
        {
            LogPutOff(log, turn.RunId, retryAt);
            return new FinishOutcome.PutOff(retryAt);
        }

        using var later = transcript is null ? null : await MirrorAsync(turn, transcript, delivered, cancellationToken);
        var receipt = await receipts.CreateAsync(ReceiptOf(request, delivered, transcript, (int)calls.Calls), cancellationToken);
        await inbox.RemoveAsync(BlobPath.Parse(turn.InboxPath), BlobETag.Parse(turn.InboxETag), cancellationToken);
        await (later?.ReleaseAsync() ?? holder?.ReleaseAsync() ?? Task.CompletedTask);

        LogFinished(log, receipt.Ending, turn.RunId, receipt.Channel, receipt.DeliveredAs.Length, receipt.Tally.StorageCalls);
        return new FinishOutcome.Finished(receipt);
    }

    /// <summary>
    /// Writes the copy of the delivery. A late execution of a step may have claimed meanwhile: it has nothing left to do, so its claim is
    /// taken for our own, or nobody would let its lease go. That of another deployment is not: it holds the lease under an id of its own.
    /// </summary>
    /// <returns>The late execution's claim; null when there is none.</returns>
    private async Task<FencedTranscript?> MirrorAsync(
        TurnReference turn, FencedTranscript transcript, OutboxRecord delivered, CancellationToken cancellationToken)
    {
        FencedTranscript? later = null;
        while (await (later ?? transcript).AppendAsync([MirrorOf(delivered)], cancellationToken) is FencedOutcome.Superseded)
        {
            var view = await reader.ReadAsync(turn.Session(), turn.Segment, cancellationToken);
            if (view is null || view.Claim?.Orchestration != turn.Orchestration || claimer.Resume(turn.Run(), view) is not { } newest)
            {
                break;
            }

            later?.Dispose();
            later = newest;
        }

        return later;
    }

    /// <returns>Null when the session is not the run's any more.</returns>
    private HeldTranscript? Resume(TurnReference turn, TranscriptView view) => claimer.Resume(turn.Run(), view) is { } transcript
        ? new HeldTranscript(transcript, LeaseRenewer.Start(blobs, LeaseOf(turn, transcript), leases.Value, clock, log, transcript.Ended))
        : null;

    private static HeldLease LeaseOf(TurnReference turn, FencedTranscript transcript) =>
        new(() => transcript.Path, transcript.Lease, turn.DeadlineAt, (isLost, token) => isLost ? transcript.CheckAsync(token) : Task.CompletedTask);

    /// <summary>The execution before this one died after the message was taken away: only its lease may be left.</summary>
    private async Task<Receipt> FinishedBeforeAsync(TurnReference turn, CancellationToken cancellationToken)
    {
        var receipt = await receipts.FindAsync(turn.Run().Turn, cancellationToken)
            ?? throw new InvalidDataException("The turn's message is gone and no receipt stands.");
        if (await reader.FindActiveAsync(turn.Session(), turn.Segment, cancellationToken) is { } active)
        {
            await blobs.ReleaseLeaseAsync(TranscriptPaths.Segment(turn.Session(), active.Segment), leases.Value.LeaseOf(turn.Run()), cancellationToken);
        }

        return receipt;
    }

    /// <summary>
    /// A turn whose last activity failed again and again may have its answer all the same: then that goes out, and no notice (I5). Who wrote
    /// it, a run before this one or this one, makes no difference.
    /// </summary>
    private async Task<FinishRequest> WithStandingAnswerAsync(FinishRequest request, CancellationToken cancellationToken)
    {
        var turn = request.Turn;
        return await reader.ReadAsync(turn.Session(), turn.Segment, cancellationToken) is { } view
            && TurnHistory.FindFinalAnswer(view.Conversation, turn.Run().Turn) is { Provenance: { } provenance }
                ? request with { Ending = TurnEnding.Replied, Failure = null, Turn = turn with { RunId = provenance.RunId } }
                : request;
    }

    /// <summary>
    /// Sees to it that a turn without an answer stands in the transcript: its message (I3), and a stub where no step left one. A turn
    /// that an operator terminated may still be streaming somewhere: the new claim shuts it out, and the stub tells it so.
    /// </summary>
    /// <returns>The turn in the session that it is recorded in: a reset may have closed the one it was opened in.</returns>
    private async Task<TurnReference> RecordAsync(
        FinishRequest request, FencedTranscript? held, InboundMessage message, CancellationToken cancellationToken)
    {
        if (held is not null)
        {
            await LeaveStubAsync(request, held, message, cancellationToken);
            return request.Turn;
        }

        var turn = request.Turn;
        var outcome = await claimer.ClaimAsync(turn.Run(), turn.Session(), turn.Segment, turn.ClaimRequest(), cancellationToken);
        while (outcome is ClaimOutcome.Ended)
        {
            var next = await sessions.MoveOnAsync(turn.Key(), turn.Session(), cancellationToken);
            turn = turn with { SessionId = next.SessionId.Value, Segment = next.ActiveSegment };
            outcome = await claimer.ClaimAsync(turn.Run(), turn.Session(), turn.Segment, turn.ClaimRequest(), cancellationToken);
        }

        if (outcome is ClaimOutcome.Claimed claimed)
        {
            using var transcript = claimed.Transcript;
            await LeaveStubAsync(request, transcript, message, cancellationToken);
        }

        return turn;
    }

    private async Task LeaveStubAsync(FinishRequest request, FencedTranscript transcript, InboundMessage message, CancellationToken cancellationToken)
    {
        var (run, now) = (request.Turn.Run(), clock.GetUtcNow());
        var stub = TurnHistory.Stub(
            EntryId.OfStep(run, request.Step, TurnHistory.FailurePart), "aborted", $"{request.Failure}: the turn was ended without an answer", "", now);
        await transcript.AppendAsync(
            [.. TurnHistory.MarkInterrupted(transcript.Conversation, transcript.Identity, now), TurnHistory.MessageOf(run.Turn, message), stub],
            cancellationToken);
    }

    /// <summary>True for failures that no step left a stub for.</summary>
    private static bool IsUnrecorded(TurnFailure failure) =>
        failure is TurnFailure.Terminated or TurnFailure.Internal or TurnFailure.UnknownAgent or TurnFailure.TooManyToolRounds;

    private static OutboxRecord IntentOf(FinishRequest request, InboundMessage message, Conversation? conversation)
    {
        var turn = request.Turn;
        var (ending, text) = request.Failure is { } failure
            ? (request.Ending, TurnNotices.TextOf(failure, turn.RunId))
            : TextOf(request, conversation);
        return new OutboxRecord(turn.Run(), turn.Key(), ending, message.ReplyTo, text) { Attempts = 1 };
    }

    private static (TurnEnding Ending, string Text) TextOf(FinishRequest request, Conversation? conversation)
    {
        // A detached answer is in the outbox already, and what was begun first is delivered; then this text is never used.
        if (conversation is null || TurnHistory.FindFinalAnswer(conversation, request.Turn.Run().Turn) is not { } answer)
        {
            return (TurnEnding.Failed, TurnNotices.TextOf(TurnFailure.TakenOver, request.Turn.RunId));
        }

        var text = answer.Content.PlainText();
        return (TurnEnding.Replied, answer.StopReason == "length" ? text + TurnNotices.CutAtTheLimit : text);
    }

    private TranscriptEntry.Custom MirrorOf(OutboxRecord delivered) =>
        new("holdfast/delivery", JsonSerializer.Serialize(DeliveryOf(delivered), TurnJson.Default.DeliveryNote))
        {
            Id = TurnHistory.DeliveryId(delivered.TurnId),
            WrittenAt = clock.GetUtcNow(),
        };

    private DeliveryNote DeliveryOf(OutboxRecord delivered) =>
        new(delivered.TurnId.Value, ChannelOf(delivered), delivered.State.ToString().ToLower(CultureInfo.InvariantCulture), delivered.Posted);

    private Receipt ReceiptOf(FinishRequest request, OutboxRecord delivered, FencedTranscript? transcript, int storageCalls)
    {
        var tally = request.Tally + (TurnTally.Zero with
        {
            Claims = request.Failure is { } failure && IsUnrecorded(failure) ? 1 : 0,
            StorageCalls = storageCalls + CallsAfterTally,
            Verdicts = transcript?.Verdicts ?? TurnTally.Zero.Verdicts,
        });
        return new Receipt(
            request.Turn.Run(),
            request.Turn.Key(),
            request.Turn.Session(),
            delivered.State == OutboxState.Refused ? TurnEnding.Undeliverable : delivered.Ending,
            ChannelOf(delivered),
            delivered.Posted,
            tally)
        {
            AcceptedAt = request.Turn.AcceptedAt,
            FinishedAt = clock.GetUtcNow(),
        };
    }

    private string ChannelOf(OutboxRecord delivered) => channels.Find(delivered.Target)?.Name ?? "none";

    [LoggerMessage(EventId = 1461, Level = LogLevel.Information, Message = "The delivery of run {Run} goes on at {RetryAt}")]
    private static partial void LogPutOff(ILogger logger, string run, DateTimeOffset retryAt);

    [LoggerMessage(
        EventId = 1460,
        Level = LogLevel.Information,
        Message = "Turn ended ({Ending}): run {Run}, channel {Channel}, {Parts} parts delivered, {StorageCalls} storage calls")]
    private static partial void LogFinished(ILogger logger, TurnEnding ending, string run, string channel, int parts, int storageCalls);
}
