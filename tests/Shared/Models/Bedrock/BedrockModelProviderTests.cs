using System.Globalization;
using Holdfast.Models;
using Holdfast.Models.Bedrock;
using Holdfast.Transcripts;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;
using static Holdfast.Tests.Models.Bedrock.ConverseServer;

namespace Holdfast.Tests.Models.Bedrock;

/// <summary>The provider over a real socket.</summary>
public sealed class BedrockModelProviderTests
{
    private static readonly ModelCall Call = ScriptedModel.Call();

    [Fact]
    public async Task StreamAsync_WhenAStreamIsWhole_GivesEachEventInOurTerms()
    {
        await using var server = await StartAsync(async context =>
        {
            await WriteAsync(context, "messageStart", """{"role":"assistant"}""");
            await WriteAsync(context, "contentBlockDelta", """{"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"hm"}}}""");
            await WriteAsync(context, "contentBlockDelta", """{"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":"sig"}}}""");
            await WriteAsync(context, "contentBlockStop", """{"contentBlockIndex":0}""");
            await WriteAsync(context, "contentBlockDelta", """{"contentBlockIndex":1,"delta":{"text":"Hé"}}""");
            await WriteAsync(
                context, "contentBlockStart", """{"contentBlockIndex":2,"start":{"toolUse":{"toolUseId":"c1","name":"exec"}}}""");
            await WriteAsync(context, "contentBlockDelta", """{"contentBlockIndex":2,"delta":{"toolUse":{"input":"{}"}}}""");
            await WriteAsync(context, "messageStop", """{"stopReason":"tool_use"}""");
            await WriteAsync(
                context,
                "metadata",
                """{"usage":{"inputTokens":5,"outputTokens":7,"totalTokens":12,"cacheReadInputTokens":2},"metrics":{"latencyMs":1}}""");
        });
        using var provider = server.Provider();

        var events = await CollectAsync(provider, Call);

        events.ShouldBe(
        [
            ModelEvent.Started.Instance,
            new ModelEvent.ReasoningDelta("hm", null),
            new ModelEvent.ReasoningDelta(null, "sig"),
            new ModelEvent.BlockStopped(0),
            new ModelEvent.TextDelta("Hé"),
            new ModelEvent.ToolUseStarted(2, "c1", "exec"),
            new ModelEvent.ToolUseDelta(2, "{}"),
            new ModelEvent.Stopped("tool_use"),
            new ModelEvent.Usage(new TokenCount(5, 7, 2, 0)),
        ]);
    }

    [Fact]
    public async Task StreamAsync_WhenTheSdkHasNoTypeForAnEvent_FailsAsUnknown()
    {
        // The vendor's SDK ends the stream there; this pins that it stays a failure that is retried.
        await using var server = await StartAsync(context => WriteAsync(context, "somethingNew", """{"a":1}"""));
        using var provider = server.Provider();

        var failure = await Should.ThrowAsync<ModelProviderException>(() => CollectAsync(provider, Call));
        failure.Failure.Kind.ShouldBe(ModelFailureKind.Unknown);
    }

    [Theory]
    [InlineData("throttlingException", "Too many tokens, please wait before trying again.", ModelFailureKind.Throttled)]
    [InlineData("throttlingException", "Too many tokens per day, please wait before trying again.", ModelFailureKind.QuotaExhausted)]
    [InlineData("validationException", "The field is blank.", ModelFailureKind.Validation)]
    [InlineData("modelStreamErrorException", "The model broke.", ModelFailureKind.ModelStreamError)]
    [InlineData("internalServerException", "Oops.", ModelFailureKind.ServerError)]
    public async Task StreamAsync_WhenAnExceptionComesInsideTheStream_IsTyped(string type, string message, ModelFailureKind kind)
    {
        await using var server = await StartAsync(async context =>
        {
            await WriteAsync(context, "contentBlockDelta", """{"contentBlockIndex":0,"delta":{"text":"so far"}}""");
            await WriteAsync(context, type, $$"""{"message":"{{message}}"}""", kind: "exception");
        });
        using var provider = server.Provider();

        var failure = await Should.ThrowAsync<ModelProviderException>(() => CollectAsync(provider, Call));

        failure.Failure.Kind.ShouldBe(kind);
        failure.Message.ShouldContain(message);
    }

    [Theory]
    [InlineData(429, "ThrottlingException", "Too many requests", 7, ModelFailureKind.Throttled)]
    [InlineData(429, "ThrottlingException", "Too many tokens per day, please wait", null, ModelFailureKind.QuotaExhausted)]
    [InlineData(400, "ServiceQuotaExceededException", "No more", null, ModelFailureKind.QuotaExhausted)]
    [InlineData(400, "ValidationException", "text content blocks must be non-empty", null, ModelFailureKind.Validation)]
    [InlineData(400, "ValidationException", "The provided model identifier is invalid.", null, ModelFailureKind.ModelNotFound)]
    [InlineData(403, "AccessDeniedException", "No access", null, ModelFailureKind.AccessDenied)]
    [InlineData(403, "ExpiredTokenException", "Expired", null, ModelFailureKind.AccessDenied)]
    [InlineData(404, "ResourceNotFoundException", "No such model", null, ModelFailureKind.ModelNotFound)]
    [InlineData(408, "ModelTimeoutException", "Too slow", null, ModelFailureKind.ModelTimeout)]
    [InlineData(424, "ModelErrorException", "Failed", null, ModelFailureKind.ModelStreamError)]
    [InlineData(429, "ModelNotReadyException", "Loading", null, ModelFailureKind.ModelNotReady)]
    [InlineData(500, "InternalServerException", "Oops", null, ModelFailureKind.ServerError)]
    [InlineData(503, "ServiceUnavailableException", "Full", null, ModelFailureKind.ServiceUnavailable)]
    [InlineData(502, "BadGateway", "Proxy", null, ModelFailureKind.ServerError)]
    public async Task S28_RefusedBeforeTheStream_IsTypedAndSentOnce(
        int status, string type, string message, int? retryAfter, ModelFailureKind kind)
    {
        await using var server = await StartAsync(async context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json";
            context.Response.Headers["x-amzn-ErrorType"] = type;
            if (retryAfter is not null)
            {
                context.Response.Headers.RetryAfter = retryAfter.Value.ToString(CultureInfo.InvariantCulture);
            }

            await context.Response.WriteAsync($$"""{"message":"{{message}}"}""");
        });
        using var provider = server.Provider();

        var failure = await Should.ThrowAsync<ModelProviderException>(() => CollectAsync(provider, Call));

        failure.Failure.Kind.ShouldBe(kind);
        failure.Failure.RetryAfter.ShouldBe(retryAfter is null ? null : TimeSpan.FromSeconds(retryAfter.Value));
        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task StreamAsync_WhenTheSocketIsCutInsideTheStream_IsANetworkFailure()
    {
        await using var server = await StartAsync(async context =>
        {
            await WriteAsync(context, "contentBlockDelta", """{"contentBlockIndex":0,"delta":{"text":"so far"}}""");
            context.Abort();
        });
        using var provider = server.Provider();

        var fault = await Should.ThrowAsync<ModelProviderException>(() => CollectAsync(provider, Call));
        fault.Failure.Kind.ShouldBe(ModelFailureKind.Network);
    }

    [Fact]
    public async Task StreamAsync_WhenNobodyListens_IsANetworkFailure()
    {
        var server = await StartAsync(_ => Task.CompletedTask);
        using var provider = server.Provider();
        await CollectAsync(provider, Call);
        await server.DisposeAsync();

        var fault = await Should.ThrowAsync<ModelProviderException>(() => CollectAsync(provider, Call));
        fault.Failure.Kind.ShouldBe(ModelFailureKind.Network);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task StreamAsync_WhenCancelledInSilence_EndsTheRequest(bool afterAnEvent)
    {
        var arrived = new TaskCompletionSource();
        var aborted = new TaskCompletionSource();
        await using var server = await StartAsync(async context =>
        {
            if (afterAnEvent)
            {
                await WriteAsync(context, "messageStart", """{"role":"assistant"}""");
            }

            arrived.SetResult();
            context.RequestAborted.Register(aborted.SetResult);
            await aborted.Task;
        });
        using var provider = server.Provider();
        using var cancellation = new CancellationTokenSource();
        var reading = CollectAsync(provider, Call, cancellation.Token);
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(20));

        await cancellation.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => reading.WaitAsync(TimeSpan.FromSeconds(20)));
        await aborted.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void ConfigurationFor_AnyRegion_RetriesNothingAndHasNoTimeout()
    {
        var configuration = BedrockModelProvider.ConfigurationFor("eu-west-1");

        configuration.MaxErrorRetry.ShouldBe(0);
        configuration.Timeout.ShouldBe(Timeout.InfiniteTimeSpan);
        configuration.RegionEndpoint.SystemName.ShouldBe("eu-west-1");
    }
}
