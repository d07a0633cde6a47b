using Holdfast.Delivery;
using Holdfast.Inbox;
using Holdfast.Sessions;
using Holdfast.Tests.Faults.Proof;
using Holdfast.Tests.Faults.Traffic;
using Holdfast.Transcripts;
using Holdfast.Turns;

namespace Holdfast.Tests.FaultRuns;

/// <summary>
/// The evidence of a run without a fault: two messages to one Slack session, the first answered, the second ended with a notice.
/// </summary>
internal static class SoundRun
{
    public const string Key = "agent:main:slack:channel:C1:thread:1.1";
    public static readonly TurnId First = DeliveryId.Parse("slack:T:C1:1").Turn;
    public static readonly TurnId Second = DeliveryId.Parse("slack:T:C1:2").Turn;
    public static readonly string Notice = TurnNotices.TextOf(TurnFailure.ModelGaveNothing, RunId.First(Second).Value);

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static Evidence Evidence() => new(
        [Message(0, "token0", First, sentAt: 0), Message(1, "token1", Second, sentAt: 2)],
        new Dictionary<string, Receipt>
        {
            [First.Value] = ReceiptOf(
            First, TurnEnding.Replied, 5),
            [Second.Value] = ReceiptOf(Second, TurnEnding.Failed, 9)
        },
        new Dictionary<string, OutboxRecord>
        {
            [First.Value] = DeliveryOf(
            First, TurnEnding.Replied, "about token0"),
            [Second.Value] = DeliveryOf(Second, TurnEnding.Failed, Notice)
        },
        new HashSet<string>(),
        [Post(First, "about token0"), Post(Second, Notice)],
        [Transcript(User(First, "token0"), Answer(First, "about token0"), User(Second, "token1"), Stub(Second))],
        [new ModelAnswer(0, "about token0", true, At(3)), new ModelAnswer(1, "", false, At(6))]);

    public static DateTimeOffset At(int seconds) => Start + TimeSpan.FromSeconds(seconds);

    public static MessageEvidence Message(int number, string token, TurnId turn, int sentAt) =>
        new(number, Channel.Slack, Key, token, [turn.Value], At(sentAt), At(sentAt + 1));

    public static Receipt ReceiptOf(TurnId turn, TurnEnding ending, int finishedAt) => new(
        RunId.First(turn), SessionKey.Parse(Key), SessionId.Parse(
            "11111111111111111111111111111111"), ending, "slack", ["1.2"], TurnTally.Zero)
    {
        AcceptedAt = Start,
        FinishedAt = At(finishedAt),
    };

    public static OutboxRecord DeliveryOf(TurnId turn, TurnEnding ending, string text) => new(
        RunId.First(turn), SessionKey.Parse(Key), ending, new ReplyTarget.Slack("C1", "1.1"), text)
    {
        State = OutboxState.Delivered,
        Attempts = 1,
        Posted = ["1.2"],
    };

    public static PostEvidence Post(TurnId? turn, string text) => new(Channel.Slack, turn?.Value, 1, text, "slack C1");

    public static TranscriptEvidence Transcript(params IReadOnlyList<TranscriptEntry> entries) => new(Key, entries, []);

    public static TranscriptEntry User(
        TurnId turn, string token) => new TranscriptEntry.UserMessage([new ContentBlock.Text($"a question on {token}")])
        {
            Id = EntryId.OfMessage(turn),
            WrittenAt = Start,
            Provenance = ProvenanceOf(turn),
        };

    public static TranscriptEntry Answer(TurnId turn, string text) => new TranscriptEntry.AssistantMessage([new ContentBlock.Text(text)])
    {
        Id = EntryId.OfStep(RunId.First(turn), 0, TurnHistory.AnswerPart),
        WrittenAt = Start,
        Provenance = ProvenanceOf(turn),
        Provider = TurnHistory.Provider,
        Model = "m",
        StopReason = "stop",
    };

    public static TranscriptEntry Stub(TurnId turn) =>
        TurnHistory.Stub(
            EntryId.OfStep(
                RunId.First(
                    turn), 0, TurnHistory.FailurePart), "error", "ModelGaveNothing: nothing", "m", Start) with
        {
            Provenance = ProvenanceOf(
                        turn)
        };

    public static TranscriptEntry Verdict(TurnId turn) => new TranscriptEntry.Verdict("takeover", "another run claimed")
    {
        Id = EntryId.OfAttempt(RunId.First(turn), 1, "verdict"),
        WrittenAt = Start,
        Provenance = ProvenanceOf(turn) with { Source = EntrySource.Side },
    };

    /// <summary>The same entry, written by the turn's second run.</summary>
    public static TranscriptEntry Again(
        TurnId turn, TranscriptEntry entry) =>
            entry with { Provenance = ProvenanceOf(turn) with { RunId = RunId.First(turn).Next().Value } };

    private static Provenance ProvenanceOf(TurnId turn) => new(RunId.First(turn).Value, 1, 1, 1, EntrySource.Turn);
}
