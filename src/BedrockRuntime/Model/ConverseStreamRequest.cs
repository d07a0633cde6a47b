using Amazon.Runtime;
using Amazon.Runtime.Documents;

namespace Amazon.BedrockRuntime.Model;

/// <summary>One call of a model. What is null is not sent, here and in all blocks, so that the service's own defaults hold.</summary>
public sealed class ConverseStreamRequest : AmazonWebServiceRequest
{
    /// <summary>Model, inference profile or ARN; required.</summary>
    public string ModelId { get; set; }

    /// <summary>The conversation, oldest first.</summary>
    public List<Message> Messages { get; set; }

    /// <summary>System prompts and their cache points.</summary>
    public List<SystemContentBlock> System { get; set; }

    /// <summary>The tools that the model may ask for.</summary>
    public ToolConfiguration ToolConfig { get; set; }

    /// <summary>Parameters that all models know.</summary>
    public InferenceConfiguration InferenceConfig { get; set; }

    /// <summary>Parameters of this very model, such as its reasoning budget.</summary>
    public Document AdditionalModelRequestFields { get; set; }
}
