using Holdfast.Delivery;
using Holdfast.Sessions;
using Holdfast.Transcripts;
using Holdfast.Turns;

namespace Holdfast.Tests.Faults.Proof;

/// <summary>The turns of one session against each other: one after the other, and in the order of acceptance (I7). Pure.</summary>
internal static class SessionLedger
{
    /// <summary>The clocks of peers and apps agree to this.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMilliseconds(50);

    public static IEnumerable<LedgerFault> Check(Evidence evidence, TranscriptEvidence transcript)
    {
        foreach (var sentence in transcript.Faults)
        {
            yield return new LedgerFault(FaultKind.BadTranscript, transcript.SessionKey, sentence);
        }

        var stretches = Stretches(transcript);
        var turns = stretches.Select(run => run.Turn.Value).Distinct().ToList();
        foreach (var fault in Interleaved(transcript, stretches)
            .Concat(RunAgain(transcript, stretches))
            .Concat(AskedTooEarly(evidence, transcript, turns, stretches))
            .Concat(Disorder(evidence, transcript, turns)))
        {
            yield return fault;
        }
    }

    /// <summary>The runs as they wrote, one for each stretch of lines of the same run.</summary>
    private static List<RunId> Stretches(TranscriptEvidence transcript)
    {
        var runs = new List<RunId>();
        foreach (var entry in transcript.Entries)
        {
            if (entry.Provenance is { Source: EntrySource.Turn } provenance
                && RunId.TryParse(provenance.RunId) is { } run
                && (runs.Count == 0 || runs[^1] != run))
            {
                runs.Add(run);
            }
        }

        return runs;
    }

    private static IEnumerable<LedgerFault> Interleaved(TranscriptEvidence transcript, List<RunId> stretches) => stretches
        .GroupBy(run => run).Where(stretch => stretch.Count() > 1)
        .Select(
            stretch => new LedgerFault(FaultKind.Overlap, transcript.SessionKey, $"run {stretch.Key} wrote on both sides of another run"));

    /// <summary>A turn runs again only after a takeover of a run that had come to no end.</summary>
    private static IEnumerable<LedgerFault> RunAgain(TranscriptEvidence transcript, List<RunId> stretches)
    {
        foreach (var again in stretches.Distinct().Where(run => run.Number > 1))
        {
            var before = transcript.Entries.TakeWhile(entry => entry.Provenance?.RunId != again.Value).ToList();
            if (before.Exists(entry => entry.Id == TurnHistory.DeliveryId(again.Turn) || (IsFinalAnswer(entry) && IsOf(entry, again.Turn))))
            {
                yield return new LedgerFault(FaultKind.Doubled, transcript.SessionKey, $"run {again} began after its turn had ended");
            }
            else if (!transcript.Entries.OfType<TranscriptEntry.Verdict>()
                .Any(verdict => verdict.Kind == "takeover" && IsOf(verdict, again.Turn)))
            {
                yield return new LedgerFault(
                    FaultKind.Doubled, transcript.SessionKey,
                    $"run {again} began although no verdict says that the run before it was taken over");
            }
        }
    }

    /// <summary>
    /// The model is asked for a turn once the one before it has its receipt. One that was taken over had lost the session before it ended.
    /// </summary>
    private static IEnumerable<LedgerFault> AskedTooEarly(
        Evidence evidence, TranscriptEvidence transcript, List<string> turns, List<RunId> stretches)
    {
        foreach (var (before, after) in turns.Zip(turns.Skip(1)))
        {
            var number = evidence.Messages.FirstOrDefault(message => message.Turns.Contains(after))?.Number;
            var asked = evidence.Answers.Where(answer => answer.Message == number)
                .Select(answer => answer.AskedAt)
                .DefaultIfEmpty(DateTimeOffset.MaxValue)
                .Min();
            if (evidence.Receipts.TryGetValue(before, out var receipt) && asked + ClockSkew < receipt.FinishedAt
                && receipt.Ending != TurnEnding.Superseded && !stretches.Exists(run => run.Turn.Value == before && run.Number > 1))
            {
                yield return new LedgerFault(
                    FaultKind.Overlap, transcript.SessionKey,
                    $"the model was asked for turn {after} at {asked:O}; turn {before}, before it, ended at {receipt.FinishedAt:O}");
            }
        }
    }

    private static bool IsFinalAnswer(TranscriptEntry entry) =>
        entry is TranscriptEntry.AssistantMessage { IsStub: false } answer && !answer.Content.Any(block => block is ContentBlock.ToolCall);

    private static bool IsOf(TranscriptEntry entry, TurnId turn) => RunId.TryParse(entry.Provenance?.RunId ?? "")?.Turn == turn;

    /// <summary>Whoever was accepted before another was sent comes before it.</summary>
    private static IEnumerable<LedgerFault> Disorder(Evidence evidence, TranscriptEvidence transcript, List<string> turns)
    {
        var place = turns.Select((turn, index) => (turn, index)).ToDictionary(at => at.turn, at => at.index);
        var sent = evidence.Messages.Where(
            message => message.SessionKey == transcript.SessionKey && message.Turns.Count == 1 && place.ContainsKey(message.Turns.First()))
            .ToList();
        foreach (var early in sent)
        {
            foreach (var late in sent.Where(late => early.ToldAt < late.SentAt && place[early.Turns.First()] > place[late.Turns.First()]))
            {
                yield return new LedgerFault(
                    FaultKind.OutOfOrder, transcript.SessionKey,
                    $"message {early.Number} was accepted before message {late.Number} was sent, and came after it");
            }
        }
    }
}
