using System.Collections.Immutable;
using Holdfast.Sessions;
using Holdfast.Transcripts;

namespace Holdfast.Models.Prompts;

/// <summary>The part of a conversation that a prompt shows.</summary>
/// <param name="Summary">Of what came before; null without a compaction, or when the cut lies after it.</param>
/// <param name="NewestFirst">Entries that are replayed.</param>
internal sealed record PromptWindow(string? Summary, IReadOnlyList<TranscriptEntry> NewestFirst)
{
    /// <summary>Walks from the end, so that the cost grows with what is kept and not with the session's age.</summary>
    public static PromptWindow Select(ImmutableList<TranscriptEntry> entries, long budget, RunId? currentRun)
    {
        var walk = new Walk(budget, currentRun);
        EntryId? keptUntil = null;
        string? summary = null;
        for (var at = entries.Count - 1; at >= 0 && !walk.IsDone; at--)
        {
            var entry = entries[at];
            if (entry is TranscriptEntry.Compaction compaction && summary is null)
            {
                summary = compaction.Summary;
                keptUntil = compaction.FirstKeptId;

                // Other writers let a compaction keep some entries before it.
                if (keptUntil is null || entries.FindIndex(0, at, before => before.Id == keptUntil) < 0)
                {
                    break;
                }
            }

            walk.Add(entry);
            if (keptUntil is not null && entry.Id == keptUntil)
            {
                break;
            }
        }

        return new PromptWindow(walk.IsDone ? null : summary, walk.Choose(summary));
    }

    private sealed class Walk(long budget, RunId? currentRun)
    {
        private readonly List<TranscriptEntry> kept = [];
        private readonly List<(int Count, long Tokens)> cuts = [];
        private readonly HashSet<TurnId> answered = [];
        private long tokens;
        private int newestTurn = -1;
        private bool endsInUser;

        /// <summary>The budget is used up and the newest turn is whole: older entries cannot matter.</summary>
        public bool IsDone { get; private set; }

        public void Add(TranscriptEntry entry)
        {
            var kind = Replay.KindOf(entry);
            if (kind == ReplayKind.None || IsOfUnansweredTurn(entry))
            {
                return;
            }

            if (endsInUser && kind != ReplayKind.User)
            {
                MarkCut(startsNewestTurn: currentRun is null || entry.Provenance?.RunId != currentRun.Value);
                IsDone = newestTurn >= 0 && tokens > budget;
            }

            kept.Add(entry);
            tokens += TokenEstimate.Of(entry);
            endsInUser = kind == ReplayKind.User;
        }

        /// <summary>The longest stretch that begins at a user message and fits; never less than the newest turn.</summary>
        public List<TranscriptEntry> Choose(string? summary)
        {
            if (!IsDone)
            {
                MarkCut(startsNewestTurn: true);
            }

            var room = budget - (summary is null || IsDone ? 0 : TokenEstimate.Of(summary));
            var count = newestTurn;
            foreach (var cut in cuts)
            {
                if (cut.Count > count && cut.Tokens <= room)
                {
                    count = cut.Count;
                }
            }

            return kept.GetRange(0, count);
        }

        /// <summary>
        /// A turn is replayed once it has its answer: what a failed one asked, called and got would poison those after it. Its own runs
        /// see it all the same. A turn's answer is its last entry, so walking back it comes first.
        /// </summary>
        private bool IsOfUnansweredTurn(TranscriptEntry entry)
        {
            if (currentRun is null || Replay.TurnOf(entry) is not { } turn || turn == currentRun.Turn)
            {
                return false;
            }

            if (Replay.IsFinalAnswer(entry))
            {
                answered.Add(turn);
            }

            return !answered.Contains(turn);
        }

        /// <summary>A message injected between a tool's result and the same run's next step starts no turn.</summary>
        private void MarkCut(bool startsNewestTurn)
        {
            cuts.Add((kept.Count, tokens));
            if (newestTurn < 0 && startsNewestTurn)
            {
                newestTurn = kept.Count;
            }
        }
    }
}
