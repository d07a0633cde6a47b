using Amazon.BedrockRuntime.Internal;
using Amazon.BedrockRuntime.Model;
using Amazon.BedrockRuntime.Wire;
using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace Amazon.BedrockRuntime;

// This project stands in for the package AWSSDK.BedrockRuntime, which the feed that builds this repository does not serve. It
// supplies the part of the package's surface that src/Shared uses (tests/Conventions/bedrock-members.txt lists it, and a test
// compares), under the package's own names, and nothing besides. All below it is the package's own ground, the real AWSSDK.Core:
// credentials, signing, retries, the HTTP pipeline, the reader of event streams. Where a feed has the package,
// -p:BedrockRuntime=package builds every project on it instead of this one, and runs the tests of this one against it.

/// <summary>
/// The client of ConverseStream. Credentials, endpoint overrides (<c>ServiceURL</c>, <c>AWS_ENDPOINT_URL_BEDROCK_RUNTIME</c>,
/// <c>AWS_ENDPOINT_URL</c>) and bearer tokens (<c>AWS_BEARER_TOKEN_BEDROCK</c>) are the core's. Thread-safe; make one and keep it.
/// </summary>
public sealed class AmazonBedrockRuntimeClient : AmazonServiceClient
{
    private static readonly AmazonBedrockRuntimeMetadata Metadata = new();

    /// <summary>A client with the credentials of the environment.</summary>
    public AmazonBedrockRuntimeClient(AmazonBedrockRuntimeConfig config)
        : base(config)
    {
    }

    /// <summary>A client with these credentials.</summary>
    public AmazonBedrockRuntimeClient(AWSCredentials credentials, AmazonBedrockRuntimeConfig clientConfig)
        : base(credentials, clientConfig)
    {
    }

    /// <inheritdoc />
    protected override IServiceMetadata ServiceMetadata => Metadata;

    /// <summary>
    /// Sends a conversation to a model and completes when the answer's headers are there; its events come through
    /// <see cref="ConverseStreamResponse.Stream"/>. Refusals before the stream are thrown as an
    /// <see cref="AmazonBedrockRuntimeException"/>, after the core's retries.
    /// </summary>
    public Task<ConverseStreamResponse> ConverseStreamAsync(
        ConverseStreamRequest request, CancellationToken cancellationToken = default)
    {
        var options = new InvokeOptions
        {
            RequestMarshaller = ConverseStreamRequestMarshaller.Instance,
            ResponseUnmarshaller = ConverseStreamResponseUnmarshaller.Instance,
        };
        return InvokeAsync<ConverseStreamResponse>(request, options, cancellationToken);
    }

    /// <inheritdoc />
    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        // Each is put right behind the marshaller, so the one added last runs first: who signs, then where it goes.
        pipeline.RemoveHandler<EndpointResolver>();
        pipeline.AddHandlerAfter<Marshaller>(new AmazonBedrockRuntimeEndpointResolver());
        pipeline.AddHandlerAfter<Marshaller>(new AmazonBedrockRuntimeAuthSchemeHandler());
    }
}
