using Holdfast.Models;
using Holdfast.Models.Prompts;
using Holdfast.Ownership;
using Holdfast.Sessions;
using Holdfast.Transcripts;

namespace Holdfast.Turns;

/// <summary>The prompt of a run: the conversation, with the turn's message as the last thing a user said.</summary>
public static class TurnPrompt
{
    /// <summary>Characters that a round of tools has in a prompt that is full: a result's beginning, and that it was cut.</summary>
    private const int LeastRoom = 2048;

    public static ModelPrompt Build(Conversation conversation, RunId run, AgentProfile agent, ModelProfile model) =>
        PromptBuilder.Build(ComesLast(conversation, run) ? conversation : Requeued(conversation, run), SettingsOf(run, agent, model));

    public static PromptSettings SettingsOf(RunId run, AgentProfile agent, ModelProfile model) => new(
        agent.System,
        [.. agent.Tools.Select(tool => tool.Definition)],
        model.ContextTokens,
        model.MaxOutputTokens,
        run);

    /// <summary>
    /// Characters that the results of one round of tools may take together: one for each token that the smallest model's prompt has left
    /// beside this turn. By the usual four characters a token that is a quarter, so that rounds to come, and denser text, find room too.
    /// </summary>
    public static int RoomForResults(Conversation conversation, RunId run, AgentProfile agent)
    {
        var smallest = agent.Models.MinBy(model => model.ContextTokens - model.MaxOutputTokens)!;
        var settings = SettingsOf(run, agent, smallest);
        var left = settings.ContextTokens - settings.MaxOutputTokens - TokenEstimate.Of(settings.System, settings.Tools);
        var message = EntryId.OfMessage(run.Turn);
        for (var index = conversation.Entries.Count - 1; index >= 0 && left > LeastRoom; index--)
        {
            left -= TokenEstimate.Of(conversation.Entries[index]);
            if (conversation.Entries[index].Id == message)
            {
                break;
            }
        }

        return (int)Math.Max(left, LeastRoom);
    }

    /// <summary>False when other turns stand after the turn's message: it was queued again, or its first execution died early.</summary>
    private static bool ComesLast(Conversation conversation, RunId run)
    {
        var message = EntryId.OfMessage(run.Turn);
        for (var index = conversation.Entries.Count - 1; index >= 0 && conversation.Entries[index].Id != message; index--)
        {
            if (conversation.Entries[index].Provenance?.RunId != run.Value && !ConflictPolicy.IsBenign(conversation.Entries[index]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// A turn that was queued again comes after what took it over, and without what its earlier run did: the order in which it is asked,
    /// not the order in the file, is what the model sees.
    /// </summary>
    private static Conversation Requeued(Conversation conversation, RunId run)
    {
        var message = EntryId.OfMessage(run.Turn);
        var standing = ActiveConversation.Of(conversation);
        var ours = standing.Entries.Where(entry => entry.Id == message || entry.Provenance?.RunId == run.Value);
        var others = standing.Entries.Where(entry => entry.Id != message && !IsOfTurn(entry, run.Turn));

        // A summary comes first, whoever of this turn's runs wrote it: what it stands for is older than all that is kept.
        TranscriptEntry[] summary = standing.Compaction is { } compaction ? [compaction with { FirstKeptId = null }] : [];
        return Conversation.Empty.Apply([.. summary, .. others, .. ours]);
    }

    private static bool IsOfTurn(TranscriptEntry entry, TurnId turn) =>
        entry.Provenance is { } provenance && RunId.TryParse(provenance.RunId)?.Turn == turn;
}
