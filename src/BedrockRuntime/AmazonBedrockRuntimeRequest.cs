using Amazon.Runtime;

namespace Amazon.BedrockRuntime;

/// <summary>What the requests of this API have in common.</summary>
public class AmazonBedrockRuntimeRequest : AmazonWebServiceRequest
{
}
