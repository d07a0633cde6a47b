using Amazon.Runtime.Internal;

namespace Amazon.BedrockRuntime.Internal;

/// <summary>What the core's pipeline asks about the service.</summary>
internal sealed class AmazonBedrockRuntimeMetadata : IServiceMetadata
{
    public string ServiceId => AmazonBedrockRuntimeConfig.ServiceIdentifier;

    public IDictionary<string, string> OperationNameMapping { get; } = new Dictionary<string, string>(0);
}
