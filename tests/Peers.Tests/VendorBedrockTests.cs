using System.Text.Json.Nodes;
using Holdfast.Peers.Bedrock;
using Shouldly;
using Xunit;

namespace Holdfast.Peers.Tests;

/// <summary>The scripted Bedrock, spoken to by the vendor's own client: what it understands is what the peer meant.</summary>
public sealed class VendorBedrockTests
{
    private const string Model = "anthropic.claude-sonnet-4-20250514-v1:0";

    [Fact]
    public async Task Peer_WhenSpokenToByTheVendorsClient_IsUnderstood()
    {
        await using var peer = await ScriptedBedrock.StartAsync();
        peer.Enqueue("text", BedrockScript.Saying("Grüße ", "🦊"));
        peer.Enqueue("reasoning", new BedrockScript(
            new BedrockStep.Reasoning(["hm", "m"], Signature: "c2ln"), new BedrockStep.RedactedReasoning([1, 2, 3]),
            new BedrockStep.Text("so"), new BedrockStep.MessageStop()));
        peer.Enqueue("tool", new BedrockScript(
            new BedrockStep.ToolUse(
                "exec", "t1", """{"command":"ls"}""", Chunks: 2), new BedrockStep.MessageStop("tool_use"), new BedrockStep.Metadata(3, 4)));
        peer.Enqueue(
            "throttled", new BedrockScript(new BedrockStep.Text("a"), new BedrockStep.Exceptional("throttlingException", "slow down")));
        peer.Enqueue("broken", new BedrockScript(new BedrockStep.Exceptional("modelStreamErrorException", "broke", 529)));
        peer.Enqueue("refused", new BedrockScript(new BedrockStep.HttpError(503, "ServiceUnavailableException", "not now")));
        peer.Enqueue("damaged", new BedrockScript(new BedrockStep.DamagedText("x")));

        var seen = await RunAsync(peer.Endpoint, "text", "reasoning", "tool", "throttled", "broken", "refused", "damaged");

        ShouldBe(seen["text"]!["events"], """
            [{"messageStart":{"role":"assistant"}},
             {"contentBlockDelta":{"contentBlockIndex":0,"delta":{"text":"Grüße "}}},
             {"contentBlockDelta":{"contentBlockIndex":0,"delta":{"text":"🦊"}}},
             {"contentBlockStop":{"contentBlockIndex":0}},
             {"messageStop":{"stopReason":"end_turn"}},
             {"metadata":{"usage":{"inputTokens":10,"outputTokens":20,"totalTokens":30},"metrics":{"latencyMs":42}}}]
            """);
        ShouldBe(seen["reasoning"]!["events"], """
            [{"messageStart":{"role":"assistant"}},
             {"contentBlockDelta":{"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"hm"}}}},
             {"contentBlockDelta":{"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"m"}}}},
             {"contentBlockDelta":{"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":"c2ln"}}}},
             {"contentBlockStop":{"contentBlockIndex":0}},
             {"contentBlockDelta":{"contentBlockIndex":1,"delta":{"reasoningContent":{"redactedContent":"AQID"}}}},
             {"contentBlockStop":{"contentBlockIndex":1}},
             {"contentBlockDelta":{"contentBlockIndex":2,"delta":{"text":"so"}}},
             {"contentBlockStop":{"contentBlockIndex":2}},
             {"messageStop":{"stopReason":"end_turn"}}]
            """);
        ShouldBe(seen["tool"]!["events"], """
            [{"messageStart":{"role":"assistant"}},
             {"contentBlockStart":{"contentBlockIndex":0,"start":{"toolUse":{"name":"exec","toolUseId":"t1"}}}},
             {"contentBlockDelta":{"contentBlockIndex":0,"delta":{"toolUse":{"input":"{\"comman"}}}},
             {"contentBlockDelta":{"contentBlockIndex":0,"delta":{"toolUse":{"input":"d\":\"ls\"}"}}}},
             {"contentBlockStop":{"contentBlockIndex":0}},
             {"messageStop":{"stopReason":"tool_use"}},
             {"metadata":{"usage":{"inputTokens":3,"outputTokens":4,"totalTokens":7},"metrics":{"latencyMs":42}}}]
            """);
        ErrorOf(seen["throttled"]).ShouldBe(("ThrottlingException", "slow down"));
        seen["throttled"]!["events"]!.AsArray().Count.ShouldBe(2);
        ErrorOf(seen["broken"]).ShouldBe(("ModelStreamErrorException", "broke"));
        ErrorOf(seen["refused"]).ShouldBe(("ServiceUnavailableException", "not now"));
        seen["refused"]!["error"]!["status"]!.GetValue<int>().ShouldBe(503);
        seen["damaged"]!["error"].ShouldNotBeNull();
    }

    [Fact]
    public async Task Signature_OfTheVendorsClient_IsWhatThePeerComputes()
    {
        await using var peer = await ScriptedBedrock.StartAsync();

        await RunAsync(peer.Endpoint, Model);

        var request = peer.Requests.ShouldHaveSingleItem();
        request.ModelId.ShouldBe(Model);
        request.LastUserText.ShouldBe($"hello {Model}");
        SigV4.IsSignedBy(request, "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY").ShouldBeTrue();
    }

    private static void ShouldBe(JsonNode? actual, string expected)
        => JsonNode.DeepEquals(actual, JsonNode.Parse(expected)).ShouldBeTrue(actual?.ToJsonString());

    private static (string Name, string Message) ErrorOf(JsonNode? answer)
        => (answer!["error"]!["name"]!.GetValue<string>(), answer["error"]!["message"]!.GetValue<string>());

    private static async Task<Dictionary<string, JsonNode?>> RunAsync(Uri endpoint, params string[] models)
    {
        var seen = await NodeScript.RunAsync("bedrock.mjs", [endpoint.ToString(), .. models]);
        return JsonNode.Parse(seen.GetRawText())!.AsArray()
            .ToDictionary(answer => answer!["modelId"]!.GetValue<string>(), answer => answer);
    }
}
