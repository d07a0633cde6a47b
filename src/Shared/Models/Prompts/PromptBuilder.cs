using Holdfast.Transcripts;

namespace Holdfast.Models.Prompts;

/// <summary>
/// Conversation → prompt, a pure function. Whatever stands in the transcript, the prompt is one the model API accepts
/// (<see href="../../../../docs/invariants.md">I9</see>). Stubs, streamed parts, blanks, mirrors, records of programs and unknown blocks
/// are never replayed.
/// </summary>
public static class PromptBuilder
{
    /// <summary>
    /// Takes the newest compaction's summary and what follows it, cut at a user message so that it fits. The newest turn is kept whole
    /// even if it does not fit; what is left out is the oldest, and past a cut the summary goes with it. Cost grows with what is kept.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// There is nothing to answer: no user message, or the newest message is the assistant's.
    /// </exception>
    public static ModelPrompt Build(Conversation conversation, PromptSettings settings)
    {
        var system = string.IsNullOrWhiteSpace(settings.System) ? null : settings.System;
        var budget = (long)settings.ContextTokens - settings.MaxOutputTokens - TokenEstimate.Of(system, settings.Tools);

        var window = PromptWindow.Select(conversation.Entries, budget, settings.CurrentRun);
        var assembly = new PromptAssembly(offersTools: settings.Tools.Length > 0, settings.CurrentRun);
        assembly.AddSummary(window.Summary);
        for (var at = window.NewestFirst.Count - 1; at >= 0; at--)
        {
            assembly.Add(window.NewestFirst[at]);
        }

        var messages = assembly.Finish();
        return messages is [.., { Role: PromptRole.User }]
            ? new ModelPrompt(system, messages, settings.Tools)
            : throw new ArgumentException("The conversation holds nothing to answer.", nameof(conversation));
    }
}
