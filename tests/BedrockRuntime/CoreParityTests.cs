using System.Text.Json;
using Amazon.BedrockRuntime;
using Amazon.BedrockRuntime.Model;
using Amazon.Runtime.EventStreams;
using Amazon.Runtime.EventStreams.Internal;
using Holdfast.Peers.Bedrock;
using Shouldly;
using Xunit;

namespace Holdfast.BedrockRuntime.Tests;

/// <summary>
/// The package enumerates with the core's own reader; ours is leaner. Both read the same answers here and must agree on
/// events, failures, inner failures and messages.
/// </summary>
public sealed class CoreParityTests
{
    public static TheoryData<string> Answers => new(Scripts.Keys);

    private static Dictionary<string, BedrockScript> Scripts { get; } = new()
    {
        ["complete"] = new(
            new BedrockStep.Reasoning(["hm"], Signature: "s"), new BedrockStep.Text("a", "b"), new BedrockStep.ToolUse("t", "1", "{}"),
            new BedrockStep.MessageStop("tool_use", """{"a":{"b":[1,"x",null,false]}}"""), new BedrockStep.Metadata()),
        ["no messageStop"] = new(new BedrockStep.Text("a"), new BedrockStep.EndHere()),
        ["ends inside a frame"] = new(new BedrockStep.Text("a"), Pause, new BedrockStep.EndInsideFrame()),
        ["unknown event"] = new(new BedrockStep.Text("a"), Pause, new BedrockStep.UnknownEvent("ping")),
        ["initial response"] = new(new BedrockStep.UnknownEvent("initial-response"), new BedrockStep.Text("a")),
        ["damaged payload"] = new(new BedrockStep.Text("a"), Pause, new BedrockStep.DamagedText("b")),
        ["damaged prelude"] = new(new BedrockStep.Text("a"), Pause, new BedrockStep.DamagedText("b", InPrelude: true)),
        ["unmodelled error"] = new(new BedrockStep.Text("a"), Pause, new BedrockStep.Errored("500", "boom")),
        ["internalServerException"] = Excepting("internalServerException"),
        ["modelStreamErrorException"] = new(Pause, new BedrockStep.Exceptional("modelStreamErrorException", "broke", 529)),
        ["serviceUnavailableException"] = Excepting("serviceUnavailableException"),
        ["throttlingException"] = Excepting("throttlingException"),
        ["validationException"] = Excepting("validationException"),
        ["modelTimeoutException"] = Excepting("modelTimeoutException"),
    };

    /// <summary>The core drops events that came in one read with a failure; the gate keeps them apart.</summary>
    private static BedrockStep.Gate Pause => new("pause");

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Enumeration_ComparedWithTheCoresOwn_SeesTheSame(string answer)
    {
        var ours = await ReadAsync(answer, stream => ((IAsyncEnumerable<IEventStreamEvent>)stream).GetAsyncEnumerator());
        var cores = await ReadAsync(answer, stream => CoresOwn(stream).GetAsyncEnumerator(CancellationToken.None));

        ours.ShouldBe(cores);
    }

    private static BedrockScript Excepting(string kind) => new(new BedrockStep.Text("a"), Pause, new BedrockStep.Exceptional(kind, "because"));

    private static EnumerableEventOutputStream<IEventStreamEvent, BedrockRuntimeEventStreamException> CoresOwn(
        EnumerableEventOutputStream<IEventStreamEvent, BedrockRuntimeEventStreamException> stream) => stream;

    private static async Task<string> ReadAsync(
        string answer,
        Func<ConverseStreamOutput, IAsyncEnumerator<IEventStreamEvent>> open)
    {
        await using var bedrock = await BedrockFixture.StartAsync(Scripts[answer]);
        using var response = await bedrock.ConverseAsync();
        await using var events = open(response.Stream);
        var lines = new List<string>();
        try
        {
            while (true)
            {
                if (lines.Count == EventsBeforePause(answer))
                {
                    bedrock.Peer.Open(Pause.Name);
                }

                if (!await events.MoveNextAsync().AsTask().WaitAsync(BedrockFixture.Patience))
                {
                    return string.Join('\n', lines);
                }

                lines.Add(Describe(events.Current));
            }
        }
        catch (BedrockRuntimeEventStreamException failure)
        {
            return string.Join('\n', [.. lines, Describe(failure)]);
        }
    }

    /// <summary>A message start and a delta, where the script begins with text.</summary>
    private static int EventsBeforePause(string answer) => Scripts[answer].Steps[0] is BedrockStep.Text ? 2 : 0;

    private static string Describe(IEventStreamEvent received) => received is InitialResponseEvent initial
        ? $"{initial.GetType().Name} {Convert.ToHexString(initial.Payload.ToArray())}"
        : $"{received.GetType().Name} {JsonSerializer.Serialize(received, received.GetType(), Lenient)}";

    private static string Describe(BedrockRuntimeEventStreamException failure)
    {
        var inner = failure.InnerException;
        // A checksum's failure names numbers in its own words; the kind is what callers look at.
        var text = inner is EventStreamChecksumFailureException ? string.Empty : inner?.Message;
        var detail = inner is ModelStreamErrorException m ? $"{m.OriginalStatusCode} {m.OriginalMessage}" : string.Empty;
        return $"{failure.Message} | {inner?.GetType().FullName} | {text} | {detail}";
    }

    private static JsonSerializerOptions Lenient { get; } = new() { Converters = { new DocumentText() } };
}
