namespace Amazon.BedrockRuntime.Model;

/// <summary>Whether the model must use a tool, and which; exactly one property is set.</summary>
public sealed class ToolChoice
{
    public AutoToolChoice Auto { get; set; }

    public AnyToolChoice Any { get; set; }

    public SpecificToolChoice Tool { get; set; }
}

/// <summary>The model decides.</summary>
public sealed class AutoToolChoice
{
}

/// <summary>The model must use at least one tool.</summary>
public sealed class AnyToolChoice
{
}

/// <summary>The model must use this tool.</summary>
public sealed class SpecificToolChoice
{
    public string Name { get; set; }
}
