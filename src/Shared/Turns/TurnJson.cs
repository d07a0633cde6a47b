using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Holdfast.Turns;

/// <summary>What the <c>holdfast/delivery</c> entry of a transcript says.</summary>
internal sealed record DeliveryNote(string TurnId, string Channel, string State, ImmutableArray<string> PlatformIds);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DeliveryNote))]
internal sealed partial class TurnJson : JsonSerializerContext;
