using System.Globalization;
using System.Text.Json;

namespace Holdfast.LocalHost.Settings;

/// <summary>Reads JSON files of an app; comments and trailing commas are allowed, as in the Functions host.</summary>
internal static class JsonFile
{
    private static readonly JsonDocumentOptions Tolerant = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <returns>The file's object or array; null if there is no such file.</returns>
    /// <exception cref="StartUpException">It is not JSON, or not of this kind; the message names file and line.</exception>
    public static JsonElement? Read(string path, JsonValueKind kind = JsonValueKind.Object)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(path), Tolerant);
            return document.RootElement.ValueKind == kind
                ? document.RootElement.Clone()
                : throw new StartUpException($"{path}(1): a JSON {kind.ToString().ToLowerInvariant()} is expected.");
        }
        catch (JsonException fault)
        {
            throw new StartUpException($"{path}({fault.LineNumber + 1}): this is not valid JSON: {fault.Message}", fault);
        }
    }

    /// <summary>A property, by its name without regard to case.</summary>
    public static JsonElement? Find(JsonElement element, string name)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in element.EnumerateObject())
            {
                if (property.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return property.Value;
                }
            }
        }

        return null;
    }

    /// <summary>The plain values below an element as configuration keys: names and indexes joined by colons.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> Flatten(JsonElement element, string path) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => Flatten(property.Value, $"{path}:{property.Name}")),
        JsonValueKind.Array =>
            element.EnumerateArray()
                .SelectMany((item, index) => Flatten(item, string.Create(CultureInfo.InvariantCulture, $"{path}:{index}"))),
        JsonValueKind.Null => [],
        _ => [KeyValuePair.Create<string, string?>(path, element.ToString())],
    };
}
