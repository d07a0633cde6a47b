using Amazon;
using Amazon.BedrockRuntime;
using Amazon.BedrockRuntime.Model;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Holdfast.Peers.Bedrock;
using Shouldly;
using Xunit;

namespace Holdfast.BedrockRuntime.Tests;

public sealed class AuthenticationTests
{
    [Theory]
    [InlineData(BedrockFixture.Model)]
    [InlineData("arn:aws:bedrock:eu-central-1:123456789012:application-inference-profile/a b+c~d")]
    public async Task Request_WithAKey_IsSignedForRegionAndService(string model)
    {
        await using var bedrock = await BedrockFixture.StartAsync();

        using var response = await bedrock.Client.ConverseStreamAsync(new ConverseStreamRequest { ModelId = model });

        var request = bedrock.Peer.Requests[0];
        SigV4.ScopeOf(request).ShouldBe("eu-central-1/bedrock");
        SigV4.IsSignedBy(request, BedrockFixture.AccessKeyId, BedrockFixture.SecretAccessKey).ShouldBeTrue();
        SigV4.IsSignedBy(request, BedrockFixture.AccessKeyId, "another secret").ShouldBeFalse();
    }

    [Fact]
    public async Task Request_WithASessionsKey_CarriesAndSignsItsToken()
    {
        await using var bedrock = await BedrockFixture.StartAsync();
        using var client = new AmazonBedrockRuntimeClient(
            new SessionAWSCredentials(BedrockFixture.AccessKeyId, BedrockFixture.SecretAccessKey, "session-token"),
            new AmazonBedrockRuntimeConfig { ServiceURL = bedrock.Peer.Endpoint.ToString(), AuthenticationRegion = "eu-central-1" });

        using var response = await client.ConverseStreamAsync(BedrockFixture.Request());

        var request = bedrock.Peer.Requests[0];
        request.Headers["X-Amz-Security-Token"].ShouldBe("session-token");
        SigV4.IsSignedBy(request, BedrockFixture.AccessKeyId, BedrockFixture.SecretAccessKey).ShouldBeTrue();
    }

    [Theory]
    [InlineData("eu-central-1", false, "https://bedrock-runtime.eu-central-1.amazonaws.com/")]
    [InlineData("us-west-2", true, "https://bedrock-runtime-fips.us-west-2.amazonaws.com/")]
    [InlineData("cn-north-1", false, "https://bedrock-runtime.cn-north-1.amazonaws.com.cn/")]
    public void Endpoint_OfARegion_IsItsHost(string region, bool fips, string address)
    {
        var config = new AmazonBedrockRuntimeConfig { RegionEndpoint = RegionEndpoint.GetBySystemName(region), UseFIPSEndpoint = fips };

        EndpointOf(config).URL.ShouldBe(address);
    }

    [Fact]
    public void Endpoint_WithFipsAndAnAddress_IsRefused() =>
        Should.Throw<AmazonClientException>(
            () => EndpointOf(new AmazonBedrockRuntimeConfig { ServiceURL = "http://127.0.0.1:1", UseFIPSEndpoint = true }));

    private static Endpoint EndpointOf(AmazonBedrockRuntimeConfig config) =>
        config.DetermineServiceOperationEndpoint(new ServiceOperationEndpointParameters(BedrockFixture.Request()));
}
