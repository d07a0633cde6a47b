using System.Collections.Immutable;
using System.Text.Json;
using Holdfast.Models;
using Shouldly;
using Xunit;
using static Holdfast.Tests.Models.Bedrock.ConverseServer;

namespace Holdfast.Tests.Models.Bedrock;

/// <summary>What stands in the request, as the far end reads it.</summary>
public sealed class BedrockRequestTests
{
    private static readonly JsonElement Input = JsonElement.Parse("""{"cmd":["ls",1,2.5,9000000000,true,null]}""");

    private static readonly ImmutableArray<PromptMessage> Loop =
    [
        new(PromptRole.User, [new PromptBlock.Text("do it")]),
        new(
            PromptRole.Assistant,
            [new PromptBlock.Reasoning("hm", "sig"), new PromptBlock.Text("I do."), new PromptBlock.ToolUse("c1", "exec", Input)]),
        new(PromptRole.User, [new PromptBlock.ToolResult("c1", "no", IsError: true), new PromptBlock.Text("and?")]),
        new(PromptRole.Assistant, [new PromptBlock.Reasoning("so", "sig2"), new PromptBlock.ToolUse("c2", "exec", Input)]),
        new(PromptRole.User, [new PromptBlock.ToolResult("c2", "yes", IsError: false)]),
    ];

    private static readonly ModelProfile Profile = ScriptedModel.Profile() with
    {
        BedrockModelId = "eu.anthropic.claude-x",
        Temperature = 0.5,
        ReasoningBudgetTokens = 2048,
    };

    [Fact]
    public async Task StreamAsync_SendsTheWholePrompt()
    {
        var tools = ImmutableArray.Create(new ToolDefinition("exec", "Runs.", JsonElement.Parse("""{"type":"object","properties":{}}""")));

        var body = await SendAsync(Profile, new ModelPrompt("Be brief.", Loop, tools));

        Same(body.GetProperty("system"), """[{"text":"Be brief."}]""");
        Same(body.GetProperty("inferenceConfig"), """{"maxTokens":4096}""");
        Same(body.GetProperty("additionalModelRequestFields"), """{"thinking":{"type":"enabled","budget_tokens":2048}}""");
        Same(
            body.GetProperty("toolConfig"),
            """{"tools":[{"toolSpec":{"name":"exec","description":"Runs.","inputSchema":{"json":{"type":"object","properties":{}}}}}]}""");
        Same(
            body.GetProperty("messages"),
            """
            [{"role":"user","content":[{"text":"do it"}]},
             {"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"hm","signature":"sig"}}},{"text":"I do."},
               {"toolUse":{"toolUseId":"c1","name":"exec","input":{"cmd":["ls",1,2.5,9000000000,true,null]}}}]},
             {"role":"user","content":[{"toolResult":{"toolUseId":"c1","status":"error","content":[{"text":"no"}]}},{"text":"and?"}]},
             {"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"so","signature":"sig2"}}},
               {"toolUse":{"toolUseId":"c2","name":"exec","input":{"cmd":["ls",1,2.5,9000000000,true,null]}}}]},
             {"role":"user","content":[{"toolResult":{"toolUseId":"c2","content":[{"text":"yes"}]}}]}]
            """);
    }

    [Fact]
    public async Task StreamAsync_WhenTheModelDoesNotReason_SendsNoReasoningButItsTemperature()
    {
        var body = await SendAsync(
            Profile with { BedrockModelId = "meta.llama", Reasons = false }, new ModelPrompt(
                null, Loop, ImmutableArray<ToolDefinition>.Empty));

        body.TryGetProperty("additionalModelRequestFields", out _).ShouldBeFalse();
        body.TryGetProperty("system", out _).ShouldBeFalse();
        body.TryGetProperty("toolConfig", out _).ShouldBeFalse();
        body.GetRawText().ShouldNotContain("reasoningContent");
        body.GetProperty("inferenceConfig").GetProperty("temperature").GetDouble().ShouldBe(0.5);

        // No status field: such models refuse it.
        Same(
            body.GetProperty("messages")[2].GetProperty("content")[0],
            """{"toolResult":{"toolUseId":"c1","content":[{"text":"Error: no"}]}}""");
    }

    [Theory]
    [InlineData(false, false, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    public async Task StreamAsync_WhenAToolLoopBeganWithoutReasoning_AsksForNone(bool dropFirst, bool dropSecond, bool asks)
    {
        var messages = Loop;
        messages = dropFirst ? messages.SetItem(1, new PromptMessage(PromptRole.Assistant, messages[1].Blocks.RemoveAt(0))) : messages;
        messages = dropSecond ? messages.SetItem(3, new PromptMessage(PromptRole.Assistant, messages[3].Blocks.RemoveAt(0))) : messages;

        var body = await SendAsync(Profile, new ModelPrompt(null, messages, ImmutableArray<ToolDefinition>.Empty));

        body.TryGetProperty("additionalModelRequestFields", out _).ShouldBe(asks);
        body.GetRawText().Contains("reasoningContent", StringComparison.Ordinal).ShouldBe(asks);
    }

    [Theory]
    [InlineData(1023)]
    [InlineData(4096)]
    public async Task StreamAsync_WhenTheBudgetCannotBe_AsksForNoReasoning(int budget) =>
        (await SendAsync(Profile with { ReasoningBudgetTokens = budget }, new ModelPrompt(null, [Loop[0]], [])))
            .TryGetProperty("additionalModelRequestFields", out _).ShouldBeFalse();

    private static async Task<JsonElement> SendAsync(ModelProfile profile, ModelPrompt prompt)
    {
        await using var server = await StartAsync(context => WriteAsync(context, "messageStop", """{"stopReason":"end_turn"}"""));
        using var provider = server.Provider();
        await CollectAsync(provider, new ModelCall(profile, prompt));
        return server.Requests.ShouldHaveSingleItem();
    }

    private static void Same(JsonElement actual, string expected)
    {
        var wanted = JsonElement.Parse(expected);
        JsonElement.DeepEquals(actual, wanted).ShouldBeTrue($"{actual.GetRawText()}\nis not\n{wanted.GetRawText()}");
    }
}
