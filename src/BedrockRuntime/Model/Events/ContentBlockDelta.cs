namespace Amazon.BedrockRuntime.Model;

/// <summary>What a block begins with.</summary>
public sealed class ContentBlockStart
{
    public ToolUseBlockStart ToolUse { get; set; }
}

/// <summary>A tool use begins; its input follows as deltas.</summary>
public sealed class ToolUseBlockStart
{
    public string Name { get; set; }

    public string ToolUseId { get; set; }
}

/// <summary>A further part of a block; one property is set, or none when the part is of a kind not carried here.</summary>
public sealed class ContentBlockDelta
{
    public string Text { get; set; }

    public ToolUseBlockDelta ToolUse { get; set; }

    public ReasoningContentBlockDelta ReasoningContent { get; set; }
}

/// <summary>A further piece of a tool's input; the pieces together are a JSON text.</summary>
public sealed class ToolUseBlockDelta
{
    public string Input { get; set; }
}

/// <summary>A further part of the reasoning; one property is set.</summary>
public sealed class ReasoningContentBlockDelta
{
    public string Text { get; set; }

    public string Signature { get; set; }

    public MemoryStream RedactedContent { get; set; }
}
