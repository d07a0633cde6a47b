using System.Globalization;
using Holdfast.Delivery;
using Holdfast.Inbox;
using Holdfast.Ownership;
using Holdfast.Sessions;
using Holdfast.Transcripts;
using Microsoft.Extensions.Logging;

namespace Holdfast.Turns;

/// <summary>
/// Ends a turn: outbox → platform → mirror → receipt → inbox → lease, in this order. May run twice: the outbox holds what was begun
/// first, the mirror's id and the receipt come from the turn, and taking away what is gone is no fault. A crash after the delivery
/// leaves a pending message whose receipt may be missing: the next execution finds the delivery in the outbox and sends nothing (I3, I4).
/// </summary>
public sealed partial class TurnFinisher(
    SessionOwnership session, Deliverer deliverer, IReplyChannels channels, InboxStore inbox, ReceiptStore receipts, TimeProvider clock,
    ILogger<TurnFinisher> log)
{
    /// <param name="course">With the turn, how it ends, and the last step: its stub is the one that is left where none was.</param>
    /// <param name="held">
    /// The session under the claim of the run's last step; it is let go here, and stays the caller's to dispose. Null when it is held no
    /// more.
    /// </param>
    /// <param name="message">The turn's message, when the caller has read it.</param>
    /// <returns>
    /// The course at its end: the receipt stands. With a <see cref="TurnCourse.ResumeAt"/> the delivery goes on then; message and intent
    /// stand.
    /// </returns>
    public async Task<TurnCourse> FinishAsync(
        TurnCourse course, HeldTranscript? held, InboundMessage? message, CancellationToken cancellationToken)
    {
        var turn = course.Turn!;
        message ??= await inbox.ReadMessageAsync(turn.InboxPath, cancellationToken);
        if (message is null)
        {
            await LetGoOfFinishedAsync(turn, cancellationToken);
            return course with { Next = TurnMove.End };
        }

        var ending = course.Failure == TurnFailure.Internal ? await WithStandingAnswerAsync(course, cancellationToken) : course;
        if (IsUnrecorded(ending.Failure))
        {
            turn = await RecordAsync(ending, held?.Transcript, message, cancellationToken);
            ending = ending with { Turn = turn };
        }

        var view = held is null ? await session.ReadAsync(turn, cancellationToken) : null;
        await using var resumed = view is null || ending.Ending == TurnEnding.Superseded
            ? null // A run that was taken over writes nothing into the main line any more (I2).
            : session.Resume(turn, view);
        var holder = held ?? resumed;
        var intent = IntentOf(ending, message, held?.Transcript.Conversation ?? view?.Conversation);
        var delivered = await deliverer.DeliverAsync(intent, message.AcceptedAt, TurnDecider.LongestPauseInside, cancellationToken);
        if (delivered is { State: OutboxState.Sending, RetryAt: { } retryAt })
        {
            LogPutOff(log, turn.RunId.Value, retryAt);
            return course with { ResumeAt = retryAt };
        }

        using var later = holder is null ? null : await MirrorAsync(turn, holder.Transcript, delivered, cancellationToken);
        var receipt = await receipts.CreateAsync(ReceiptOf(ending, delivered, holder?.Transcript), cancellationToken);
        await inbox.RemoveAsync(turn.InboxPath, turn.InboxETag, cancellationToken);
        await (later?.ReleaseAsync() ?? holder?.ReleaseAsync() ?? Task.CompletedTask);
        LogFinished(log, receipt.Ending, turn.RunId.Value, receipt.Channel, receipt.DeliveredAs.Length);
        return course with { Next = TurnMove.End };
    }

    /// <summary>
    /// Writes the note of the delivery. A late execution of a step may have claimed meanwhile: it has nothing left to do, so its claim is
    /// taken for our own, or nobody would let its lease go.
    /// </summary>
    /// <returns>The late execution's claim; null when there is none.</returns>
    private async Task<FencedTranscript?> MirrorAsync(
        TurnReference turn, FencedTranscript transcript, OutboxRecord delivered, CancellationToken cancellationToken)
    {
        FencedTranscript? later = null;
        while (await (later ?? transcript).AppendAsync([MirrorOf(delivered)], cancellationToken) is FencedOutcome.Superseded
            && await session.ResumeLaterAsync(turn, cancellationToken) is { } newest)
        {
            later?.Dispose();
            later = newest;
        }

        return later;
    }

    /// <summary>The execution before this one died after the message was taken away: only its lease may be left.</summary>
    private async Task LetGoOfFinishedAsync(TurnReference turn, CancellationToken cancellationToken)
    {
        if (!await receipts.ExistsAsync(turn.RunId.Turn, cancellationToken))
        {
            throw new InvalidDataException("The turn's message is gone and no receipt stands.");
        }

        await session.ReleaseAsync(turn, cancellationToken);
    }

    /// <summary>
    /// A turn whose last activity failed again and again may have its answer all the same: then that goes out, and no notice (I5). Who
    /// wrote it, a run before this one or this one, makes no difference.
    /// </summary>
    private async Task<TurnCourse> WithStandingAnswerAsync(TurnCourse course, CancellationToken cancellationToken)
    {
        var turn = course.Turn!;
        return await session.ReadAsync(turn, cancellationToken) is { } view
            && TurnHistory.FindFinalAnswer(view.Conversation, turn.RunId.Turn) is { Provenance: { } provenance }
                ? course with { Ending = TurnEnding.Replied, Failure = null, Turn = turn with { RunId = RunId.Parse(provenance.RunId) } }
                : course;
    }

    /// <summary>
    /// Sees to it that a turn without an answer stands in the transcript: its message (I3), and a stub where no step left one. A turn
    /// that an operator terminated may still be streaming somewhere: the new claim shuts it out, and the stub tells it so.
    /// </summary>
    /// <returns>The turn in the session that it is recorded in: a reset may have closed the one it was opened in.</returns>
    private async Task<TurnReference> RecordAsync(
        TurnCourse course, FencedTranscript? held, InboundMessage message, CancellationToken cancellationToken)
    {
        var turn = course.Turn!;
        if (held is not null)
        {
            await LeaveStubAsync(course, held, message, cancellationToken);
            return turn;
        }

        var outcome = await session.ClaimAsync(turn, cancellationToken);
        while (outcome is ClaimOutcome.Ended)
        {
            turn = await session.MoveOnAsync(turn, cancellationToken);
            outcome = await session.ClaimAsync(turn, cancellationToken);
        }

        if (outcome is ClaimOutcome.Claimed claimed)
        {
            using var transcript = claimed.Transcript;
            await LeaveStubAsync(course, transcript, message, cancellationToken);
        }

        return turn;
    }

    private async Task LeaveStubAsync(
        TurnCourse course, FencedTranscript transcript, InboundMessage message, CancellationToken cancellationToken)
    {
        var (run, now) = (course.Turn!.RunId, clock.GetUtcNow());
        var id = EntryId.OfStep(run, course.Step, TurnHistory.FailurePart);
        var stub = TurnHistory.Stub(id, "aborted", $"{course.Failure}: the turn was ended without an answer", "", now);
        var interrupted = TurnHistory.MarkInterrupted(transcript.Conversation, transcript.Identity, now);
        await transcript.AppendAsync([.. interrupted, TurnHistory.MessageOf(run.Turn, message), stub], cancellationToken);
    }

    /// <summary>True for failures that no step left a stub for.</summary>
    private static bool IsUnrecorded(TurnFailure? failure) =>
        failure is TurnFailure.Terminated or TurnFailure.Internal or TurnFailure.UnknownAgent or TurnFailure.TooManyToolRounds;

    private static OutboxRecord IntentOf(TurnCourse course, InboundMessage message, Conversation? conversation)
    {
        var turn = course.Turn!;
        var (ending, text) = course.Failure is { } failure
            ? (course.Ending!.Value, TurnNotices.TextOf(failure, turn.RunId.Value))
            : AnswerOf(turn.RunId, conversation);
        return new OutboxRecord(turn.RunId, turn.SessionKey, ending, message.ReplyTo, text) { Attempts = 1 };
    }

    private static (TurnEnding Ending, string Text) AnswerOf(RunId run, Conversation? conversation)
    {
        // A detached answer is in the outbox already, and what was begun first is delivered; then this text is never used.
        if (conversation is null || TurnHistory.FindFinalAnswer(conversation, run.Turn) is not { } answer)
        {
            return (TurnEnding.Failed, TurnNotices.TextOf(TurnFailure.TakenOver, run.Value));
        }

        var text = answer.Content.PlainText();
        return (TurnEnding.Replied, answer.StopReason == "length" ? text + TurnNotices.CutAtTheLimit : text);
    }

    private TranscriptEntry.Custom MirrorOf(OutboxRecord delivered)
    {
        var state = delivered.State.ToString().ToLower(CultureInfo.InvariantCulture);
        return new TranscriptEntry.Custom(
            "holdfast/delivery", TurnJson.Text(new DeliveryNote(delivered.TurnId.Value, ChannelOf(delivered), state, delivered.Posted)))
        {
            Id = TurnHistory.DeliveryId(delivered.TurnId),
            WrittenAt = clock.GetUtcNow(),
        };
    }

    private Receipt ReceiptOf(TurnCourse course, OutboxRecord delivered, FencedTranscript? transcript)
    {
        var turn = course.Turn!;
        var tally = course.Tally + (TurnTally.Zero with
        {
            Claims = IsUnrecorded(course.Failure) ? 1 : 0,
            Verdicts = transcript?.Verdicts ?? TurnTally.Zero.Verdicts,
        });
        return new Receipt(
            turn.RunId,
            turn.SessionKey,
            turn.SessionId,
            delivered.State == OutboxState.Refused ? TurnEnding.Undeliverable : delivered.Ending,
            ChannelOf(delivered),
            delivered.Posted,
            tally)
        {
            AcceptedAt = turn.AcceptedAt,
            FinishedAt = clock.GetUtcNow(),
        };
    }

    private string ChannelOf(OutboxRecord delivered) => channels.Find(delivered.Target)?.Name ?? "none";
}
