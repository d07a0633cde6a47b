using System.Text.Json;

namespace Holdfast.Transcripts;

/// <summary>
/// Properties of JSON that somebody else may have written: null when it is no object, or the property is not there or of another kind.
/// </summary>
public static class JsonFields
{
    public static string? Text(this JsonElement owner, string name) => owner.Field(name, JsonValueKind.String)?.GetString();

    public static int? Number(this JsonElement owner, string name) =>
        owner.Field(name, JsonValueKind.Number) is { } value && value.TryGetInt32(out var number) ? number : null;

    public static long? LargeNumber(this JsonElement owner, string name) =>
        owner.Field(name, JsonValueKind.Number) is { } value && value.TryGetInt64(out var number) ? number : null;

    public static JsonElement? Inner(this JsonElement owner, string name) => owner.Field(name, JsonValueKind.Object);

    private static JsonElement? Field(this JsonElement owner, string name, JsonValueKind kind) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) && value.ValueKind == kind ? value : null;
}
