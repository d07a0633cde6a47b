using System.Text.Json.Serialization;

namespace Holdfast.Delivery;

// Nulls are written: a parameter that is left out would be missing to the reader.
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectRequiredConstructorParameters = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(OutboxRecord))]
[JsonSerializable(typeof(Receipt))]
internal sealed partial class OutboxJson : JsonSerializerContext;
