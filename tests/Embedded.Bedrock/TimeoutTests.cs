using Amazon.BedrockRuntime;
using Amazon.Runtime;
using Holdfast.Peers.Bedrock;
using Shouldly;
using Xunit;

namespace Holdfast.Embedded.Bedrock.Tests;

/// <summary>The core's timeout, which real time must pass for: it ends a wait for headers, and never an open stream.</summary>
public sealed class TimeoutTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task Enumeration_OfAStreamSilentForLongerThanTheTimeout_GoesOn()
    {
        await using var bedrock = await BedrockFixture.StartAsync(new BedrockScript(
            new BedrockStep.Text("a"), new BedrockStep.Silence(Limit * 1.5), new BedrockStep.Text("b"), new BedrockStep.MessageStop()));
        using var client = Client(bedrock);
        using var response = await client.ConverseStreamAsync(BedrockFixture.Request());

        var (events, failure) = await BedrockFixture.DrainAsync(response.Stream.GetAsyncEnumerator(CancellationToken.None));

        failure.ShouldBeNull();
        events.Count.ShouldBe(5);
    }

    [Fact]
    public async Task ConverseStream_WhenHeadersStayAwayForLongerThanTheTimeout_Throws()
    {
        await using var bedrock = await BedrockFixture.StartAsync(new BedrockScript(new BedrockStep.HoldHeaders(TimeSpan.FromMinutes(10))));
        using var client = Client(bedrock);

        var thrown = await Should.ThrowAsync<TimeoutException>(
            () => client.ConverseStreamAsync(BedrockFixture.Request()).WaitAsync(BedrockFixture.Patience));

        thrown.InnerException.ShouldBeAssignableTo<OperationCanceledException>();
        (await bedrock.Peer.Requests[0].WhenEnded.WaitAsync(BedrockFixture.Patience)).ShouldBe(BedrockEnding.ClientLeft);
    }

    private static AmazonBedrockRuntimeClient Client(BedrockFixture bedrock) => new(
        new BasicAWSCredentials(BedrockFixture.AccessKeyId, BedrockFixture.SecretAccessKey),
        new AmazonBedrockRuntimeConfig
        {
            ServiceURL = bedrock.Peer.Endpoint.ToString(),
            AuthenticationRegion = "eu-central-1",
            MaxErrorRetry = 0,
            Timeout = Limit,
        });
}
