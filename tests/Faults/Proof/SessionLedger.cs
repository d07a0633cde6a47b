using Holdfast.Sessions;
using Holdfast.Transcripts;

namespace Holdfast.Tests.Faults.Proof;

/// <summary>The turns of one session against each other: one after the other, and in the order of acceptance (I7). Pure.</summary>
internal static class SessionLedger
{
    /// <summary>The clocks of peers and apps agree to this.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMilliseconds(50);

    public static IEnumerable<LedgerFault> Judge(Evidence evidence, TranscriptEvidence transcript)
    {
        foreach (var sentence in transcript.Faults)
        {
            yield return new LedgerFault(FaultKind.BadTranscript, transcript.SessionKey, sentence);
        }

        var turns = TurnsInOrder(transcript);
        foreach (var fault in Overlaps(evidence, transcript, turns).Concat(Disorder(evidence, transcript, turns)))
        {
            yield return fault;
        }
    }

    /// <summary>The turns as their runs wrote, one for each stretch of lines of the same turn.</summary>
    private static List<string> TurnsInOrder(TranscriptEvidence transcript)
    {
        var turns = new List<string>();
        foreach (var entry in transcript.Entries)
        {
            if (entry.Stamp is { Source: EntrySource.Turn } stamp && RunId.TryParse(stamp.RunId)?.Turn.Value is { } turn
                && (turns.Count == 0 || turns[^1] != turn))
            {
                turns.Add(turn);
            }
        }

        return turns;
    }

    private static IEnumerable<LedgerFault> Overlaps(Evidence evidence, TranscriptEvidence transcript, List<string> turns)
    {
        foreach (var again in turns.GroupBy(turn => turn).Where(stretches => stretches.Count() > 1))
        {
            yield return new LedgerFault(FaultKind.Overlap, transcript.SessionKey, $"turn {again.Key} wrote on both sides of another turn");
        }

        var inOrder = turns.Distinct().ToList();
        foreach (var (before, after) in inOrder.Zip(inOrder.Skip(1)))
        {
            var number = evidence.Messages.FirstOrDefault(message => message.Turns.Contains(after))?.Number;
            var asked = evidence.Answers.Where(answer => answer.Message == number).Select(answer => answer.AskedAt).DefaultIfEmpty(DateTimeOffset.MaxValue).Min();
            if (evidence.Receipts.TryGetValue(before, out var receipt) && asked + ClockSkew < receipt.FinishedAt)
            {
                yield return new LedgerFault(
                    FaultKind.Overlap, transcript.SessionKey, $"the model was asked for turn {after} at {asked:O}; turn {before}, before it, ended at {receipt.FinishedAt:O}");
            }
        }
    }

    /// <summary>Whoever was accepted before another was sent comes before it.</summary>
    private static IEnumerable<LedgerFault> Disorder(Evidence evidence, TranscriptEvidence transcript, List<string> turns)
    {
        var place = turns.Select((turn, index) => (turn, index)).GroupBy(at => at.turn).ToDictionary(at => at.Key, at => at.First().index);
        var sent = evidence.Messages.Where(message => message.SessionKey == transcript.SessionKey && message.Turns.Count == 1 && place.ContainsKey(message.Turns.First()))
            .ToList();
        foreach (var early in sent)
        {
            foreach (var late in sent.Where(late => early.ToldAt < late.SentAt && place[early.Turns.First()] > place[late.Turns.First()]))
            {
                yield return new LedgerFault(
                    FaultKind.OutOfOrder, transcript.SessionKey, $"message {early.Number} was accepted before message {late.Number} was sent, and came after it");
            }
        }
    }
}
