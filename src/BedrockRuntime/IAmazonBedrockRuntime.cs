using Amazon.BedrockRuntime.Model;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;

namespace Amazon.BedrockRuntime;

/// <summary>
/// The Bedrock Runtime API as far as this project calls it. The package's interface has more members: code that
/// implements it compiles here and not there, so call it and don't implement it.
/// </summary>
public interface IAmazonBedrockRuntime : IAmazonService, IDisposable
{
    /// <summary>
    /// Sends a conversation to a model and completes when the answer's headers are there; its events come through
    /// <see cref="ConverseStreamResponse.Stream"/>. Refusals before the stream are thrown as an
    /// <see cref="AmazonBedrockRuntimeException"/>, after the core's retries.
    /// </summary>
    Task<ConverseStreamResponse> ConverseStreamAsync(ConverseStreamRequest request, CancellationToken cancellationToken = default);

    /// <summary>The address that a request would go to.</summary>
    Endpoint DetermineServiceOperationEndpoint(AmazonWebServiceRequest request);

#pragma warning disable CA1033 // Factories for whoever knows only the interface; nobody calls them on a class.
    static ClientConfig IAmazonService.CreateDefaultClientConfig() => new AmazonBedrockRuntimeConfig();

    static IAmazonService IAmazonService.CreateDefaultServiceClient(AWSCredentials awsCredentials, ClientConfig clientConfig)
    {
        if (clientConfig is not AmazonBedrockRuntimeConfig config)
        {
            throw new AmazonClientException($"A client of Bedrock Runtime needs an {nameof(AmazonBedrockRuntimeConfig)}.");
        }

        return awsCredentials is null
            ? new AmazonBedrockRuntimeClient(config)
            : new AmazonBedrockRuntimeClient(awsCredentials, config);
    }
#pragma warning restore CA1033
}
