using System.Text.Json;
using Amazon.BedrockRuntime.Model;

namespace Amazon.BedrockRuntime.Wire;

/// <summary>Writes messages and their blocks.</summary>
internal static class ContentWriter
{
    public static void WriteMessage(Utf8JsonWriter json, Message message)
    {
        json.WriteStartObject();
        RequestBody.WriteList(json, "content", message.Content, WriteBlock);
        RequestBody.WriteText(json, "role", message.Role?.Value);
        json.WriteEndObject();
    }

    public static void WriteSystem(Utf8JsonWriter json, SystemContentBlock block)
    {
        json.WriteStartObject();
        WriteCachePoint(json, block.CachePoint);
        RequestBody.WriteText(json, "text", block.Text);
        json.WriteEndObject();
    }

    public static void WriteCachePoint(Utf8JsonWriter json, CachePointBlock cachePoint)
    {
        if (cachePoint is null)
        {
            return;
        }

        json.WriteStartObject("cachePoint");
        RequestBody.WriteText(json, "ttl", cachePoint.Ttl?.Value);
        RequestBody.WriteText(json, "type", cachePoint.Type?.Value);
        json.WriteEndObject();
    }

    private static void WriteBlock(Utf8JsonWriter json, ContentBlock block)
    {
        json.WriteStartObject();
        WriteCachePoint(json, block.CachePoint);
        WriteReasoning(json, block.ReasoningContent);
        RequestBody.WriteText(json, "text", block.Text);
        WriteToolResult(json, block.ToolResult);
        WriteToolUse(json, block.ToolUse);
        json.WriteEndObject();
    }

    private static void WriteReasoning(Utf8JsonWriter json, ReasoningContentBlock reasoning)
    {
        if (reasoning is null)
        {
            return;
        }

        json.WriteStartObject("reasoningContent");
        if (reasoning.ReasoningText is { } text)
        {
            json.WriteStartObject("reasoningText");
            RequestBody.WriteText(json, "signature", text.Signature);
            RequestBody.WriteText(json, "text", text.Text);
            json.WriteEndObject();
        }

        if (reasoning.RedactedContent is { } redacted)
        {
            json.WriteBase64String("redactedContent", redacted.ToArray());
        }

        json.WriteEndObject();
    }

    private static void WriteToolResult(Utf8JsonWriter json, ToolResultBlock result)
    {
        if (result is null)
        {
            return;
        }

        json.WriteStartObject("toolResult");
        RequestBody.WriteList(json, "content", result.Content, WriteToolResultContent);
        RequestBody.WriteText(json, "status", result.Status?.Value);
        RequestBody.WriteText(json, "toolUseId", result.ToolUseId);
        json.WriteEndObject();
    }

    private static void WriteToolResultContent(Utf8JsonWriter json, ToolResultContentBlock content)
    {
        json.WriteStartObject();
        RequestBody.WriteDocument(json, "json", content.Json);
        RequestBody.WriteText(json, "text", content.Text);
        json.WriteEndObject();
    }

    private static void WriteToolUse(Utf8JsonWriter json, ToolUseBlock toolUse)
    {
        if (toolUse is null)
        {
            return;
        }

        json.WriteStartObject("toolUse");
        RequestBody.WriteDocument(json, "input", toolUse.Input);
        RequestBody.WriteText(json, "name", toolUse.Name);
        RequestBody.WriteText(json, "toolUseId", toolUse.ToolUseId);
        json.WriteEndObject();
    }
}
