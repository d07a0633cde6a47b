using System.Text.Json;
using Amazon.BedrockRuntime.Model;
using Amazon.Runtime.Documents;
using Amazon.Runtime.Documents.Internal.Transform;

namespace Amazon.BedrockRuntime.Wire;

/// <summary>
/// Writes a request as the JSON that the API documents. What is null is left out, here and in the block writers, so that
/// the service's own defaults hold.
/// </summary>
internal static class RequestBody
{
    public static void Write(Utf8JsonWriter json, ConverseStreamRequest request)
    {
        json.WriteStartObject();
        WriteDocument(json, "additionalModelRequestFields", request.AdditionalModelRequestFields);
        WriteTexts(json, "additionalModelResponseFieldPaths", request.AdditionalModelResponseFieldPaths);
        if (request.InferenceConfig is { } inference)
        {
            json.WritePropertyName("inferenceConfig");
            WriteInference(json, inference);
        }

        WriteList(json, "messages", request.Messages, ContentWriter.WriteMessage);
        if (request.PerformanceConfig is { } performance)
        {
            json.WriteStartObject("performanceConfig");
            WriteText(json, "latency", performance.Latency?.Value);
            json.WriteEndObject();
        }

        if (Collections.IsSet(request.RequestMetadata))
        {
            json.WriteStartObject("requestMetadata");
            foreach (var (name, value) in request.RequestMetadata)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
        }

        WriteList(json, "system", request.System, ContentWriter.WriteSystem);
        if (request.ToolConfig is { } tools)
        {
            json.WritePropertyName("toolConfig");
            ToolWriter.Write(json, tools);
        }

        json.WriteEndObject();
    }

    public static void WriteText(Utf8JsonWriter json, string name, string value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    public static void WriteDocument(Utf8JsonWriter json, string name, Document value)
    {
        if (!value.IsNull())
        {
            json.WritePropertyName(name);
            DocumentMarshaller.Instance.Write(json, value);
        }
    }

    public static void WriteList<T>(Utf8JsonWriter json, string name, List<T> items, Action<Utf8JsonWriter, T> write)
    {
        if (!Collections.IsSet(items))
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var item in items)
        {
            write(json, item);
        }

        json.WriteEndArray();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, List<string> texts)
        => WriteList(json, name, texts, static (writer, text) => writer.WriteStringValue(text));

    private static void WriteInference(Utf8JsonWriter json, InferenceConfiguration inference)
    {
        json.WriteStartObject();
        if (inference.MaxTokens is { } maxTokens)
        {
            json.WriteNumber("maxTokens", maxTokens);
        }

        WriteTexts(json, "stopSequences", inference.StopSequences);
        if (inference.Temperature is { } temperature)
        {
            json.WriteNumber("temperature", temperature);
        }

        if (inference.TopP is { } topP)
        {
            json.WriteNumber("topP", topP);
        }

        json.WriteEndObject();
    }
}
