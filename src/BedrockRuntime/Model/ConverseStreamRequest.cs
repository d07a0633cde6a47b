using Amazon.Runtime.Documents;

namespace Amazon.BedrockRuntime.Model;

/// <summary>
/// One call of a model. Lists and maps are null until set, unless <see cref="AWSConfigs.InitializeCollections"/> asks
/// for the older behaviour. What is null is not sent. Guardrails, prompt variables and service tiers are not carried.
/// </summary>
public sealed class ConverseStreamRequest : AmazonBedrockRuntimeRequest
{
    /// <summary>Model, inference profile or ARN; required.</summary>
    public string ModelId { get; set; }

    /// <summary>The conversation, oldest first.</summary>
    public List<Message> Messages { get; set; } = Collections.NewList<Message>();

    /// <summary>System prompts and their cache points.</summary>
    public List<SystemContentBlock> System { get; set; } = Collections.NewList<SystemContentBlock>();

    /// <summary>The tools that the model may ask for.</summary>
    public ToolConfiguration ToolConfig { get; set; }

    /// <summary>Parameters that all models know.</summary>
    public InferenceConfiguration InferenceConfig { get; set; }

    /// <summary>Parameters of this very model, such as its reasoning budget.</summary>
    public Document AdditionalModelRequestFields { get; set; }

    /// <summary>JSON pointers to fields of the model's own answer that are wanted back.</summary>
    public List<string> AdditionalModelResponseFieldPaths { get; set; } = Collections.NewList<string>();

    /// <summary>The latency to ask for.</summary>
    public PerformanceConfiguration PerformanceConfig { get; set; }

    /// <summary>Tags for the service's invocation log.</summary>
    public Dictionary<string, string> RequestMetadata { get; set; } = Collections.NewMap<string>();
}
