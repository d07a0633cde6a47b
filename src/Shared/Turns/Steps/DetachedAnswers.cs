using Holdfast.Delivery;
using Holdfast.Inbox;
using Holdfast.Ownership;
using Holdfast.Transcripts;
using Microsoft.Extensions.Logging;

namespace Holdfast.Turns.Steps;

/// <summary>
/// What becomes of a finished answer whose session was taken over (I5). Fence mode <c>strict</c>: it goes beside the main line, through
/// the inbox, and into the outbox with a mark. Mode <c>warn</c>: it is appended after the foreign entries, under a new epoch, if the
/// session can be claimed.
/// </summary>
public sealed partial class DetachedAnswers(
    SessionOwnership session, InboxStore inbox, OutboxStore outbox, TimeProvider clock, ILogger<DetachedAnswers> log)
{
    /// <returns>True when a reply or notice of this turn stands in the outbox: no other one will ever be delivered.</returns>
    internal async Task<bool> IsDeliveryBegunAsync(TurnReference turn, CancellationToken cancellationToken) =>
        await outbox.FindAsync(turn.RunId.Turn, cancellationToken) is not null;

    /// <returns>True when the answer stands in the main line after all, false when it is detached and waits in the outbox.</returns>
    internal async Task<bool> EndAsync(
        StepWork work, FenceVerdict.Takeover takeover, TranscriptEntry.AssistantMessage answer, CancellationToken cancellationToken)
    {
        if (work.Agent.FenceMode == FenceMode.Warn && await AppendAfterAsync(work, takeover, answer, cancellationToken))
        {
            return true;
        }

        await DetachAsync(work, takeover, answer, cancellationToken);
        return false;
    }

    /// <summary>Leaves the verdict for the session's owner to append: the run itself may not write any more.</summary>
    internal Task NoteAsync(TurnReference turn, FenceVerdict.Takeover verdict, int attempt, long epoch, CancellationToken cancellationToken)
    {
        var entry = TurnHistory.VerdictOf(turn.RunId, verdict, epoch, clock.GetUtcNow());
        var provenance = new Provenance(turn.RunId.Value, attempt, epoch, 0, EntrySource.Side);
        return AddBesideAsync(turn, "verdict", entry with { Provenance = provenance }, cancellationToken);
    }

    private async Task<bool> AppendAfterAsync(
        StepWork work, FenceVerdict.Takeover takeover, TranscriptEntry.AssistantMessage answer, CancellationToken cancellationToken)
    {
        if (await session.ClaimBackAsync(work.Turn, cancellationToken) is not { } transcript)
        {
            return false;
        }

        using (transcript)
        {
            var verdict = TurnHistory.VerdictOf(work.Run, takeover, transcript.Identity.Epoch, clock.GetUtcNow());
            return await transcript.AppendAsync([verdict, answer], cancellationToken) is FencedOutcome.Appended;
        }
    }

    private async Task DetachAsync(
        StepWork work, FenceVerdict.Takeover takeover, TranscriptEntry.AssistantMessage answer, CancellationToken cancellationToken)
    {
        var (turn, identity, text) = (work.Turn, work.Transcript.Identity, answer.Content.PlainText());
        LogDetached(log, turn.RunId.Value, turn.SessionId.Value);
        var message = await inbox.ReadMessageAsync(turn.InboxPath, cancellationToken);
        await outbox.BeginAsync(
            new OutboxRecord(
                turn.RunId, turn.SessionKey, TurnEnding.Superseded, message?.ReplyTo ?? new ReplyTarget.Stored(),
                TurnNotices.BesideTheMainLine + text),
            cancellationToken);
        var note = new DetachedNote(
            turn.RunId.Value, takeover.Reason.ToString(), takeover.Explanation, EntryCut.Text(text, EntryCut.SafeCharacters));
        var entry = new TranscriptEntry.Custom("holdfast/parked", TurnJson.Text(note))
        {
            Id = EntryId.OfAttempt(work.Run, identity.Epoch, "parked"),
            WrittenAt = clock.GetUtcNow(),
            Provenance = new Provenance(turn.RunId.Value, identity.Attempt, identity.Epoch, 0, EntrySource.Side),
        };
        await AddBesideAsync(turn, "parked", entry, cancellationToken);
    }

    private Task<bool> AddBesideAsync(TurnReference turn, string kind, TranscriptEntry entry, CancellationToken cancellationToken) =>
        inbox.AddSideEntryAsync(
            turn.SessionKey, DeliveryId.Parse($"{kind}:{turn.RunId.Value}"), clock.GetUtcNow(), TurnJson.LineOf(entry), cancellationToken);
}
