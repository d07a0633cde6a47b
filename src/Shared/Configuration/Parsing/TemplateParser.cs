using System.Collections.Immutable;
using System.Text;
using Holdfast.Channels.Hooks;

namespace Holdfast.Configuration.Parsing;

/// <summary>Reads templates.</summary>
public static class TemplateParser
{
    private const string JsonPrefix = "json:";

    /// <param name="text">The template.</param>
    /// <param name="names">Placeholders that exist here, besides <c>json:…</c>.</param>
    public static TemplateParseOutcome Parse(string text, IReadOnlyCollection<string> names)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(names);
        var parts = ImmutableArray.CreateBuilder<TemplatePart>();
        var literal = new StringBuilder();
        var index = 0;
        while (index < text.Length)
        {
            var character = text[index];
            if (character is not ('{' or '}'))
            {
                literal.Append(character);
                index++;
            }
            else if (index + 1 < text.Length && text[index + 1] == character)
            {
                literal.Append(character);
                index += 2;
            }
            else
            {
                var end = text.IndexOf('}', index);
                if (character == '}' || end < 0)
                {
                    return new TemplateParseOutcome.Invalid(
                        $"the brace at character {index + 1} has no partner; a brace that is meant is written twice");
                }

                if (Placeholder(text[(index + 1)..end], names, out var reason) is not { } part)
                {
                    return new TemplateParseOutcome.Invalid(reason);
                }

                Flush(literal, parts);
                parts.Add(part);
                index = end + 1;
            }
        }

        Flush(literal, parts);
        return new TemplateParseOutcome.Parsed(new Template(text, parts.ToImmutable()));
    }

    private static TemplatePart? Placeholder(string text, IReadOnlyCollection<string> names, out string reason)
    {
        reason = string.Empty;
        if (text.StartsWith(JsonPrefix, StringComparison.Ordinal))
        {
            var steps = text[JsonPrefix.Length..].Split('.').ToImmutableArray();
            reason = $"the path of '{{{text}}}' has an empty step";
            return steps.Any(string.IsNullOrWhiteSpace) ? null : new TemplatePart.Json(steps);
        }

        if (names.Contains(text))
        {
            return new TemplatePart.Named(text);
        }

        var known = string.Join(", ", names.Select(name => $"{{{name}}}"));
        reason = $"there is no placeholder '{{{text}}}'{NearestName.Hint(text, names)}; known here are {known} and {{json:path}}";
        return null;
    }

    private static void Flush(StringBuilder literal, ImmutableArray<TemplatePart>.Builder parts)
    {
        if (literal.Length > 0)
        {
            parts.Add(new TemplatePart.Literal(literal.ToString()));
            literal.Clear();
        }
    }
}
