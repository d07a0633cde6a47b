using System.Collections.Immutable;
using Amazon.BedrockRuntime;
using Amazon.BedrockRuntime.Model;
using Amazon.Runtime.Documents;

namespace Holdfast.Models.Bedrock;

/// <summary>A call as ConverseStream wants it.</summary>
internal static class BedrockRequests
{
    /// <summary>The least Anthropic models accept as a budget for reasoning.</summary>
    private const int MinReasoningTokens = 1024;

    public static ConverseStreamRequest From(ModelCall call)
    {
        var model = call.Model;
        var budget = ReasoningBudgetOf(call);
        return new ConverseStreamRequest
        {
            ModelId = model.BedrockModelId,
            System = call.Prompt.System is { } system ? [new SystemContentBlock { Text = system }] : null,
            Messages = MessagesOf(call.Prompt.Messages, model, replaysReasoning: budget is not null),
            ToolConfig = ToolsOf(call.Prompt.Tools),
            InferenceConfig = new InferenceConfiguration
            {
                MaxTokens = model.MaxOutputTokens,

                // Reasoning takes no other temperature than its own.
                Temperature = budget is null ? (float?)model.Temperature : null,
            },
            AdditionalModelRequestFields = budget is null ? default : ThinkingField(budget.Value),
        };
    }

    /// <summary>
    /// Null when no reasoning is asked for. The API refuses it within a tool loop that did not begin with reasoning: after a fallback
    /// to another model, or when the reasoning was redacted.
    /// </summary>
    private static int? ReasoningBudgetOf(ModelCall call) =>
        call.Model is { Reasons: true, ReasoningBudgetTokens: { } budget }
        && budget >= MinReasoningTokens && budget < call.Model.MaxOutputTokens
        && IsAnthropic(call.Model) && EachLoopBeganWithReasoning(call.Prompt.Messages)
            ? budget
            : null;

    /// <summary>
    /// The running turn's messages after a text of the user's. A text between results may or may not begin a loop anew: both must hold.
    /// </summary>
    private static bool EachLoopBeganWithReasoning(ImmutableArray<PromptMessage> messages)
    {
        for (var at = messages.Length - 1; at >= 0; at--)
        {
            var message = messages[at];
            if (message.Role != PromptRole.User || !message.Blocks.Any(static block => block is PromptBlock.Text))
            {
                continue;
            }

            if (at + 1 < messages.Length && messages[at + 1].Blocks[0] is not PromptBlock.Reasoning)
            {
                return false;
            }

            if (!message.Blocks.Any(static block => block is PromptBlock.ToolResult))
            {
                return true;
            }
        }

        return true;
    }

    /// <summary>An application's inference profile hides its model behind an ARN; who sets a budget for it knows.</summary>
    private static bool IsAnthropic(ModelProfile model) =>
        model.BedrockModelId.Contains("anthropic", StringComparison.OrdinalIgnoreCase)
        || model.BedrockModelId.StartsWith("arn:", StringComparison.Ordinal);

    /// <summary>Only Anthropic's and Amazon's own models know a result's status; others refuse the field.</summary>
    private static bool KnowsResultStatus(ModelProfile model) =>
        model.BedrockModelId.Contains("anthropic", StringComparison.OrdinalIgnoreCase)
        || model.BedrockModelId.Contains("amazon.nova", StringComparison.OrdinalIgnoreCase);

    private static Document ThinkingField(int budget) => new(new Dictionary<string, Document>
    {
        ["thinking"] = new Dictionary<string, Document> { ["type"] = "enabled", ["budget_tokens"] = budget },
    });

    private static ToolConfiguration? ToolsOf(ImmutableArray<ToolDefinition> tools) => tools.IsDefaultOrEmpty
        ? null
        : new ToolConfiguration
        {
            Tools = [.. tools.Select(static tool => new Tool
            {
                ToolSpec = new ToolSpecification
                {
                    Name = tool.Name,
                    Description = string.IsNullOrWhiteSpace(tool.Description) ? null : tool.Description,
                    InputSchema = new ToolInputSchema { Json = JsonDocuments.From(tool.InputSchema) },
                },
            })],
        };

    private static List<Message> MessagesOf(ImmutableArray<PromptMessage> messages, ModelProfile model, bool replaysReasoning)
    {
        var mapped = new List<Message>(messages.Length);
        foreach (var message in messages)
        {
            var content = new List<ContentBlock>(message.Blocks.Length);
            foreach (var block in message.Blocks)
            {
                if (replaysReasoning || block is not PromptBlock.Reasoning)
                {
                    content.Add(BlockOf(block, model));
                }
            }

            mapped.Add(new Message
            {
                Role = message.Role == PromptRole.User ? ConversationRole.User : ConversationRole.Assistant,
                Content = content,
            });
        }

        return mapped;
    }

    private static ContentBlock BlockOf(PromptBlock block, ModelProfile model) => block switch
    {
        PromptBlock.Text text => new ContentBlock { Text = text.Value },
        PromptBlock.Reasoning reasoning => new ContentBlock
        {
            ReasoningContent = new ReasoningContentBlock
            {
                ReasoningText = new ReasoningTextBlock { Text = reasoning.Value, Signature = reasoning.Signature },
            },
        },
        PromptBlock.ToolUse call => new ContentBlock
        {
            ToolUse = new ToolUseBlock { ToolUseId = call.Id, Name = call.Name, Input = JsonDocuments.From(call.Input) },
        },
        PromptBlock.ToolResult result => new ContentBlock { ToolResult = ResultOf(result, KnowsResultStatus(model)) },
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static ToolResultBlock ResultOf(PromptBlock.ToolResult result, bool knowsStatus) => new()
    {
        ToolUseId = result.CallId,
        Status = result.IsError && knowsStatus ? ToolResultStatus.Error : null,
        Content = [new ToolResultContentBlock { Text = result.IsError && !knowsStatus ? "Error: " + result.Value : result.Value }],
    };
}
