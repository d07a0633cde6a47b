using System.Collections.Immutable;
using Holdfast.Models.Prompts;
using Holdfast.Sessions;
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

/// <summary>Decides whether a conversation is to be summed up before its next prompt, and up to where. Pure.</summary>
public static class CompactionDecider
{
    /// <param name="turn">The running turn: from its message on nothing is left out.</param>
    /// <param name="prompt">What the next prompt is built with.</param>
    /// <returns>Null when the prompt is small enough, or when nothing stands before the running turn that could be left out.</returns>
    public static CompactionPlan? Decide(Conversation conversation, TurnId turn, PromptSettings prompt, CompactionSettings settings)
    {
        var standing = ActiveConversation.Of(conversation);
        var fixedTokens = TokenEstimate.Of(prompt.System, prompt.Tools);
        var said = (standing.Compaction is { } before ? TokenEstimate.Of(before.Summary) : 0) + standing.Entries.Sum(TokensOf);
        if (fixedTokens + said <= settings.AtShare * prompt.ContextTokens)
        {
            return null;
        }

        var first = FirstKept(conversation, standing.Entries, EntryId.OfMessage(turn), settings.KeepShare * prompt.ContextTokens);
        if (first is not { } index || conversation.PlaceOf(standing.Entries[index].Id) is not { } place)
        {
            return null;
        }

        var leftOut = standing.Entries[..index];
        return leftOut.All(entry => Replay.KindOf(entry) == ReplayKind.None)
            ? null
            : new CompactionPlan(
                standing.Entries[index].Id,
                place,
                standing.Compaction is { } so ? [so with { FirstKeptId = null }, .. leftOut] : leftOut,
                fixedTokens + said,
                FitsMeanwhile: fixedTokens + said <= prompt.ContextTokens - prompt.MaxOutputTokens);
    }

    /// <summary>The oldest turn that still fits into what may be kept; the running turn in any case.</summary>
    private static int? FirstKept(Conversation conversation, ImmutableArray<TranscriptEntry> entries, EntryId message, double room)
    {
        int? first = null;
        var tokens = 0L;
        for (var index = entries.Length - 1; index >= 0; index--)
        {
            tokens += TokensOf(entries[index]);
            if (first is not null && tokens > room)
            {
                break;
            }

            if (entries[index].Id == message
                || (first is not null && BeginsTurn(entries[index]) && conversation.PlaceOf(entries[index].Id) is not null))
            {
                first = index;
            }
        }

        return first;
    }

    private static bool BeginsTurn(TranscriptEntry entry) =>
        entry is TranscriptEntry.UserMessage { Provenance: null or { Source: EntrySource.Turn or EntrySource.Import } }
            && Replay.KindOf(entry) == ReplayKind.User;

    private static long TokensOf(TranscriptEntry entry) => Replay.KindOf(entry) == ReplayKind.None ? 0 : TokenEstimate.Of(entry);
}
