using System.Globalization;
using Holdfast.Delivery;
using Holdfast.Sessions;
using Holdfast.Transcripts;

namespace Holdfast.Tests.Faults.Proof;

/// <summary>
/// Each accepted message against its outcome, its place in the transcript and its delivery; each session's turns against each other.
/// Pure: from what a run left to what is wrong with it. Holds I3 to I7 and I10.
/// </summary>
public static class Ledger
{
    public static IReadOnlyList<LedgerFault> Check(Evidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        var transcripts = evidence.Transcripts.ToDictionary(transcript => transcript.SessionKey);
        return
        [
            .. evidence.Messages.SelectMany(message => CheckMessage(evidence, message, transcripts.GetValueOrDefault(message.SessionKey))),
            .. evidence.Transcripts.SelectMany(transcript => SessionLedger.Check(evidence, transcript)),
            .. Strangers(evidence),
            .. evidence.Pending.Where(turn => !IsSent(evidence, turn))
                .Select(turn => new LedgerFault(FaultKind.Unasked, turn, "is in an inbox, and nobody sent it")),
            .. evidence.BrokenPrefixes.Select(sentence => new LedgerFault(FaultKind.BrokenPrefix, "transcript", sentence)),
            .. evidence.Leaks.Select(sentence => new LedgerFault(FaultKind.Leaked, "log", sentence)),
            .. evidence.Deaths.Select(sentence => new LedgerFault(FaultKind.Died, "process", sentence)),
        ];
    }

    private static IEnumerable<LedgerFault> CheckMessage(Evidence evidence, MessageEvidence message, TranscriptEvidence? transcript)
    {
        var subject = string.Create(CultureInfo.InvariantCulture, $"message {message.Number}");
        foreach (var refusal in message.Refusals)
        {
            yield return new LedgerFault(FaultKind.NotTaken, subject, $"was refused: {refusal}");
        }

        if (message.Turns.Count != 1)
        {
            yield return message.Turns.Count == 0
                ? new LedgerFault(FaultKind.NotTaken, subject, "was never accepted")
                : new LedgerFault(FaultKind.Doubled, subject, $"was accepted as the turns {string.Join(", ", message.Turns)}");
            yield break;
        }

        var turn = message.Turns.First();
        subject = $"{subject}, turn {turn}";
        foreach (var (kind, sentence) in InTranscript(message, turn, transcript).Concat(Outcome(evidence, turn)))
        {
            yield return new LedgerFault(kind, subject, sentence);
        }

        if (evidence.Receipts.TryGetValue(turn, out var receipt) && evidence.Deliveries.TryGetValue(turn, out var delivery))
        {
            foreach (var (kind, sentence) in DeliveryLedger.Check(evidence, message, turn, receipt, delivery, transcript))
            {
                yield return new LedgerFault(kind, subject, sentence);
            }
        }
    }

    private static IEnumerable<(FaultKind Kind, string Sentence)> InTranscript(
        MessageEvidence message, string turn, TranscriptEvidence? transcript)
    {
        var said = transcript?.Entries.OfType<TranscriptEntry.UserMessage>()
            .Where(entry => entry.Content.PlainText().Contains(message.Token, StringComparison.Ordinal)).ToList() ?? [];
        switch (said.Count)
        {
            case 0:
                yield return (FaultKind.Lost, "does not stand in the transcript");
                break;
            case 1 when said[0].Id != EntryId.OfMessage(TurnId.Parse(turn)):
                yield return (FaultKind.WrongText, $"stands in the transcript as entry {said[0].Id}, which is not its turn's");
                break;
            case > 1:
                yield return (FaultKind.Doubled, string.Create(
                    CultureInfo.InvariantCulture, $"stands {said.Count} times in the transcript"));
                break;
        }
    }

    private static IEnumerable<(FaultKind Kind, string Sentence)> Outcome(Evidence evidence, string turn)
    {
        if (evidence.Receipts.ContainsKey(turn))
        {
            if (evidence.Pending.Contains(turn))
            {
                yield return (FaultKind.Doubled, "has a receipt and is still in the inbox");
            }
        }
        else
        {
            yield return evidence.Pending.Contains(turn)
                ? (FaultKind.Silent, "is still in the inbox")
                : (FaultKind.Lost, "has no receipt, and no inbox holds it");
        }

        if (!evidence.Deliveries.TryGetValue(turn, out var delivery))
        {
            yield return (FaultKind.Silent, "has no delivery");
        }
        else if (delivery.State != OutboxState.Delivered)
        {
            yield return (FaultKind.Silent, $"has a delivery that is {delivery.State} ({delivery.Refusal})");
        }
    }

    private static IEnumerable<LedgerFault> Strangers(Evidence evidence) => evidence.Posts
        .Where(post => post.Turn is null || !IsSent(evidence, post.Turn))
        .Select(post => new LedgerFault(FaultKind.Unasked, post.Where, $"a post of turn {post.Turn ?? "none"}, which nobody asked for"));

    private static bool IsSent(Evidence evidence, string turn) => evidence.Messages.Any(message => message.Turns.Contains(turn));
}
