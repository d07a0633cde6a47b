using System.Collections.Immutable;
using System.Text.Json;

namespace Holdfast.Transcripts;

/// <summary>A part of a message's content, in the request of the open session format.</summary>
public abstract record ContentBlock
{
    private ContentBlock()
    {
    }

    /// <summary><c>{"type":"text","text":…}</c></summary>
    public sealed record Text(string Value) : ContentBlock;

    /// <summary><c>{"type":"thinking","thinking":…,"thinkingSignature":…}</c>; replayed only with its signature.</summary>
    public sealed record Thinking(string Value, string? Signature) : ContentBlock;

    /// <summary><c>{"type":"toolCall","id":…,"name":…,"arguments":{…}}</c></summary>
    public sealed record ToolCall(string Id, string Name, JsonElement Arguments) : ContentBlock;

    /// <summary>A block of a kind that this version does not know; kept in the file, not replayed.</summary>
    public sealed record Unknown(string Type) : ContentBlock;
}

/// <summary>Helps content read as one text.</summary>
public static class ContentBlocks
{
    /// <summary>All text blocks, joined without a separator.</summary>
    public static string PlainText(this ImmutableArray<ContentBlock> content) =>
        string.Concat(content.OfType<ContentBlock.Text>().Select(block => block.Value));
}
