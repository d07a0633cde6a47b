using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Amazon.BedrockRuntime;
using Amazon.Runtime;
using Holdfast.Peers.Bedrock;
using Shouldly;
using Xunit;

namespace Holdfast.BedrockRuntime.Tests;

[Collection(nameof(EnvironmentTests))]
public sealed class EnvironmentTests : IDisposable
{
    private readonly List<(string Name, string? Before)> _changed = [];

    [Theory]
    [InlineData("AWS_ENDPOINT_URL_BEDROCK_RUNTIME")]
    [InlineData("AWS_ENDPOINT_URL")]
    public async Task Request_WithAnAddressInTheEnvironment_GoesThereSignedWithTheEnvironmentsKey(string variable)
    {
        await using var bedrock = await BedrockFixture.StartAsync();
        Set(variable, bedrock.Peer.Endpoint.ToString());
        Set("AWS_REGION", "eu-west-1");
        Set("AWS_ACCESS_KEY_ID", BedrockFixture.AccessKeyId);
        Set("AWS_SECRET_ACCESS_KEY", BedrockFixture.SecretAccessKey);
        using var client = new AmazonBedrockRuntimeClient(new AmazonBedrockRuntimeConfig());

        using var response = await client.ConverseStreamAsync(BedrockFixture.Request());

        var request = bedrock.Peer.Requests.ShouldHaveSingleItem();
        SigV4.ScopeOf(request).ShouldBe("eu-west-1/bedrock");
        SigV4.IsSignedBy(request, BedrockFixture.AccessKeyId, BedrockFixture.SecretAccessKey).ShouldBeTrue();
    }

    [Fact]
    public async Task Request_WithTheServicesAndTheGeneralAddress_GoesToTheServices()
    {
        await using var bedrock = await BedrockFixture.StartAsync();
        Set("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", bedrock.Peer.Endpoint.ToString());
        Set("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
        Set("AWS_REGION", "eu-west-1");
        using var client = new AmazonBedrockRuntimeClient(
            new BasicAWSCredentials(BedrockFixture.AccessKeyId, BedrockFixture.SecretAccessKey), new AmazonBedrockRuntimeConfig());

        using var response = await client.ConverseStreamAsync(BedrockFixture.Request());

        bedrock.Peer.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Request_WithABearerTokenInTheEnvironment_CarriesItAndNoSignature()
    {
        using var certificate = SelfSigned();
        await using var peer = await ScriptedBedrock.StartAsync(certificate: certificate);
        Set("AWS_BEARER_TOKEN_BEDROCK", "bedrock-api-key-1");
        Set("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", peer.Endpoint.ToString());
        Set("AWS_REGION", "eu-west-1");
        using var client = new AmazonBedrockRuntimeClient(
            new AmazonBedrockRuntimeConfig
            {
                HttpClientFactory = new Trusting(certificate.Thumbprint),
                Timeout = Timeout.InfiniteTimeSpan,
            });

        using var response = await client.ConverseStreamAsync(BedrockFixture.Request());

        peer.Requests[0].Headers["Authorization"].ShouldBe("Bearer bedrock-api-key-1");
    }

    [Fact]
    public async Task Request_WithABearerTokenOverPlainHttp_IsNotSent()
    {
        await using var bedrock = await BedrockFixture.StartAsync();
        Set("AWS_BEARER_TOKEN_BEDROCK", "bedrock-api-key-1");
        Set("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", bedrock.Peer.Endpoint.ToString());
        Set("AWS_REGION", "eu-west-1");
        using var client = new AmazonBedrockRuntimeClient(new AmazonBedrockRuntimeConfig());

        await Should.ThrowAsync<AmazonClientException>(() => client.ConverseStreamAsync(BedrockFixture.Request()));

        bedrock.Peer.Requests.ShouldBeEmpty();
    }

    public void Dispose() => _changed.ForEach(variable => Environment.SetEnvironmentVariable(variable.Name, variable.Before));

    private void Set(string name, string value)
    {
        _changed.Add((name, Environment.GetEnvironmentVariable(name)));
        Environment.SetEnvironmentVariable(name, value);
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
    }

    /// <summary>Takes the peer's own certificate and no other.</summary>
    private sealed class Trusting(string thumbprint) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = (_, certificate, _, _) => certificate?.Thumbprint == thumbprint,
        });
    }
}
