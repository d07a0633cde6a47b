namespace Amazon.BedrockRuntime.Model;

/// <summary>One block of a message; exactly one property is set.</summary>
public sealed class ContentBlock
{
    public string Text { get; set; }

    public ReasoningContentBlock ReasoningContent { get; set; }

    public ToolUseBlock ToolUse { get; set; }

    public ToolResultBlock ToolResult { get; set; }

    public CachePointBlock CachePoint { get; set; }
}
