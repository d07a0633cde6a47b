using System.Text.Json.Serialization;

namespace Holdfast.Embedded.Durable.History;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(HistoryEvent))]
[JsonSerializable(typeof(HistoryEvent.ExecutionStarted))]
internal sealed partial class HistoryJson : JsonSerializerContext;
