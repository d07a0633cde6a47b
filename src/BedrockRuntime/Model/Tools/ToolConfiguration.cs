namespace Amazon.BedrockRuntime.Model;

/// <summary>The tools of a request and how free the model is to use them.</summary>
public sealed class ToolConfiguration
{
    public List<Tool> Tools { get; set; } = Collections.NewList<Tool>();

    public ToolChoice ToolChoice { get; set; }
}
