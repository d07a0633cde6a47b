using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Holdfast.Cli.Migrating;

/// <summary>Writes JSON as YAML in blocks; what is neither an object nor long is written as JSON, which is YAML as well.</summary>
internal static class YamlText
{
    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Of(JsonObject map)
    {
        var text = new StringBuilder();
        Append(text, map, 0);
        return text.ToString();
    }

    private static void Append(StringBuilder text, JsonObject map, int depth)
    {
        foreach (var (key, value) in map)
        {
            text.Append(' ', depth * 2).Append(IsPlain(key) ? key : Json(key)).Append(':');
            if (value is JsonObject { Count: > 0 } below)
            {
                text.Append('\n');
                Append(text, below, depth + 1);
            }
            else
            {
                text.Append(' ').Append(Json(value)).Append('\n');
            }
        }
    }

    private static string Json(JsonNode? value) => value?.ToJsonString(Plain) ?? "null";

    private static bool IsPlain(string key) =>
        key.Length > 0
            && char.IsAsciiLetter(key[0])
            && key.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-')
        && key is not ("null" or "true" or "false" or "Null" or "True" or "False" or "NULL" or "TRUE" or "FALSE");
}
