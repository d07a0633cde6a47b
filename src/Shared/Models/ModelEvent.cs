using Holdfast.Transcripts;

namespace Holdfast.Models;

/// <summary>
/// What a stream says, piece by piece. Each one, <see cref="Other"/> included, proves that the model is alive. A block's deltas follow
/// each other; <see cref="BlockStopped"/> ends the block.
/// </summary>
public abstract record ModelEvent
{
    private ModelEvent()
    {
    }

    /// <summary>The message began; no content yet.</summary>
    public sealed record Started : ModelEvent
    {
        public static Started Instance { get; } = new();
    }

    public sealed record TextDelta(string Text) : ModelEvent;

    /// <summary>A piece of reasoning, of its signature, or of both.</summary>
    public sealed record ReasoningDelta(string? Text, string? Signature) : ModelEvent;

    /// <param name="Index">The content block's number in the message; its deltas carry it too.</param>
    /// <param name="Id">The call's id.</param>
    /// <param name="Name">The tool's name.</param>
    public sealed record ToolUseStarted(int Index, string Id, string Name) : ModelEvent;

    /// <summary>A piece of the call's input: <paramref name="Json"/> is no JSON until all pieces are joined.</summary>
    public sealed record ToolUseDelta(int Index, string Json) : ModelEvent;

    public sealed record BlockStopped(int Index) : ModelEvent;

    /// <summary>The message is whole. <paramref name="Reason"/> is the provider's own word.</summary>
    public sealed record Stopped(string Reason) : ModelEvent;

    /// <summary>What the answer cost; comes after <see cref="Stopped"/>.</summary>
    public sealed record Usage(TokenCount Tokens) : ModelEvent;

    /// <summary>Anything else: keep-alives, and kinds this version does not know.</summary>
    public sealed record Other : ModelEvent
    {
        public static Other Instance { get; } = new();
    }
}
