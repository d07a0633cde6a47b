using Amazon.BedrockRuntime;
using Amazon.BedrockRuntime.Model;
using Amazon.Runtime.EventStreams;
using Holdfast.Peers.Bedrock;
using Shouldly;
using Xunit;

namespace Holdfast.BedrockRuntime.Tests;

public sealed class StreamTests
{
    [Fact]
    public async Task Enumeration_OfTextReasoningToolUseAndMetadata_GivesEachEventAsItWasSent()
    {
        await using var bedrock = await BedrockFixture.StartAsync(new BedrockScript(
            new BedrockStep.Reasoning(["let me ", "think"], Signature: "c2ln"),
            new BedrockStep.Text("Grüße \"quoted\" 🦊", "\n\tend"),
            new BedrockStep.ToolUse("exec", "tooluse_1", """{"command":"ls -la"}""", Chunks: 3),
            new BedrockStep.MessageStop("tool_use"),
            new BedrockStep.Metadata(11, 22, 33, 44, 55)));

        var (events, failure) = await bedrock.ReadAllAsync();

        failure.ShouldBeNull();
        events[0].ShouldBeOfType<MessageStartEvent>();
        var deltas = events.OfType<ContentBlockDeltaEvent>().ToList();
        deltas.Select(d => d.ContentBlockIndex).ShouldBe([0, 0, 0, 1, 1, 2, 2, 2]);
        deltas.Select(d => d.Delta.ReasoningContent?.Text).Where(t => t is not null).ShouldBe(["let me ", "think"]);
        deltas[2].Delta.ReasoningContent.Signature.ShouldBe("c2ln");
        deltas.Select(d => d.Delta.Text).Where(t => t is not null).ShouldBe(["Grüße \"quoted\" 🦊", "\n\tend"]);
        string.Concat(deltas.Select(d => d.Delta.ToolUse?.Input)).ShouldBe("""{"command":"ls -la"}""");
        var start = events.OfType<ContentBlockStartEvent>().ShouldHaveSingleItem();
        (start.ContentBlockIndex, start.Start.ToolUse.Name, start.Start.ToolUse.ToolUseId).ShouldBe((2, "exec", "tooluse_1"));
        events.OfType<ContentBlockStopEvent>().Select(s => s.ContentBlockIndex).ShouldBe([0, 1, 2]);
        events.OfType<MessageStopEvent>().ShouldHaveSingleItem().StopReason.ShouldBe(StopReason.Tool_use);
        var usage = events[^1].ShouldBeOfType<ConverseStreamMetadataEvent>().Usage;
        (usage.InputTokens, usage.OutputTokens, usage.CacheReadInputTokens, usage.CacheWriteInputTokens).ShouldBe((11, 22, 33, 44));
    }

    [Fact]
    public async Task Enumeration_OfRedactedReasoning_GivesItsBytes()
    {
        await using var bedrock = await BedrockFixture.StartAsync(new BedrockScript(new BedrockStep.RedactedReasoning([1, 2, 255])));

        var (events, _) = await bedrock.ReadAllAsync();

        events.OfType<ContentBlockDeltaEvent>().Single().Delta.ReasoningContent.RedactedContent.ToArray().ShouldBe([1, 2, 255]);
    }

    [Fact]
    public async Task Enumeration_OfAnUnnamedStopReason_KeepsItsValue()
    {
        await using var bedrock = await BedrockFixture.StartAsync(new BedrockScript(new BedrockStep.MessageStop("brand_new")));

        var (events, _) = await bedrock.ReadAllAsync();

        events.OfType<MessageStopEvent>().Single().StopReason.Value.ShouldBe("brand_new");
    }

    [Fact]
    public async Task MoveNext_WhileTheServiceWaitsBehindTheFirstDelta_HandsThatDeltaOn()
    {
        await using var bedrock = await BedrockFixture.StartAsync(new BedrockScript(
            new BedrockStep.Text("first"), new BedrockStep.Gate("second"), new BedrockStep.Text("second"), new BedrockStep.MessageStop()));
        using var response = await bedrock.ConverseAsync();
        await using var events = response.Stream.GetAsyncEnumerator(CancellationToken.None);

        (await NextAsync(events)).ShouldBeOfType<MessageStartEvent>();
        (await NextAsync(events)).ShouldBeOfType<ContentBlockDeltaEvent>().Delta.Text.ShouldBe("first");

        var next = events.MoveNextAsync().AsTask();
        await bedrock.Peer.Gates.WhenReached("second").WaitAsync(BedrockFixture.Patience);
        next.IsCompleted.ShouldBeFalse();
        bedrock.Peer.Open("second");
        (await next.WaitAsync(BedrockFixture.Patience)).ShouldBeTrue();
        events.Current.ShouldBeOfType<ContentBlockDeltaEvent>().Delta.Text.ShouldBe("second");
    }

    [Fact]
    public async Task ConverseStream_WhileNoEventIsSent_CompletesWithTheHeaders()
    {
        await using var bedrock = await BedrockFixture.StartAsync(new BedrockScript(new BedrockStep.Gate("never")));

        using var response = await bedrock.ConverseAsync().WaitAsync(BedrockFixture.Patience);

        response.HttpStatusCode.ShouldBe(System.Net.HttpStatusCode.OK);
        response.ResponseMetadata.RequestId.ShouldBe("scripted-1");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    public async Task Enumeration_OfFramesInPieces_PutsThemTogether(int pieceBytes)
    {
        await using var bedrock = await BedrockFixture.StartAsync(
            new BedrockScript(new BedrockStep.Fragmented(["ab", "cd", "ef"], pieceBytes)));

        var (events, failure) = await bedrock.ReadAllAsync();

        failure.ShouldBeNull();
        Text(events).ShouldBe("abcdef");
    }

    [Fact]
    public async Task Enumeration_OfFramesLargerThanTheBuffer_GrowsIt()
    {
        var large = new string('x', 200_000);
        await using var bedrock = await BedrockFixture.StartAsync(BedrockScript.Saying("a", large, "b", large + "c"));

        var (events, failure) = await bedrock.ReadAllAsync();

        failure.ShouldBeNull();
        Text(events).ShouldBe("a" + large + "b" + large + "c");
    }

    [Fact]
    public async Task Enumeration_OfAnAnswerWithoutMessageStop_Ends()
    {
        await using var bedrock = await BedrockFixture.StartAsync(
            new BedrockScript(new BedrockStep.Text("half"), new BedrockStep.EndHere()));

        var (events, failure) = await bedrock.ReadAllAsync();

        failure.ShouldBeNull();
        events.OfType<MessageStopEvent>().ShouldBeEmpty();
        Text(events).ShouldBe("half");
    }

    [Fact]
    public async Task Enumeration_OfACutConnection_ThrowsAfterWhatArrived()
    {
        await using var bedrock = await BedrockFixture.StartAsync(new BedrockScript(
            new BedrockStep.Text("half"), new BedrockStep.Gate("cut"), new BedrockStep.CutSocket()));
        using var response = await bedrock.ConverseAsync();
        await using var events = response.Stream.GetAsyncEnumerator(CancellationToken.None);
        await NextAsync(events);
        (await NextAsync(events)).ShouldBeOfType<ContentBlockDeltaEvent>().Delta.Text.ShouldBe("half");

        bedrock.Peer.Open("cut");

        var failure = await Should.ThrowAsync<BedrockRuntimeEventStreamException>(() => NextAsync(events));
        failure.InnerException.ShouldBeAssignableTo<IOException>();
    }

    [Theory]
    [InlineData("internalServerException", typeof(InternalServerException))]
    [InlineData("modelStreamErrorException", typeof(ModelStreamErrorException))]
    [InlineData("serviceUnavailableException", typeof(ServiceUnavailableException))]
    [InlineData("throttlingException", typeof(ThrottlingException))]
    [InlineData("validationException", typeof(ValidationException))]
    [InlineData("modelTimeoutException", typeof(UnknownEventStreamException))]
    public async Task Enumeration_OfAnExceptionInsideTheStream_ThrowsItsTypeWithThePayloadAround(string kind, Type type)
    {
        await using var bedrock = await BedrockFixture.StartAsync(new BedrockScript(new BedrockStep.Exceptional(kind, "because")));

        var (_, failure) = await bedrock.ReadAllAsync();

        failure.ShouldNotBeNull().InnerException.ShouldBeOfType(type);
        failure.Message.ShouldBe(type == typeof(UnknownEventStreamException) ? "Error." : """{"message":"because"}""");
    }

    /// <summary>The protocol's own error event has a word for a code; the core takes it for a number.</summary>
    [Fact]
    public async Task Enumeration_OfAnErrorThatIsNoException_ThrowsThatItsCodeIsNoNumber()
    {
        await using var bedrock = await BedrockFixture.StartAsync(new BedrockScript(new BedrockStep.Errored("InternalFailure", "boom")));

        var (_, failure) = await bedrock.ReadAllAsync();

        failure.ShouldNotBeNull().InnerException.ShouldBeOfType<InvalidCastException>();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Enumeration_OfADamagedFrame_Throws(bool inPrelude)
    {
        await using var bedrock = await BedrockFixture.StartAsync(new BedrockScript(new BedrockStep.DamagedText("a", inPrelude)));

        var (events, failure) = await bedrock.ReadAllAsync();

        failure.ShouldNotBeNull().InnerException.ShouldBeOfType<EventStreamChecksumFailureException>();
        events.OfType<ContentBlockDeltaEvent>().ShouldBeEmpty();
    }

    /// <summary>Not what one would wish, but what the package does: a new kind of event ends the stream of an old client.</summary>
    [Fact]
    public async Task Enumeration_OfAnUnknownEvent_Throws()
    {
        await using var bedrock = await BedrockFixture.StartAsync(new BedrockScript(new BedrockStep.UnknownEvent("ping")));

        var (_, failure) = await bedrock.ReadAllAsync();

        failure.ShouldNotBeNull().InnerException.ShouldBeOfType<KeyNotFoundException>();
    }

    /// <summary>The core's doing as well: what came in one read with a failure is not handed on.</summary>
    [Fact]
    public async Task Enumeration_OfEventsInOneReadWithAFailure_ThrowsWithoutThem()
    {
        using var answer = new MemoryStream(
            [
                .. EventFrame.Event("contentBlockStop", """{"contentBlockIndex":0}"""u8),
                .. EventFrame.Exception("throttlingException", "{}"u8),
            ]);
        using var stream = new ConverseStreamOutput(answer);

        var (events, failure) = await BedrockFixture.DrainAsync(stream.GetAsyncEnumerator(CancellationToken.None));

        failure.ShouldNotBeNull().InnerException.ShouldBeOfType<ThrottlingException>();
        events.ShouldBeEmpty();
    }

    [Fact]
    public async Task Enumeration_OfAnEventWithoutAPayload_GivesNoEventForIt()
    {
        using var answer = new MemoryStream([.. EventFrame.Event("messageStop", []), .. EventFrame.Event("messageStart", "{}"u8)]);
        using var stream = new ConverseStreamOutput(answer);

        var (events, failure) = await BedrockFixture.DrainAsync(stream.GetAsyncEnumerator(CancellationToken.None));

        failure.ShouldBeNull();
        events.Select(received => received?.GetType()).ShouldBe([null, typeof(MessageStartEvent)]);
    }

    [Fact]
    public async Task Cancel_WhileTheServiceIsSilent_EndsTheReadAndTheConnection()
    {
        await using var bedrock = await BedrockFixture.StartAsync(
            new BedrockScript(new BedrockStep.Text("first"), new BedrockStep.Gate("never")));
        using var cancel = new CancellationTokenSource();
        using var response = await bedrock.ConverseAsync();
        await using var events = response.Stream.GetAsyncEnumerator(cancel.Token);
        await NextAsync(events);
        await NextAsync(events);
        var next = events.MoveNextAsync().AsTask();
        await bedrock.Peer.Gates.WhenReached("never").WaitAsync(BedrockFixture.Patience);

        await cancel.CancelAsync();

        var failure = await Should.ThrowAsync<BedrockRuntimeEventStreamException>(() => next.WaitAsync(BedrockFixture.Patience));
        failure.InnerException.ShouldBeAssignableTo<OperationCanceledException>();
        (await bedrock.Peer.Requests[0].WhenEnded.WaitAsync(BedrockFixture.Patience)).ShouldBe(BedrockEnding.ClientLeft);
    }

    [Fact]
    public async Task Cancel_BeforeTheHeaders_EndsTheCall()
    {
        await using var bedrock = await BedrockFixture.StartAsync(new BedrockScript(new BedrockStep.HoldHeaders(TimeSpan.FromMinutes(10))));
        using var cancel = new CancellationTokenSource();
        var call = bedrock.ConverseAsync(cancel.Token);
        await bedrock.Peer.WhenArrived(1).WaitAsync(BedrockFixture.Patience);

        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => call.WaitAsync(BedrockFixture.Patience));
    }

    private static string Text(IEnumerable<IEventStreamEvent> events)
        => string.Concat(events.OfType<ContentBlockDeltaEvent>().Select(d => d.Delta.Text));

    private static async Task<IEventStreamEvent> NextAsync(IAsyncEnumerator<IEventStreamEvent> events)
    {
        (await events.MoveNextAsync().AsTask().WaitAsync(BedrockFixture.Patience)).ShouldBeTrue();
        return events.Current;
    }
}
