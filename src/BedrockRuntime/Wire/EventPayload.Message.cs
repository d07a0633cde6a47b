using System.Text.Json;
using Amazon.BedrockRuntime.Model;

namespace Amazon.BedrockRuntime.Wire;

internal static partial class EventPayload
{
    private static void ReadMessageStart(ref Utf8JsonReader json, MessageStartEvent target)
    {
        if (json.ValueTextEquals("role"u8))
        {
            target.Role = Text(ref json);
        }
        else
        {
            json.Skip();
        }
    }

    private static void ReadMessageStop(ref Utf8JsonReader json, MessageStopEvent target)
    {
        if (json.ValueTextEquals("stopReason"u8))
        {
            target.StopReason = Text(ref json);
        }
        else if (json.ValueTextEquals("additionalModelResponseFields"u8))
        {
            json.Read();
            target.AdditionalModelResponseFields = DocumentReader.Read(ref json);
        }
        else
        {
            json.Skip();
        }
    }

    private static void ReadMetadata(ref Utf8JsonReader json, ConverseStreamMetadataEvent target)
    {
        if (json.ValueTextEquals("usage"u8))
        {
            target.Usage = Value<TokenUsage>(ref json, ReadUsage);
        }
        else if (json.ValueTextEquals("metrics"u8))
        {
            target.Metrics = Value<ConverseStreamMetrics>(ref json, ReadMetrics);
        }
        else if (json.ValueTextEquals("performanceConfig"u8))
        {
            target.PerformanceConfig = Value<PerformanceConfiguration>(ref json, ReadPerformance);
        }
        else
        {
            json.Skip();
        }
    }

    private static void ReadUsage(ref Utf8JsonReader json, TokenUsage target)
    {
        if (json.ValueTextEquals("inputTokens"u8))
        {
            target.InputTokens = Int(ref json);
        }
        else if (json.ValueTextEquals("outputTokens"u8))
        {
            target.OutputTokens = Int(ref json);
        }
        else if (json.ValueTextEquals("totalTokens"u8))
        {
            target.TotalTokens = Int(ref json);
        }
        else if (json.ValueTextEquals("cacheReadInputTokens"u8))
        {
            target.CacheReadInputTokens = Int(ref json);
        }
        else if (json.ValueTextEquals("cacheWriteInputTokens"u8))
        {
            target.CacheWriteInputTokens = Int(ref json);
        }
        else
        {
            json.Skip();
        }
    }

    private static void ReadMetrics(ref Utf8JsonReader json, ConverseStreamMetrics target)
    {
        if (json.ValueTextEquals("latencyMs"u8))
        {
            json.Read();
            target.LatencyMs = json.TokenType == JsonTokenType.Null ? null : json.GetInt64();
        }
        else
        {
            json.Skip();
        }
    }

    private static void ReadPerformance(ref Utf8JsonReader json, PerformanceConfiguration target)
    {
        if (json.ValueTextEquals("latency"u8))
        {
            target.Latency = Text(ref json);
        }
        else
        {
            json.Skip();
        }
    }
}
