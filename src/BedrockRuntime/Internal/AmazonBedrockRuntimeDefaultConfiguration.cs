using System.Collections.ObjectModel;
using Amazon.Runtime;

namespace Amazon.BedrockRuntime.Internal;

/// <summary>
/// The published "smart defaults" per mode. They differ in how long a connection may take; none limits how long an
/// answer may take.
/// </summary>
internal static class AmazonBedrockRuntimeDefaultConfiguration
{
    public static ReadOnlyCollection<IDefaultConfiguration> All { get; } = new(
    [
        Of(DefaultConfigurationMode.Standard, connectTimeoutMs: 3100),
        Of(DefaultConfigurationMode.InRegion, connectTimeoutMs: 1100),
        Of(DefaultConfigurationMode.CrossRegion, connectTimeoutMs: 3100),
        Of(DefaultConfigurationMode.Mobile, connectTimeoutMs: 30000),
        Of(DefaultConfigurationMode.Auto, connectTimeoutMs: 1100),
    ]);

    private static DefaultConfiguration Of(DefaultConfigurationMode mode, int connectTimeoutMs) => new()
    {
        Name = mode,
        RetryMode = RequestRetryMode.Standard,
        S3UsEast1RegionalEndpoint = S3UsEast1RegionalEndpointValue.Regional,
        ConnectTimeout = TimeSpan.FromMilliseconds(connectTimeoutMs),
        TlsNegotiationTimeout = TimeSpan.FromMilliseconds(connectTimeoutMs),
        TimeToFirstByteTimeout = null,
        HttpRequestTimeout = null,
    };
}
