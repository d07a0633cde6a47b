namespace Amazon.BedrockRuntime.Model;

/// <summary>What a tool gave back for one wish.</summary>
public sealed class ToolResultBlock
{
    public string ToolUseId { get; set; }

    public ToolResultStatus Status { get; set; }

    public List<ToolResultContentBlock> Content { get; set; }
}

/// <summary>One part of a tool's result.</summary>
public sealed class ToolResultContentBlock
{
    public string Text { get; set; }
}
