using System.Text.Json.Nodes;
using Amazon.BedrockRuntime;
using Amazon.BedrockRuntime.Model;
using Amazon.Runtime.Documents;
using Shouldly;
using Xunit;

namespace Holdfast.BedrockRuntime.Tests;

public sealed class RequestTests
{
    [Fact]
    public async Task Body_OfEveryPart_IsTheDocumentedJson()
    {
        await ShouldSendAsync(
            new ConverseStreamRequest
            {
                ModelId = BedrockFixture.Model,
                System = [new SystemContentBlock { Text = "be brief" }, new SystemContentBlock { CachePoint = Cache() }],
                Messages = [new Message { Role = ConversationRole.User, Content = [new ContentBlock { Text = "<hi> & \"ho\" ü 🦊" }] }],
                InferenceConfig = new InferenceConfiguration { MaxTokens = 4096, Temperature = 0.5f },
                ToolConfig = new ToolConfiguration
                {
                    Tools =
                    [
                        new Tool
                        {
                            ToolSpec = new ToolSpecification
                            {
                                Name = "exec",
                                Description = "runs",
                                InputSchema = new ToolInputSchema
                                {
                                    Json = Document.FromObject(new { type = "object", required = new[] { "command" } }),
                                },
                            },
                        },
                        new Tool { CachePoint = Cache() },
                    ],
                },
                AdditionalModelRequestFields = Document.FromObject(new { thinking = new { type = "enabled", budget_tokens = 2048 } }),
            },
            """
            {
              "system": [{ "text": "be brief" }, { "cachePoint": { "type": "default" } }],
              "messages": [{ "role": "user", "content": [{ "text": "<hi> & \"ho\" ü 🦊" }] }],
              "inferenceConfig": { "maxTokens": 4096, "temperature": 0.5 },
              "toolConfig": {
                "tools": [
                  { "toolSpec": { "name": "exec", "description": "runs", "inputSchema": { "json": { "type": "object", "required": ["command"] } } } },
                  { "cachePoint": { "type": "default" } }
                ]
              },
              "additionalModelRequestFields": { "thinking": { "type": "enabled", "budget_tokens": 2048 } }
            }
            """);
    }

    [Fact]
    public async Task Body_OfEveryKindOfBlock_IsTheDocumentedJson()
    {
        await ShouldSendAsync(
            new ConverseStreamRequest
            {
                ModelId = BedrockFixture.Model,
                Messages =
                [
                    new Message
                    {
                        Role = ConversationRole.Assistant,
                        Content =
                        [
                            new ContentBlock { ReasoningContent = new() { ReasoningText = new() { Text = "hm", Signature = "sig" } } },
                            new ContentBlock { ReasoningContent = new() { RedactedContent = new MemoryStream([1, 2, 3]) } },
                            new ContentBlock
                            {
                                ToolUse = new()
                                {
                                    ToolUseId = "t1",
                                    Name = "exec",
                                    Input = Document.FromObject(new { a = new object?[] { 1, 2.5, null } }),
                                },
                            },
                        ],
                    },
                    new Message
                    {
                        Role = ConversationRole.User,
                        Content =
                        [
                            new ContentBlock
                            {
                                ToolResult = new()
                                {
                                    ToolUseId = "t1",
                                    Status = ToolResultStatus.Error,
                                    Content = [new() { Text = "exit 1" }],
                                },
                            },
                            new ContentBlock { CachePoint = Cache() },
                        ],
                    },
                ],
            },
            """
            {
              "messages": [
                { "role": "assistant", "content": [
                  { "reasoningContent": { "reasoningText": { "text": "hm", "signature": "sig" } } },
                  { "reasoningContent": { "redactedContent": "AQID" } },
                  { "toolUse": { "toolUseId": "t1", "name": "exec", "input": { "a": [1, 2.5, null] } } } ] },
                { "role": "user", "content": [
                  { "toolResult": { "toolUseId": "t1", "status": "error", "content": [{ "text": "exit 1" }] } },
                  { "cachePoint": { "type": "default" } } ] }
              ]
            }
            """);
    }

    [Fact]
    public Task Body_OfWhatIsNotSet_IsEmpty() => ShouldSendAsync(new ConverseStreamRequest { ModelId = BedrockFixture.Model }, "{}");

    [Fact]
    public Task Body_OfEmptyLists_HoldsThem() => ShouldSendAsync(
        new ConverseStreamRequest { ModelId = BedrockFixture.Model, Messages = [], System = [] },
        """{ "messages": [], "system": [] }""");

    [Fact]
    public async Task Path_OfAnArn_IsOneEncodedSegment()
    {
        const string arn = "arn:aws:bedrock:eu-central-1:123456789012:inference-profile/eu.anthropic.claude-x-v1:0";
        await using var bedrock = await BedrockFixture.StartAsync();

        using var response = await bedrock.Client.ConverseStreamAsync(new ConverseStreamRequest { ModelId = arn });

        bedrock.Peer.Requests[0].ModelId.ShouldBe(arn);
        bedrock.Peer.Requests[0].Headers["Content-Type"].ShouldBe("application/json");
    }

    private static CachePointBlock Cache() => new() { Type = CachePointType.Default };

    private static async Task ShouldSendAsync(ConverseStreamRequest request, string json)
    {
        await using var bedrock = await BedrockFixture.StartAsync();

        using var response = await bedrock.Client.ConverseStreamAsync(request);

        var sent = JsonNode.Parse(bedrock.Peer.Requests[0].Body.GetRawText());
        JsonNode.DeepEquals(sent, JsonNode.Parse(json)).ShouldBeTrue(sent!.ToJsonString());
    }
}
