namespace Amazon.BedrockRuntime.Model;

/// <summary>The tools of a request.</summary>
public sealed class ToolConfiguration
{
    public List<Tool> Tools { get; set; }
}
