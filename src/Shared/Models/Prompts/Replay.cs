using System.Text.Json;
using Holdfast.Sessions;
using Holdfast.Transcripts;

namespace Holdfast.Models.Prompts;

/// <summary>What an entry is to a prompt.</summary>
internal enum ReplayKind
{
    /// <summary>Nothing: it stays in the transcript.</summary>
    None,
    User,
    Assistant,
    ToolResult,
}

/// <summary>The one place that says what is replayed.</summary>
internal static class Replay
{
    public static ReplayKind KindOf(TranscriptEntry entry)
    {
        if (entry.Provenance?.Source == EntrySource.Mirror)
        {
            return ReplayKind.None;
        }

        return entry switch
        {
            TranscriptEntry.UserMessage message when message.Content.Any(IsText) => ReplayKind.User,
            TranscriptEntry.CustomMessage message when message.Content.Any(IsText) => ReplayKind.User,
            TranscriptEntry.AssistantMessage { IsStub: false } message when message.Content.Any(IsTextOrCall) => ReplayKind.Assistant,
            TranscriptEntry.ToolResult => ReplayKind.ToolResult,
            _ => ReplayKind.None,
        };
    }

    /// <returns>The turn that the entry is part of; null for what no turn of ours wrote.</returns>
    public static TurnId? TurnOf(TranscriptEntry entry) =>
        entry.Provenance is { Source: EntrySource.Turn } provenance ? RunId.TurnOf(provenance.RunId) : null;

    /// <summary>The last entry of a turn that was answered.</summary>
    public static bool IsFinalAnswer(TranscriptEntry entry) =>
        entry is TranscriptEntry.AssistantMessage { IsStub: false } message
            && !message.Content.Any(block => block is ContentBlock.ToolCall);

    public static bool IsText(ContentBlock block) => block is ContentBlock.Text text && !string.IsNullOrWhiteSpace(text.Value);

    /// <summary>
    /// A call whose arguments are no object is half of one: a crash or another program left it. It is not shown, nor is its result.
    /// </summary>
    public static bool IsCall(ContentBlock block) => block is ContentBlock.ToolCall { Arguments.ValueKind: JsonValueKind.Object };

    private static bool IsTextOrCall(ContentBlock block) => IsText(block) || IsCall(block);
}
