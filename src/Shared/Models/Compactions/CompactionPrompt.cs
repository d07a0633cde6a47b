using Holdfast.Models.Prompts;
using Holdfast.Transcripts;

namespace Holdfast.Models.Compactions;

/// <summary>How a model is asked for a summary. Pure; the prompt is as acceptable as any other (I9).</summary>
public static class CompactionPrompt
{
    /// <summary>Longest summary, in tokens.</summary>
    public const int MaxSummaryTokens = 4_096;

    /// <summary>Stands before a summary wherever it is replayed, as the model reads it as something that the user says.</summary>
    public const string Heading = "Summary of the conversation before this point:\n\n";

    /// <summary>Tells this request from a turn's own.</summary>
    public const string System =
        "You sum up conversations. You are given one between a user and an assistant; a later assistant will go on from your summary "
        + "without having read it. Keep every fact, decision, name, number, path and open question that may still matter, and what was "
        + "asked and not yet done. Leave out greetings and repetitions. Write plain prose or lists, in the language of the conversation. "
        + "Do not answer the conversation.";

    private const string Request = "Sum up the conversation above.";

    /// <summary>A call without tools and without reasoning.</summary>
    public static ModelCall Build(CompactionPlan plan, ModelProfile model)
    {
        var brief = model with { MaxOutputTokens = Math.Min(model.MaxOutputTokens, MaxSummaryTokens), ReasoningBudgetTokens = null };
        var request = new TranscriptEntry.UserMessage([new ContentBlock.Text(Request)])
        {
            Id = EntryId.Parse("compaction-request"),
            WrittenAt = plan.LeftOut[^1].WrittenAt,
        };
        var settings = new PromptSettings(System, [], brief.ContextTokens, brief.MaxOutputTokens, CurrentRun: null);
        return new ModelCall(brief, PromptBuilder.Build(Conversation.Empty.Apply([.. plan.LeftOut, request]), settings));
    }
}
