using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Amazon.BedrockRuntime;
using Amazon.BedrockRuntime.Model;
using Holdfast.Peers.Bedrock;
using Shouldly;
using Xunit;

namespace Holdfast.BedrockRuntime.Tests;

public sealed class ScriptedBedrockTests
{
    [Fact]
    public void Checksum_OfTheCheckString_IsTheCataloguedValue() => EventFrame.Checksum("123456789"u8).ShouldBe(0xCBF43926u);

    [Fact]
    public async Task Answers_OfAModel_AreUsedUpInOrderThenTheDefaultHolds()
    {
        await using var bedrock = await BedrockFixture.StartAsync(BedrockScript.Saying("one"), BedrockScript.Saying("two"));

        (await TextAsync(bedrock)).ShouldBe("one");
        (await TextAsync(bedrock)).ShouldBe("two");
        (await TextAsync(bedrock)).ShouldBe("ok");
    }

    [Fact]
    public async Task Rules_OverAToolLoop_ChooseByTheTurnsToolResults()
    {
        await using var bedrock = await BedrockFixture.StartAsync();
        bedrock.Peer.AddRule(new BedrockRule(null, 0, "list", BedrockScript.Asking("exec", "t1", "{}")));
        bedrock.Peer.AddRule(new BedrockRule(null, 1, "list", BedrockScript.Saying("two files")));
        var request = BedrockFixture.Request("list them");

        (await TextAsync(bedrock, request)).ShouldBe("[exec]");
        request.Messages.Add(
            new Message
            {
                Role = ConversationRole.Assistant,
                Content = [new ContentBlock { ToolUse = new() { ToolUseId = "t1", Name = "exec" } }],
            });
        request.Messages.Add(
            new Message
            {
                Role = ConversationRole.User,
                Content = [new ContentBlock { ToolResult = new() { ToolUseId = "t1", Content = [new() { Text = "a b" }] } }],
            });
        (await TextAsync(bedrock, request)).ShouldBe("two files");
        (await TextAsync(bedrock)).ShouldBe("ok");
    }

    [Fact]
    public async Task Selector_WhenItChooses_GoesBeforeTheQueue()
    {
        await using var bedrock = await BedrockFixture.StartAsync(BedrockScript.Saying("queued"));
        bedrock.Peer.Selector = request => request.Number == 1 ? BedrockScript.Saying("selected") : null;

        (await TextAsync(bedrock)).ShouldBe("selected");
        (await TextAsync(bedrock)).ShouldBe("queued");
    }

    [Fact]
    public async Task Control_FromOutside_LoadsScriptsOpensGatesAndListsRequests()
    {
        await using var bedrock = await BedrockFixture.StartAsync();
        using var http = new HttpClient { BaseAddress = bedrock.Peer.Endpoint };
        var script = $$"""
            { "reset": true,
              "default": [{ "step": "text", "text": "later" }],
              "models": { "{{BedrockFixture.Model}}": [[
                { "step": "silence", "ms": 1 }, { "step": "gate", "name": "go on" },
                { "step": "reasoning", "texts": ["hm"], "signature": "s" },
                { "step": "text", "text": "d{n} ", "count": 3, "intervalMs": 1 },
                { "step": "toolUse", "name": "exec", "id": "t", "input": { "a": 1 }, "chunks": 2 },
                { "step": "stop", "reason": "tool_use" }, { "step": "metadata", "inputTokens": 1, "outputTokens": 2 } ]] },
              "rules": [{ "contains": "nothing", "steps": [{ "step": "end" }] }] }
            """;

        using var loaded = await http.PostAsync("_script", new StringContent(script, Encoding.UTF8, "application/json"));
        loaded.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var opened = await http.PostAsync("_gates/go%20on", null);
        (await TextAsync(bedrock)).ShouldBe("d1 d2 d3 [exec]");
        (await TextAsync(bedrock)).ShouldBe("later");

        var listed = (await http.GetFromJsonAsync<JsonNode>("_requests?bodies=true"))!.AsArray();
        listed.Count.ShouldBe(2);
        listed[0]!["modelId"]!.GetValue<string>().ShouldBe(BedrockFixture.Model);
        listed[0]!["deltasSent"]!.GetValue<int>().ShouldBe(6);
        listed[0]!["body"]!["messages"]![0]!["role"]!.GetValue<string>().ShouldBe("user");
        var arrived = listed[0]!["arrivedAtMicros"]!.GetValue<long>();
        listed[0]!["lastByteAtMicros"]!.GetValue<long>().ShouldBeGreaterThan(arrived);
    }

    [Theory]
    [InlineData("""{ "default": [{ "step": "dance" }] }""")]
    [InlineData("""{ "default": [{ "step": "gate" }] }""")]
    [InlineData("""{ "models": [] }""")]
    [InlineData("""nonsense""")]
    public async Task Control_WithAScriptOfAnotherForm_Refuses(string script)
    {
        await using var bedrock = await BedrockFixture.StartAsync();
        using var http = new HttpClient { BaseAddress = bedrock.Peer.Endpoint };

        using var response = await http.PostAsync("_script", new StringContent(script));

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Bodies_WhenNotKept_LeaveTheSummary()
    {
        await using var peer = await ScriptedBedrock.StartAsync(keepBodies: false);
        using var client = BedrockFixture.CreateClient(peer.Endpoint);

        using var response = await client.ConverseStreamAsync(BedrockFixture.Request("what now"));

        var request = peer.Requests.ShouldHaveSingleItem();
        request.RawBody.IsEmpty.ShouldBeTrue();
        request.LastUserText.ShouldBe("what now");
        request.BodyBytes.ShouldBeGreaterThan(0);
    }

    private static async Task<string> TextAsync(BedrockFixture bedrock, ConverseStreamRequest? request = null)
    {
        using var response = await bedrock.Client.ConverseStreamAsync(request ?? BedrockFixture.Request());
        var (events, failure) = await BedrockFixture.DrainAsync(response.Stream.GetAsyncEnumerator(CancellationToken.None));
        failure.ShouldBeNull();
        var tools = events.OfType<ContentBlockStartEvent>().Select(start => $"[{start.Start.ToolUse.Name}]");
        return string.Concat(events.OfType<ContentBlockDeltaEvent>().Select(delta => delta.Delta.Text).Concat(tools));
    }
}
