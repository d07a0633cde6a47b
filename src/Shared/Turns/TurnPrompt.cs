using Holdfast.Models;
using Holdfast.Models.Prompts;
using Holdfast.Ownership;
using Holdfast.Sessions;
using Holdfast.Transcripts;

namespace Holdfast.Turns;

/// <summary>The prompt of a run: the conversation, with the turn's message as the last thing a user said.</summary>
public static class TurnPrompt
{
    public static ModelPrompt Build(Conversation conversation, RunId run, AgentProfile agent, ModelProfile model) =>
        PromptBuilder.Build(ComesLast(conversation, run) ? conversation : Requeued(conversation, run), SettingsOf(run, agent, model));

    public static PromptSettings SettingsOf(RunId run, AgentProfile agent, ModelProfile model) => new(
        agent.System,
        [.. agent.Tools.Select(tool => new PromptTool(tool.Definition.Name, tool.Definition.Description, tool.Definition.InputSchema))],
        model.ContextTokens,
        model.MaxOutputTokens,
        run.Value);

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
