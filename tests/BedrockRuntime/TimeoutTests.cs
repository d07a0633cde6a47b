using Amazon.BedrockRuntime;
using Amazon.Runtime;
using Holdfast.Peers.Bedrock;
using Shouldly;
using Xunit;

namespace Holdfast.BedrockRuntime.Tests;

/// <summary>
/// The core's limits around one request. Its timeout, which real time must pass for, ends a wait for headers and never an open stream.
/// </summary>
public sealed class TimeoutTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task Enumeration_OfAStreamSilentForLongerThanTheTimeout_GoesOn()
    {
        await using var bedrock = await BedrockFixture.StartAsync(new BedrockScript(
            new BedrockStep.Text("a"), new BedrockStep.Silence(Limit * 1.5), new BedrockStep.Text("b"), new BedrockStep.MessageStop()));
        using var client = Client(bedrock, staleRetries: 0);
        using var response = await client.ConverseStreamAsync(BedrockFixture.Request());

        var (events, failure) = await BedrockFixture.DrainAsync(response.Stream.GetAsyncEnumerator(CancellationToken.None));

        failure.ShouldBeNull();
        events.Count.ShouldBe(5);
    }

    [Fact]
    public async Task ConverseStream_WhenHeadersStayAwayForLongerThanTheTimeout_ThrowsAfterOneRequest()
    {
        await using var bedrock = await BedrockFixture.StartAsync();
        bedrock.Peer.SetDefault(new BedrockScript(new BedrockStep.HoldHeaders(TimeSpan.FromMinutes(10))));
        using var client = Client(bedrock, staleRetries: 0);

        var thrown = await Should.ThrowAsync<TimeoutException>(() => client.ConverseStreamAsync(BedrockFixture.Request()));

        thrown.InnerException.ShouldBeAssignableTo<OperationCanceledException>();
        var request = bedrock.Peer.Requests.ShouldHaveSingleItem();
        (await request.WhenEnded.WaitAsync(BedrockFixture.Patience)).ShouldBe(BedrockEnding.ClientLeft);
    }

    /// <summary>
    /// The core takes a broken connection for a stale one of its pool and sends the request again, up to ten times,
    /// whatever the number of retries. Whoever counts model calls sets that number too.
    /// </summary>
    [Theory]
    [InlineData(null, 11)]
    [InlineData(0, 1)]
    public async Task ConverseStream_WhenTheConnectionBreaksBeforeTheAnswer_IsSentAgainUnlessStaleRetriesAreOff(
        int? staleRetries, int requests)
    {
        await using var bedrock = await BedrockFixture.StartAsync();
        bedrock.Peer.SetDefault(new BedrockScript(new BedrockStep.NoAnswer()));
        using var client = Client(bedrock, staleRetries);

        await Should.ThrowAsync<IOException>(() => client.ConverseStreamAsync(BedrockFixture.Request()));

        bedrock.Peer.Requests.Count.ShouldBe(requests);
    }

    private static AmazonBedrockRuntimeClient Client(BedrockFixture bedrock, int? staleRetries)
    {
        var config = new AmazonBedrockRuntimeConfig
        {
            ServiceURL = bedrock.Peer.Endpoint.ToString(),
            AuthenticationRegion = "eu-central-1",
            MaxErrorRetry = 0,
            Timeout = Limit,
        };
        config.MaxStaleConnectionRetries = staleRetries ?? config.MaxStaleConnectionRetries;
        return new AmazonBedrockRuntimeClient(new BasicAWSCredentials(BedrockFixture.AccessKeyId, BedrockFixture.SecretAccessKey), config);
    }
}
