using System.Text.Json;
using Amazon.BedrockRuntime.Model;
using Amazon.Runtime.Documents;
using Amazon.Runtime.Documents.Internal.Transform;

namespace Amazon.BedrockRuntime.Wire;

/// <summary>Writes a request as the JSON that the API documents. What is null is left out; an empty list is not null.</summary>
internal static class RequestBody
{
    public static void Write(Utf8JsonWriter json, ConverseStreamRequest request)
    {
        json.WriteStartObject();
        WriteDocument(json, "additionalModelRequestFields", request.AdditionalModelRequestFields);
        WriteObject(json, "inferenceConfig", request.InferenceConfig, WriteInference);
        WriteList(json, "messages", request.Messages, WriteMessage);
        WriteList(json, "system", request.System, WriteSystem);
        WriteObject(json, "toolConfig", request.ToolConfig, static (json, tools) => WriteList(json, "tools", tools.Tools, WriteTool));
        json.WriteEndObject();
    }

    private static void WriteInference(Utf8JsonWriter json, InferenceConfiguration inference)
    {
        if (inference.MaxTokens is { } maxTokens)
        {
            json.WriteNumber("maxTokens", maxTokens);
        }

        if (inference.Temperature is { } temperature)
        {
            json.WriteNumber("temperature", temperature);
        }
    }

    private static void WriteMessage(Utf8JsonWriter json, Message message)
    {
        WriteList(json, "content", message.Content, WriteBlock);
        WriteText(json, "role", message.Role?.Value);
    }

    private static void WriteSystem(Utf8JsonWriter json, SystemContentBlock block)
    {
        WriteObject(json, "cachePoint", block.CachePoint, WriteCachePoint);
        WriteText(json, "text", block.Text);
    }

    private static void WriteCachePoint(Utf8JsonWriter json, CachePointBlock point) => WriteText(json, "type", point.Type?.Value);

    private static void WriteBlock(Utf8JsonWriter json, ContentBlock block)
    {
        WriteObject(json, "cachePoint", block.CachePoint, WriteCachePoint);
        WriteObject(json, "reasoningContent", block.ReasoningContent, WriteReasoning);
        WriteText(json, "text", block.Text);
        WriteObject(json, "toolResult", block.ToolResult, WriteToolResult);
        WriteObject(json, "toolUse", block.ToolUse, WriteToolUse);
    }

    private static void WriteReasoning(Utf8JsonWriter json, ReasoningContentBlock reasoning)
    {
        WriteObject(json, "reasoningText", reasoning.ReasoningText, static (json, text) =>
        {
            WriteText(json, "signature", text.Signature);
            WriteText(json, "text", text.Text);
        });
        if (reasoning.RedactedContent is { } redacted)
        {
            json.WriteBase64String("redactedContent", redacted.ToArray());
        }
    }

    private static void WriteToolResult(Utf8JsonWriter json, ToolResultBlock result)
    {
        WriteList(json, "content", result.Content, static (json, content) => WriteText(json, "text", content.Text));
        WriteText(json, "status", result.Status?.Value);
        WriteText(json, "toolUseId", result.ToolUseId);
    }

    private static void WriteToolUse(Utf8JsonWriter json, ToolUseBlock call)
    {
        WriteDocument(json, "input", call.Input);
        WriteText(json, "name", call.Name);
        WriteText(json, "toolUseId", call.ToolUseId);
    }

    private static void WriteTool(Utf8JsonWriter json, Tool tool)
    {
        WriteObject(json, "cachePoint", tool.CachePoint, WriteCachePoint);
        WriteObject(json, "toolSpec", tool.ToolSpec, static (json, specification) =>
        {
            WriteText(json, "description", specification.Description);
            WriteObject(json, "inputSchema", specification.InputSchema, static (json, schema) => WriteDocument(json, "json", schema.Json));
            WriteText(json, "name", specification.Name);
        });
    }

    private static void WriteText(Utf8JsonWriter json, string name, string value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void WriteDocument(Utf8JsonWriter json, string name, Document value)
    {
        if (!value.IsNull())
        {
            json.WritePropertyName(name);
            DocumentMarshaller.Instance.Write(json, value);
        }
    }

    private static void WriteObject<T>(Utf8JsonWriter json, string name, T value, Action<Utf8JsonWriter, T> writeMembers)
        where T : class
    {
        if (value is not null)
        {
            json.WriteStartObject(name);
            writeMembers(json, value);
            json.WriteEndObject();
        }
    }

    private static void WriteList<T>(Utf8JsonWriter json, string name, List<T> items, Action<Utf8JsonWriter, T> writeMembers)
    {
        if (items is null)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var item in items)
        {
            json.WriteStartObject();
            writeMembers(json, item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
