using System.Diagnostics;
using System.Text.Json.Nodes;
using Holdfast.Peers.Bedrock;
using Shouldly;
using Xunit;

namespace Holdfast.BedrockRuntime.Tests;

/// <summary>The scripted Bedrock is itself checked: the vendor's own client must understand it.</summary>
public sealed class VendorClientTests
{
    [Fact]
    public async Task VendorsClient_OnScriptedAnswers_SeesThemAsScripted()
    {
        await using var peer = await ScriptedBedrock.StartAsync();
        peer.Enqueue("text", BedrockScript.Saying("Grüße ", "🦊"));
        peer.Enqueue("reasoning", new BedrockScript(
            new BedrockStep.Reasoning(["hm", "m"], Signature: "c2ln"), new BedrockStep.RedactedReasoning([1, 2, 3]),
            new BedrockStep.Text("so"), new BedrockStep.MessageStop()));
        peer.Enqueue("tool", new BedrockScript(
            new BedrockStep.ToolUse("exec", "t1", """{"command":"ls"}""", Chunks: 2), new BedrockStep.MessageStop("tool_use"), new BedrockStep.Metadata(3, 4)));
        peer.Enqueue("throttled", new BedrockScript(new BedrockStep.Text("a"), new BedrockStep.Exceptional("throttlingException", "slow down")));
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
    public async Task VendorsClient_SignsAsThePeerRecomputes()
    {
        await using var peer = await ScriptedBedrock.StartAsync();

        await RunAsync(peer.Endpoint, BedrockFixture.Model);

        var request = peer.Requests.ShouldHaveSingleItem();
        request.ModelId.ShouldBe(BedrockFixture.Model);
        request.LastUserText.ShouldBe($"hello {BedrockFixture.Model}");
        SigV4.IsSignedBy(request, BedrockFixture.AccessKeyId, BedrockFixture.SecretAccessKey).ShouldBeTrue();
    }

    private static void ShouldBe(JsonNode? actual, string expected)
        => JsonNode.DeepEquals(actual, JsonNode.Parse(expected)).ShouldBeTrue(actual?.ToJsonString());

    private static (string Name, string Message) ErrorOf(JsonNode? answer)
        => (answer!["error"]!["name"]!.GetValue<string>(), answer["error"]!["message"]!.GetValue<string>());

    private static async Task<Dictionary<string, JsonNode?>> RunAsync(Uri endpoint, params string[] models)
    {
        var root = RepositoryRoot();
        var start = new ProcessStartInfo("node", [Path.Combine(root, "tests/Peers/vendor/bedrock.mjs"), endpoint.ToString(), .. models])
        {
            WorkingDirectory = root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var node = Process.Start(start)!;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        try
        {
            var output = node.StandardOutput.ReadToEndAsync(patience.Token);
            var errors = node.StandardError.ReadToEndAsync(patience.Token);
            await node.WaitForExitAsync(patience.Token);
            node.ExitCode.ShouldBe(0, await errors);
            return JsonNode.Parse(await output)!.AsArray().ToDictionary(seen => seen!["modelId"]!.GetValue<string>(), seen => seen);
        }
        finally
        {
            if (!node.HasExited)
            {
                node.Kill(entireProcessTree: true);
            }
        }
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Functions.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}
