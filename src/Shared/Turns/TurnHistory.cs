using System.Collections.Immutable;
using System.Globalization;
using Holdfast.Inbox;
using Holdfast.Models.Prompts;
using Holdfast.Ownership;
using Holdfast.Sessions;
using Holdfast.Transcripts;

namespace Holdfast.Turns;

/// <summary>What a transcript says of one run's work. Pure; walks back from the end to the turn's own message and no further.</summary>
public static class TurnHistory
{
    /// <summary>The part name of a step's final answer.</summary>
    public const string AnswerPart = "answer";

    /// <summary>The part name of a step's final failure.</summary>
    public const string FailurePart = "failure";

    /// <returns>The answer that a step recorded, by whichever attempt; null when there is none.</returns>
    public static TranscriptEntry.AssistantMessage? FindAnswer(Conversation conversation, RunId run, int step) =>
        conversation.Find(EntryId.OfStep(run, step, AnswerPart)) as TranscriptEntry.AssistantMessage;

    public static TranscriptEntry.AssistantMessage? FindFailure(Conversation conversation, RunId run, int step) =>
        conversation.Find(EntryId.OfStep(run, step, FailurePart)) as TranscriptEntry.AssistantMessage;

    /// <summary>
    /// True when the run's last answer stands, the one that asks for no tool: nothing of the turn is left but its delivery.
    /// </summary>
    public static bool IsAnswered(Conversation conversation, RunId run) =>
        FindFinalAnswer(conversation, run.Turn)?.Provenance?.RunId == run.Value;

    /// <returns>The turn's newest answer that asks for no tool, by whichever of its runs; null when there is none.</returns>
    public static TranscriptEntry.AssistantMessage? FindFinalAnswer(Conversation conversation, TurnId turn)
    {
        if (conversation.Find(EntryId.OfMessage(turn)) is null)
        {
            return null; // Claimed, and nothing said yet.
        }

        for (var index = conversation.Entries.Count - 1; index >= 0 && !IsMessageOf(conversation.Entries[index], turn); index--)
        {
            if (Replay.TurnOf(conversation.Entries[index]) == turn && Replay.IsFinalAnswer(conversation.Entries[index]))
            {
                return (TranscriptEntry.AssistantMessage)conversation.Entries[index];
            }
        }

        return null;
    }

    /// <summary>The turn's message as it stands in the transcript: the same entry by whichever execution.</summary>
    public static TranscriptEntry.UserMessage MessageOf(TurnId turn, InboundMessage message) => new([new ContentBlock.Text(message.Text)])
    {
        Id = EntryId.OfMessage(turn),
        WrittenAt = message.AcceptedAt,
        ReceivedAt = message.ReceivedAt,
    };

    /// <summary>
    /// One stub for each earlier attempt that streamed text and left neither an answer nor a stub: its process died, or it was superseded.
    /// The text stays where it is, and the stub marks it as interrupted.
    /// </summary>
    public static ImmutableArray<TranscriptEntry> MarkInterrupted(Conversation conversation, WriterIdentity ours, DateTimeOffset now)
    {
        if (conversation.Find(EntryId.OfMessage(ours.Run.Turn)) is null)
        {
            return []; // The turn's first claim: nobody streamed before it.
        }

        var streamed = new SortedDictionary<long, (int Attempt, int Step, long Characters)>();
        for (var index = conversation.Entries.Count - 1; index >= 0 && !IsMessageOf(conversation.Entries[index], ours.Run.Turn); index--)
        {
            if (conversation.Entries[index] is TranscriptEntry.StreamedText { Provenance: { } provenance } text
                && provenance.RunId == ours.Run.Value && provenance.Epoch < ours.Epoch
                && !IsClosed(conversation, ours.Run, provenance.Epoch, text.Step))
            {
                var before = streamed.GetValueOrDefault(provenance.Epoch);
                streamed[provenance.Epoch] = (provenance.Attempt, text.Step, before.Characters + text.Text.Length);
            }
        }

        return
        [
            .. streamed.Select(attempt => Stub(
                InterruptedId(ours.Run, attempt.Key),
                "aborted",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"interrupted: attempt {attempt.Value.Attempt} (epoch {attempt.Key}) ended without an answer"
                    + $" after {attempt.Value.Characters} characters"),
                model: "",
                now)),
        ];
    }

    /// <summary>An assistant entry that records a failure. Never replayed.</summary>
    public static TranscriptEntry.AssistantMessage Stub(EntryId id, string stopReason, string reason, string model, DateTimeOffset now) =>
        new([])
        {
            Id = id,
            WrittenAt = now,
            Provider = Provider,
            Model = model,
            StopReason = stopReason,
            ErrorMessage = reason,
        };

    /// <summary>Records that another run took the session over.</summary>
    public static TranscriptEntry.Verdict VerdictOf(RunId run, FenceVerdict.Takeover verdict, long epoch, DateTimeOffset now) =>
        new(verdict.Kind, verdict.Explanation) { Id = EntryId.OfAttempt(run, epoch, "verdict"), WrittenAt = now };

    /// <summary>Reads the failure back from the final stub of a step.</summary>
    public static TurnFailure FailureOf(TranscriptEntry.AssistantMessage stub) =>
        Enum.TryParse<TurnFailure>(stub.ErrorMessage?.Split(':')[0], out var failure) ? failure : TurnFailure.Internal;

    /// <summary>The stub of an attempt that failed and is followed by another one.</summary>
    public static EntryId StubId(RunId run, long epoch) => EntryId.OfAttempt(run, epoch, "stub");

    /// <summary>The mark that an attempt streamed text and died, or was superseded.</summary>
    public static EntryId InterruptedId(RunId run, long epoch) => EntryId.OfAttempt(run, epoch, "interrupted");

    /// <summary>The copy of a turn's delivery: once it stands, the turn has its reply or its notice.</summary>
    public static EntryId DeliveryId(TurnId turn) => EntryId.OfDelivery("delivered:" + turn.Value);

    /// <summary>The provider's name in transcripts.</summary>
    public const string Provider = "amazon-bedrock";

    private static bool IsMessageOf(TranscriptEntry entry, TurnId turn) => entry.Id == EntryId.OfMessage(turn);

    private static bool IsClosed(Conversation conversation, RunId run, long epoch, int step) =>
        conversation.Find(InterruptedId(run, epoch)) is not null
        || conversation.Find(StubId(run, epoch)) is not null
        || FindAnswer(conversation, run, step)?.Provenance?.Epoch == epoch
        || FindFailure(conversation, run, step)?.Provenance?.Epoch == epoch;
}
