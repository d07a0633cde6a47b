using System.Text.Json.Serialization;

namespace Holdfast.Inbox;

// Nulls are written: a parameter that is left out would be missing to the reader.
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(InboundMessage))]
internal sealed partial class InboxJson : JsonSerializerContext;
