using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal.Endpoints.StandardLibrary;

namespace Amazon.BedrockRuntime.Internal;

/// <summary>
/// The service's endpoint rules: an address that was given wins, and excludes FIPS and dual stack; otherwise the
/// region's partition says which suffix a host name has and which variants exist.
/// </summary>
internal sealed class AmazonBedrockRuntimeEndpointProvider : IEndpointProvider
{
    public Endpoint ResolveEndpoint(EndpointParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var fips = true.Equals(parameters["UseFIPS"]);
        var dualStack = true.Equals(parameters["UseDualStack"]);
        if (parameters["Endpoint"] is string { Length: > 0 } address)
        {
            return fips || dualStack
                ? throw new AmazonClientException("Invalid Configuration: FIPS or dual stack with a custom endpoint is not supported")
                : new Endpoint(address);
        }

        var region = parameters["Region"] as string;
        var partition = region is null ? null : Fn.Partition(region);
        if (partition is null)
        {
            throw new AmazonClientException("Invalid Configuration: Missing Region");
        }

        if ((fips && !partition.supportsFIPS) || (dualStack && !partition.supportsDualStack))
        {
            throw new AmazonClientException("FIPS or dual stack is enabled, but this partition does not support it");
        }

        var suffix = dualStack ? partition.dualStackDnsSuffix : partition.dnsSuffix;
        return new Endpoint($"https://bedrock-runtime{(fips ? "-fips" : string.Empty)}.{region}.{suffix}");
    }
}
