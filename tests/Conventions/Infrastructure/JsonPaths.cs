using System.Text.Json.Nodes;

namespace Holdfast.Conventions.Tests.Infrastructure;

/// <summary>Reads values out of a predicted resource. What is not there is null and no fault of its own.</summary>
public static class JsonPaths
{
    /// <summary>The value at names that are joined by dots.</summary>
    public static JsonNode? At(this JsonNode? node, string path) =>
        path.Split('.').Aggregate(node, (current, name) => current is JsonObject container ? container[name] : null);

    /// <summary>The same as text: a string without quotes, everything else as JSON.</summary>
    public static string? TextAt(this JsonNode? node, string path) => node.At(path)?.ToString();

    /// <summary>The elements of the list there; none when there is no list.</summary>
    public static IReadOnlyList<JsonNode> ListAt(
        this JsonNode node, string path) => [.. (node.At(path) as JsonArray)?.OfType<JsonNode>() ?? []];

    /// <summary>The resource's name.</summary>
    public static string NameOf(this JsonNode resource) => resource.TextAt("name") ?? string.Empty;
}
