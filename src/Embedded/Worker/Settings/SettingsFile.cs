using System.Globalization;
using System.Text.Json;
using Holdfast.Embedded.Hosting;

namespace Holdfast.Embedded.Settings;

/// <summary>Reads a JSON settings file; comments and trailing commas are allowed, as with the real host.</summary>
internal static class SettingsFile
{
    private static readonly JsonDocumentOptions _tolerant = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>The file's root object, or null if there is no such file.</summary>
    /// <exception cref="HostStartException">The file is not a JSON object; the message names file and line.</exception>
    public static JsonElement? Read(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path).AsMemory(), _tolerant);
            return document.RootElement.ValueKind is JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw new HostStartException($"{path}(1): expected a JSON object.");
        }
        catch (JsonException failure)
        {
            throw new HostStartException($"{path}({failure.LineNumber + 1}): not valid JSON. {failure.Message}", failure);
        }
    }

    /// <summary>The object as configuration keys below <paramref name="prefix"/>: names and indexes joined by colons.</summary>
    public static Dictionary<string, string?> Flatten(JsonElement root, string prefix = "")
    {
        var flat = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        Add(root, prefix, flat);
        return flat;
    }

    private static void Add(JsonElement element, string path, Dictionary<string, string?> flat)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    Add(property.Value, Join(path, property.Name), flat);
                }

                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in element.EnumerateArray())
                {
                    Add(item, Join(path, index++.ToString(CultureInfo.InvariantCulture)), flat);
                }

                break;
            case JsonValueKind.Null:
                flat[path] = null;
                break;
            default:
                flat[path] = element.ToString();
                break;
        }
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}:{name}";
}
