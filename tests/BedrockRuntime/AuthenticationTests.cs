using Amazon.BedrockRuntime;
using Amazon.BedrockRuntime.Model;
using Amazon.Runtime;
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
            BedrockFixture.AccessKeyId,
            BedrockFixture.SecretAccessKey,
            "session-token",
            new AmazonBedrockRuntimeConfig { ServiceURL = bedrock.Peer.Endpoint.ToString(), AuthenticationRegion = "eu-central-1" });

        using var response = await client.ConverseStreamAsync(BedrockFixture.Request());

        var request = bedrock.Peer.Requests[0];
        request.Headers["X-Amz-Security-Token"].ShouldBe("session-token");
        SigV4.IsSignedBy(request, BedrockFixture.AccessKeyId, BedrockFixture.SecretAccessKey).ShouldBeTrue();
    }

    [Fact]
    public void DetermineServiceOperationEndpoint_OfARegion_IsItsHost()
    {
        using var client = new AmazonBedrockRuntimeClient(new AnonymousAWSCredentials(), Amazon.RegionEndpoint.EUCentral1);

        client.DetermineServiceOperationEndpoint(BedrockFixture.Request()).URL.ShouldBe("https://bedrock-runtime.eu-central-1.amazonaws.com/");
    }

    [Fact]
    public void DetermineServiceOperationEndpoint_WithFipsAndAnAddress_Refuses()
    {
        using var client = new AmazonBedrockRuntimeClient(
            new AnonymousAWSCredentials(), new AmazonBedrockRuntimeConfig { ServiceURL = "http://127.0.0.1:1", UseFIPSEndpoint = true });

        Should.Throw<AmazonClientException>(() => client.DetermineServiceOperationEndpoint(BedrockFixture.Request()));
    }
}
