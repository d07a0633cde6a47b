using Amazon.BedrockRuntime.Internal;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.Util.Internal;
using ExecutionContext = Amazon.Runtime.Internal.ExecutionContext;

namespace Amazon.BedrockRuntime;

/// <summary>
/// Configuration of the client. Region, endpoint, timeouts, proxy and retries are those of <see cref="ClientConfig"/>:
/// <see cref="ClientConfig.Timeout"/> runs until the answer's headers are there (100 s if unset, and
/// <see cref="Timeout.InfiniteTimeSpan"/> is allowed); an open stream has no timeout of its own.
/// </summary>
public sealed class AmazonBedrockRuntimeConfig : ClientConfig
{
    /// <summary>The service's name in endpoint settings: <c>AWS_ENDPOINT_URL_BEDROCK_RUNTIME</c> comes from it.</summary>
    internal const string ServiceIdentifier = "Bedrock Runtime";

    // No release of the package is at work, so the service's log is told of none.
    private static readonly string UserAgentText = InternalSDKUtils.BuildUserAgentString(ServiceIdentifier, "0.0.0.0");
    private static readonly AmazonBedrockRuntimeEndpointResolver Resolver = new();

    /// <summary>A configuration with the defaults of the environment and the profile.</summary>
    public AmazonBedrockRuntimeConfig()
        : base(new DefaultConfigurationProvider(AmazonBedrockRuntimeDefaultConfiguration.All))
    {
        ServiceId = ServiceIdentifier;
        AuthenticationServiceName = "bedrock";
        EndpointProvider = new AmazonBedrockRuntimeEndpointProvider();
    }

    /// <inheritdoc />
    public override string RegionEndpointServiceName => "bedrock-runtime";

    /// <inheritdoc />
    public override string ServiceVersion => "2023-09-30";

    /// <inheritdoc />
    public override string UserAgent => UserAgentText;

    /// <inheritdoc />
    public override Endpoint DetermineServiceOperationEndpoint(ServiceOperationEndpointParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var request = new DefaultRequest(parameters.Request, ServiceIdentifier) { AlternateEndpoint = parameters.AlternateEndpoint };
        var context = new RequestContext(false) { ClientConfig = this, OriginalRequest = parameters.Request, Request = request };
        return Resolver.GetEndpoint(new ExecutionContext(context, null));
    }
}
