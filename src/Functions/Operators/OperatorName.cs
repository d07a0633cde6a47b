using System.Text.Json;
using System.Text.Json.Serialization;

namespace Holdfast.Functions.Operators;

/// <summary>The body of <c>POST /api/sessions/{key}/lease/break</c>.</summary>
/// <param name="By">Who says so: 1 to 128 printable characters.</param>
public sealed record OperatorName(string By)
{
    /// <returns>Null when the bytes are not such a body.</returns>
    internal static OperatorName? Read(ReadOnlySpan<byte> body)
    {
        try
        {
            var name = JsonSerializer.Deserialize(body, OperatorJson.Default.OperatorName);
            return string.IsNullOrWhiteSpace(name?.By) || name.By.Length > 128 || name.By.Any(char.IsControl) ? null : name;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(OperatorName))]
internal sealed partial class OperatorJson : JsonSerializerContext;
