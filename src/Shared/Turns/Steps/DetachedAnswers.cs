using System.Buffers;
using System.Text.Json;
using Holdfast.Delivery;
using Holdfast.Inbox;
using Holdfast.Ownership;
using Holdfast.Sessions;
using Holdfast.Transcripts;
using Microsoft.Extensions.Logging;

namespace Holdfast.Turns.Steps;

/// <summary>
/// What becomes of a finished answer whose session was taken over (I5). Fence mode <c>strict</c>: it goes beside the main line, through
/// the inbox, and into the outbox with a mark. Mode <c>warn</c>: it is appended after the foreign entries, under a new epoch, if the
/// session can be claimed.
/// </summary>
public sealed partial class DetachedAnswers(
    SessionClaimer claimer, InboxStore inbox, OutboxStore outbox, TimeProvider clock, ILogger<DetachedAnswers> log)
{
    /// <returns>True when a reply or notice of this turn stands in the outbox: no other one will ever be delivered.</returns>
    internal async Task<bool> IsDeliveryBegunAsync(TurnReference turn, CancellationToken cancellationToken) =>
        await outbox.FindAsync(turn.Run().Turn, cancellationToken) is not null;

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

    private async Task<bool> AppendAfterAsync(
        StepWork work, FenceVerdict.Takeover takeover, TranscriptEntry.AssistantMessage answer, CancellationToken cancellationToken)
    {
        var turn = work.Request.Turn;
        if (await claimer.ClaimBackAsync(work.Run, turn.Session(), turn.Segment, turn.ClaimRequest(), cancellationToken) is not ClaimOutcome.Claimed claimed)
        {
            return false;
        }

        using (claimed.Transcript)
        {
            var verdict = VerdictOf(work.Run, takeover, claimed.Transcript.Identity.Epoch);
            return await claimed.Transcript.AppendAsync([verdict, answer], cancellationToken) is FencedOutcome.Appended;
        }
    }

    internal TranscriptEntry.Verdict VerdictOf(RunId run, FenceVerdict.Takeover verdict, long epoch) => new(verdict.Kind, verdict.Explanation)
    {
        Id = EntryId.OfAttempt(run, epoch, "verdict"),
        WrittenAt = clock.GetUtcNow(),
    };

    /// <summary>Leaves the verdict for the session's owner to append: the run itself may not write any more.</summary>
    internal async Task NoteAsync(TurnReference turn, FenceVerdict.Takeover verdict, int attempt, long epoch, CancellationToken cancellationToken)
    {
        var run = turn.Run();
        var provenance = new Provenance(run.Value, attempt, epoch, 0, EntrySource.Side);
        var delivery = DeliveryId.Parse($"verdict:{run.Value}");
        await inbox.AddSideEntryAsync(
            turn.Key(), delivery, clock.GetUtcNow(), LineOf(VerdictOf(run, verdict, epoch) with { Provenance = provenance }), cancellationToken);
    }

    private async Task DetachAsync(
        StepWork work, FenceVerdict.Takeover takeover, TranscriptEntry.AssistantMessage answer, CancellationToken cancellationToken)
    {
        var turn = work.Request.Turn;
        LogDetached(log, work.Run.Value, turn.SessionId);
        var message = await inbox.ReadMessageAsync(Storage.BlobPath.Parse(turn.InboxPath), cancellationToken);
        var text = TurnNotices.BesideTheMainLine + answer.Content.PlainText();
        await outbox.BeginAsync(
            new OutboxRecord(
                work.Run, turn.Key(), TurnEnding.Superseded, message?.ReplyTo ?? new ReplyTarget.Stored(), text),
            cancellationToken);
        await inbox.AddSideEntryAsync(
            turn.Key(), DeliveryId.Parse($"parked:{work.Run.Value}"), clock.GetUtcNow(), SideLine(work, takeover, answer, clock.GetUtcNow()), cancellationToken);
    }

    private static ReadOnlyMemory<byte> SideLine(StepWork work, FenceVerdict.Takeover takeover, TranscriptEntry.AssistantMessage answer, DateTimeOffset now)
    {
        var identity = work.Transcript.Identity;
        var detached = new TranscriptEntry.Custom("holdfast/parked", DetachedJson(work.Run.Value, takeover, EntryCut.Text(answer.Content.PlainText(), EntryCut.SafeCharacters)))
        {
            Id = EntryId.OfAttempt(work.Run, identity.Epoch, "parked"),
            WrittenAt = now,
            Provenance = new Provenance(work.Run.Value, identity.Attempt, identity.Epoch, 0, EntrySource.Side),
        };
        return LineOf(detached);
    }

    private static ReadOnlyMemory<byte> LineOf(TranscriptEntry entry)
    {
        var line = new ArrayBufferWriter<byte>();
        TranscriptLineWriter.Write(line, entry);
        return line.WrittenMemory;
    }

    private static string DetachedJson(string run, FenceVerdict.Takeover verdict, string text)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("runId", run);
            json.WriteString("reason", verdict.Reason.ToString());
            json.WriteString("explanation", verdict.Explanation);
            json.WriteString("text", text);
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    [LoggerMessage(EventId = 1450, Level = LogLevel.Warning, Message = "Run {Run} was taken over; its finished answer is detached beside session {Session} and goes out marked")]
    private static partial void LogDetached(ILogger logger, string run, string session);
}
