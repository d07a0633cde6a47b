using Amazon.Runtime.Documents;

namespace Amazon.BedrockRuntime.Model;

/// <summary>A model's wish to have a tool run.</summary>
public sealed class ToolUseBlock
{
    public string ToolUseId { get; set; }

    public string Name { get; set; }

    public Document Input { get; set; }
}
