using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Holdfast.Configuration.Parsing;

/// <summary>Paths as error messages name them: <c>$.agents.main.fallbacks[1]</c>.</summary>
internal static class JsonPath
{
    public const string Root = "$";

    public static string Key(string parent, string key) =>
        key.Length > 0 && key.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-' or '$')
            ? $"{parent}.{key}"
            : $"{parent}['{JsonEncodedText.Encode(key, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}']";

    public static string Index(string parent, int index) => string.Create(CultureInfo.InvariantCulture, $"{parent}[{index}]");
}
