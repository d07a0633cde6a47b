using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Holdfast.Channels.Hooks;

/// <summary>Fills templates. Pure. What it puts in is never read as a template again.</summary>
public static class TemplateRenderer
{
    /// <summary>Fills a message. A value that the event lacks is left empty; objects and arrays of the body are put in as JSON.</summary>
    public static string RenderText(Template template, TemplateValues values)
    {
        return string.Concat(
            template.Parts.Select(part => part is TemplatePart.Literal literal ? literal.Text : Value(part, values) ?? string.Empty));
    }

    /// <summary>
    /// Fills a session key. In values every byte other than letters, digits, <c>- _ . /</c> is percent-encoded, so that no event can write
    /// its way into a session that the template does not mean: between placeholders that a colon parts, different values give different
    /// keys.
    /// </summary>
    /// <returns>
    /// Null when the event lacks a value, or has it blank: it belongs to no session, and must not fall into one with others of its kind.
    /// </returns>
    public static string? RenderKey(Template template, TemplateValues values)
    {
        var key = new StringBuilder();
        foreach (var part in template.Parts)
        {
            if (part is TemplatePart.Literal literal)
            {
                key.Append(literal.Text);
            }
            else if (Value(part, values) is { } value && !string.IsNullOrWhiteSpace(value))
            {
                AppendEncoded(key, value);
            }
            else
            {
                return null;
            }
        }

        return key.ToString();
    }

    private static string? Value(TemplatePart part, TemplateValues values) => part switch
    {
        TemplatePart.Named named => values.Named.GetValueOrDefault(named.Name),
        TemplatePart.Json json => Walk(values.Body, json.Steps),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string? Walk(JsonElement body, ImmutableArray<string> steps)
    {
        var element = body;
        foreach (var step in steps)
        {
            if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty(step, out var property))
            {
                element = property;
            }
            else if (element.ValueKind == JsonValueKind.Array
                && int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                && index < element.GetArrayLength())
            {
                element = element[index];
            }
            else
            {
                return null;
            }
        }

        return element.ValueKind switch
        {
            JsonValueKind.String => element.GetString(),
            JsonValueKind.Null or JsonValueKind.Undefined => null,
            _ => element.GetRawText(),
        };
    }

    private static void AppendEncoded(StringBuilder key, string value)
    {
        foreach (var octet in Encoding.UTF8.GetBytes(value))
        {
            var character = (char)octet;
            if (char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.' or '/')
            {
                key.Append(character);
            }
            else
            {
                key.Append(CultureInfo.InvariantCulture, $"%{octet:X2}");
            }
        }
    }
}
