using System.Text.Json.Serialization;

namespace Holdfast.Outbox;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectRequiredConstructorParameters = true,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OutboxRecord))]
[JsonSerializable(typeof(Receipt))]
internal sealed partial class OutboxJson : JsonSerializerContext;
