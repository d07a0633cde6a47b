using Amazon.Runtime.Documents;

namespace Amazon.BedrockRuntime.Model;

/// <summary>What a tool gave back for one wish.</summary>
public sealed class ToolResultBlock
{
    public string ToolUseId { get; set; }

    public ToolResultStatus Status { get; set; }

    public List<ToolResultContentBlock> Content { get; set; } = Collections.NewList<ToolResultContentBlock>();
}

/// <summary>One part of a tool's result; exactly one property is set.</summary>
public sealed class ToolResultContentBlock
{
    public string Text { get; set; }

    public Document Json { get; set; }
}
