using System.Collections.Immutable;

namespace Holdfast.Transcripts;

/// <summary>
/// One line of a transcript after the header. The open session format (version 3) gives the shapes; <see cref="StreamedText"/> and
/// <see cref="Verdict"/> are our own. Times are the writer's.
/// </summary>
public abstract record TranscriptEntry
{
    private TranscriptEntry()
    {
    }

    public required EntryId Id { get; init; }

    /// <summary>The entry this one follows; null for the first.</summary>
    public EntryId? ParentId { get; init; }

    public required DateTimeOffset WrittenAt { get; init; }

    /// <summary>Who wrote it; null for lines that another program wrote.</summary>
    public Provenance? Provenance { get; init; }

    /// <summary><c>message</c> with role <c>user</c>. One that came through an endpoint bears the time of its acceptance.</summary>
    public sealed record UserMessage(ImmutableArray<ContentBlock> Content) : TranscriptEntry
    {
        /// <summary>When an endpoint took it; null where nobody said so.</summary>
        public DateTimeOffset? ReceivedAt { get; init; }
    }

    /// <summary>
    /// <c>message</c> with role <c>assistant</c>. A <b>stub</b> is one that records a failure: stop reason <c>error</c> or
    /// <c>aborted</c>. Stubs are never replayed.
    /// </summary>
    public sealed record AssistantMessage(ImmutableArray<ContentBlock> Content) : TranscriptEntry
    {
        public required string Provider { get; init; }

        public required string Model { get; init; }

        /// <summary><c>stop</c>, <c>length</c>, <c>toolUse</c>, <c>error</c> or <c>aborted</c>.</summary>
        public required string StopReason { get; init; }

        /// <summary>For stubs: what happened, in words for an operator.</summary>
        public string? ErrorMessage { get; init; }

        public TokenCount Usage { get; init; } = TokenCount.None;

        public bool IsStub => StopReason is "error" or "aborted";
    }

    /// <summary><c>message</c> with role <c>toolResult</c>.</summary>
    public sealed record ToolResult(string CallId, string ToolName, ImmutableArray<ContentBlock> Content, bool IsError) : TranscriptEntry;

    /// <summary><c>partial</c>: streamed text that is not final yet: what a crash leaves of an answer.</summary>
    public sealed record StreamedText(int Step, string Text) : TranscriptEntry;

    /// <summary>What the fence decided, and why.</summary>
    public sealed record Verdict(string Kind, string Explanation) : TranscriptEntry;

    /// <summary><c>custom</c>: a program's own record; never replayed. <paramref name="DataJson"/> is one JSON value.</summary>
    public sealed record Custom(string CustomType, string DataJson) : TranscriptEntry;

    /// <summary><c>custom_message</c>: shown to the model as a user message.</summary>
    public sealed record CustomMessage(string CustomType, ImmutableArray<ContentBlock> Content) : TranscriptEntry;

    /// <summary><c>model_change</c>.</summary>
    public sealed record ModelChange(string Provider, string ModelId) : TranscriptEntry;

    /// <summary><c>thinking_level_change</c>.</summary>
    public sealed record ThinkingLevelChange(string Level) : TranscriptEntry;

    /// <summary><c>compaction</c>: what came before is summed up in <paramref name="Summary"/>.</summary>
    /// <param name="Summary">Stands for what is left out.</param>
    /// <param name="FirstKeptId">From this entry on, what stands before the compaction is still replayed; null when nothing is.</param>
    public sealed record Compaction(string Summary, EntryId? FirstKeptId) : TranscriptEntry
    {
        /// <summary>Estimated tokens of the prompt that it made shorter.</summary>
        public long? TokensBefore { get; init; }

        /// <summary>
        /// Where the line of <see cref="FirstKeptId"/> stands: a reader that does not know the session begins there. Null from other
        /// writers.
        /// </summary>
        public LinePlace? KeptFrom { get; init; }
    }

    /// <summary><c>label</c>, <c>session_info</c>, <c>leaf</c> and types this version does not know: kept, never replayed.</summary>
    public sealed record Other(string Type) : TranscriptEntry;
}

/// <summary>Tokens of one model answer as the provider counted them.</summary>
public sealed record TokenCount(int InputTokens, int OutputTokens, int CacheReadTokens, int CacheWriteTokens)
{
    public static TokenCount None { get; } = new(0, 0, 0, 0);
}
