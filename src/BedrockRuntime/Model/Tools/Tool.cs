using Amazon.Runtime.Documents;

namespace Amazon.BedrockRuntime.Model;

/// <summary>A tool, or a cache point behind the tools before it; exactly one property is set.</summary>
public sealed class Tool
{
    public ToolSpecification ToolSpec { get; set; }

    public CachePointBlock CachePoint { get; set; }
}

/// <summary>What the model is told about a tool.</summary>
public sealed class ToolSpecification
{
    public string Name { get; set; }

    public string Description { get; set; }

    public ToolInputSchema InputSchema { get; set; }
}

/// <summary>The JSON schema of a tool's input; its top level is an object.</summary>
public sealed class ToolInputSchema
{
    public Document Json { get; set; }
}
