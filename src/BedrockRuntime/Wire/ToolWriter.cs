using System.Text.Json;
using Amazon.BedrockRuntime.Model;

namespace Amazon.BedrockRuntime.Wire;

/// <summary>Writes the tools of a request.</summary>
internal static class ToolWriter
{
    public static void Write(Utf8JsonWriter json, ToolConfiguration configuration)
    {
        json.WriteStartObject();
        if (configuration.ToolChoice is { } choice)
        {
            json.WritePropertyName("toolChoice");
            WriteChoice(json, choice);
        }

        RequestBody.WriteList(json, "tools", configuration.Tools, WriteTool);
        json.WriteEndObject();
    }

    private static void WriteChoice(Utf8JsonWriter json, ToolChoice choice)
    {
        json.WriteStartObject();
        if (choice.Any is not null)
        {
            json.WriteStartObject("any");
            json.WriteEndObject();
        }

        if (choice.Auto is not null)
        {
            json.WriteStartObject("auto");
            json.WriteEndObject();
        }

        if (choice.Tool is { } tool)
        {
            json.WriteStartObject("tool");
            RequestBody.WriteText(json, "name", tool.Name);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteTool(Utf8JsonWriter json, Tool tool)
    {
        json.WriteStartObject();
        ContentWriter.WriteCachePoint(json, tool.CachePoint);
        if (tool.ToolSpec is { } specification)
        {
            json.WriteStartObject("toolSpec");
            RequestBody.WriteText(json, "description", specification.Description);
            if (specification.InputSchema is { } schema)
            {
                json.WriteStartObject("inputSchema");
                RequestBody.WriteDocument(json, "json", schema.Json);
                json.WriteEndObject();
            }

            RequestBody.WriteText(json, "name", specification.Name);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
