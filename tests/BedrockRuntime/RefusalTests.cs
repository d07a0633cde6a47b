using System.Net;
using Amazon.BedrockRuntime;
using Amazon.BedrockRuntime.Model;
using Holdfast.Peers.Bedrock;
using Shouldly;
using Xunit;

namespace Holdfast.BedrockRuntime.Tests;

public sealed class RefusalTests
{
    [Theory]
    [InlineData(403, typeof(AccessDeniedException))]
    [InlineData(404, typeof(ResourceNotFoundException))]
    [InlineData(400, typeof(ValidationException))]
    [InlineData(429, typeof(ThrottlingException))]
    [InlineData(429, typeof(ModelNotReadyException))]
    [InlineData(408, typeof(ModelTimeoutException))]
    [InlineData(424, typeof(ModelErrorException))]
    [InlineData(500, typeof(InternalServerException))]
    [InlineData(503, typeof(ServiceUnavailableException))]
    public async Task ConverseStream_WhenRefused_ThrowsTheNamedExceptionOnce(int status, Type exception)
    {
        await using var bedrock = await BedrockFixture.StartAsync(
            new BedrockScript(new BedrockStep.HttpError(status, exception.Name, "not now")));

        var thrown = await Should.ThrowAsync<AmazonBedrockRuntimeException>(() => bedrock.ConverseAsync());

        thrown.ShouldBeOfType(exception);
        (thrown.StatusCode, thrown.ErrorCode, thrown.Message).ShouldBe(((HttpStatusCode)status, exception.Name, "not now"));
        thrown.RequestId.ShouldBe("scripted-1");
        bedrock.Peer.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task ConverseStream_WhenRefusedWithAnotherCode_ThrowsTheBaseTypeWithThatCode()
    {
        await using var bedrock = await BedrockFixture.StartAsync(
            new BedrockScript(new BedrockStep.HttpError(418, "TeapotException", "short and stout")));

        var thrown = await Should.ThrowAsync<AmazonBedrockRuntimeException>(() => bedrock.ConverseAsync());

        thrown.ShouldBeOfType<AmazonBedrockRuntimeException>();
        thrown.ErrorCode.ShouldBe("TeapotException");
    }

    [Theory]
    [InlineData(503, nameof(ServiceUnavailableException))]
    [InlineData(429, nameof(ThrottlingException))]
    [InlineData(429, nameof(ModelNotReadyException))]
    public async Task ConverseStream_WhenRefusedForNow_IsRetriedBeforeTheStream(int status, string type)
    {
        await using var bedrock = await BedrockFixture.StartAsync(
            new BedrockScript(new BedrockStep.HttpError(status, type, "not now")), BedrockScript.Saying("at last"));
        using var client = BedrockFixture.CreateClient(bedrock.Peer.Endpoint, retries: 2);

        using var response = await client.ConverseStreamAsync(BedrockFixture.Request()).WaitAsync(BedrockFixture.Patience);

        bedrock.Peer.Requests.Count.ShouldBe(2);
        SigV4.IsSignedBy(bedrock.Peer.Requests[1], BedrockFixture.AccessKeyId, BedrockFixture.SecretAccessKey).ShouldBeTrue();
    }

    [Fact]
    public async Task Enumeration_WhenTheStreamFails_SendsNoSecondRequest()
    {
        await using var bedrock = await BedrockFixture.StartAsync(
            new BedrockScript(new BedrockStep.Text("a"), new BedrockStep.Exceptional("throttlingException", "later")));
        using var client = BedrockFixture.CreateClient(bedrock.Peer.Endpoint, retries: 4);
        using var response = await client.ConverseStreamAsync(BedrockFixture.Request());

        var (_, failure) = await BedrockFixture.DrainAsync(
            response.Stream.GetAsyncEnumerator(CancellationToken.None));

        failure.ShouldNotBeNull().InnerException.ShouldBeOfType<ThrottlingException>();
        failure.Message.ShouldBe("""{"message":"later"}""");
        bedrock.Peer.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task ConverseStream_WithoutAModel_ThrowsAndSendsNothing()
    {
        await using var bedrock = await BedrockFixture.StartAsync();

        await Should.ThrowAsync<AmazonBedrockRuntimeException>(() => bedrock.Client.ConverseStreamAsync(new ConverseStreamRequest()));

        bedrock.Peer.Requests.ShouldBeEmpty();
    }
}
