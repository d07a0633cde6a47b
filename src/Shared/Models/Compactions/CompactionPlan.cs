using System.Collections.Immutable;
using Holdfast.Transcripts;

namespace Holdfast.Models.Compactions;

/// <summary>What a compaction would do.</summary>
/// <param name="FirstKeptId">A turn's user message: from it on everything is kept.</param>
/// <param name="KeptFrom">Where its line stands.</param>
/// <param name="LeftOut">What is summed up, oldest first; the summary so far is its first entry.</param>
/// <param name="TokensBefore">Estimated tokens of the prompt as it is.</param>
/// <param name="FitsMeanwhile">False when the prompt has no room as it is: then the model is asked only after the compaction.</param>
public sealed record CompactionPlan(
    EntryId FirstKeptId, LinePlace KeptFrom, ImmutableArray<TranscriptEntry> LeftOut, long TokensBefore, bool FitsMeanwhile);
