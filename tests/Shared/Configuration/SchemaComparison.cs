using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Holdfast.Configuration.Agents;
using Holdfast.Configuration.Parsing;

namespace Holdfast.Tests.Configuration;

/// <summary>
/// Walks a schema along the options classes' contract: names, kinds, required, ranges, patterns, words and defaults must be the same.
/// </summary>
internal sealed partial class SchemaComparison(JsonNode schema)
{
    private readonly JsonSerializerOptions _options = ConfigurationJson.OptionsFor(new ConfigurationFile("x.json", _ => null));

    /// <summary>Leaf properties that were compared.</summary>
    public int Compared { get; private set; }

    /// <returns>A sentence for each difference.</returns>
    public List<string> Differences(Type type)
    {
        var found = new List<string>();
        Object(schema, _options.GetTypeInfo(type), "$", found);
        return found;
    }

    private void Object(JsonNode rule, JsonTypeInfo type, string path, List<string> found)
    {
        if (type.PolymorphismOptions is { } kinds)
        {
            foreach (var (kind, word) in kinds.DerivedTypes.Select(derived => (derived.DerivedType, (string)derived.TypeDiscriminator!)))
            {
                var option = Options(rule)
                    .FirstOrDefault(one => (string?)one["properties"]?[kinds.TypeDiscriminatorPropertyName]?["const"] == word);
                if (option is not null)
                {
                    Keys(option, _options.GetTypeInfo(kind), kinds.TypeDiscriminatorPropertyName, $"{path}<{word}>", found);
                }
                else if (word != "comment")
                {
                    found.Add($"{path}: no form for {word}");
                }
            }
        }
        else
        {
            Keys(rule, type, "$schema", path, found);
        }
    }

    private void Keys(JsonNode rule, JsonTypeInfo type, string besides, string path, List<string> found)
    {
        var forms = Options(rule).Where(form => form["properties"] is not null).ToList();
        var rules = forms.SelectMany(form => form["properties"]!.AsObject())
            .Where(entry => entry.Key != besides)
            .ToDictionary(entry => entry.Key, entry => entry.Value!);
        var properties = type.Properties.Where(property => property.Set is not null).ToDictionary(property => property.Name);
        found.AddRange(rules.Keys.Except(properties.Keys).Select(key => $"{path}.{key}: only the schema has it"));
        found.AddRange(properties.Keys.Except(rules.Keys).Select(key => $"{path}.{key}: only the class has it"));
        if (forms.Count == 1)
        {
            var required = (forms[0]["required"]?.AsArray().Select(key => (string)key!) ?? []).Where(key => key != besides);
            Check(
                required.ToHashSet().SetEquals(properties.Values.Where(Rules.IsRequired).Select(property => property.Name)),
                $"{path}: required differs", found);
        }

        var blank = Activator.CreateInstance(type.Type)!;
        foreach (var (key, property) in properties.Where(entry => rules.ContainsKey(entry.Key)))
        {
            Property(rules[key], property, property.Get!(blank), $"{path}.{key}", found);
        }
    }

    private void Property(JsonNode written, JsonPropertyInfo property, object? blank, string path, List<string> found)
    {
        var (rule, type) = (Resolve(written), _options.GetTypeInfo(property.PropertyType));
        switch (type)
        {
            case { Converter: IFormConverter form }:
                Object(rule, _options.GetTypeInfo(form.Form), path, found);
                break;
            case { Kind: JsonTypeInfoKind.Object }:
                Object(rule, type, path, found);
                break;
            case { Kind: JsonTypeInfoKind.Dictionary }:
                var names = Rules.Of<KeyPatternAttribute>(property)?.Pattern ?? Rules.Name.Pattern;
                Check((string?)Resolve(rule["propertyNames"]!)["pattern"] == Script(names), $"{path}: names differ", found);
                Check(
                    (int?)rule["minProperties"] == Rules.Of<MinLengthAttribute>(property)?.Length, $"{path}: minProperties differs", found);
                Object(Resolve(rule["additionalProperties"]!), _options.GetTypeInfo(type.ElementType!), path + ".*", found);
                break;
            case { Kind: JsonTypeInfoKind.Enumerable }:
                Check((int?)rule["minItems"] == Rules.Of<MinLengthAttribute>(property)?.Length, $"{path}: minItems differs", found);
                Leaf(Resolve(rule["items"]!), property, type.ElementType!, path + "[]", found);
                break;
            default:
                Leaf(rule, property, type.Type, path, found);
                if (!Rules.IsRequired(property))
                {
                    Default(rule, type, blank, path, found);
                }

                break;
        }
    }

    private void Leaf(JsonNode rule, JsonPropertyInfo property, Type type, string path, List<string> found)
    {
        Compared++;
        type = Nullable.GetUnderlyingType(type) ?? type;
        var range = Rules.Of<RangeAttribute>(property);
        if (type == typeof(TimeSpan))
        {
            var said = Span().Match((string?)rule["description"] ?? "");
            var (min, max) = (DurationText.Parse(said.Groups[1].Value), DurationText.Parse(said.Groups[2].Value));
            Check((min, max) == (BoundOf(range?.Minimum), BoundOf(range?.Maximum)), $"{path}: the description names another range", found);
        }
        else if (type == typeof(int) || type == typeof(long) || type == typeof(double))
        {
            Check((string?)rule["type"] == (type == typeof(double) ? "number" : "integer"), $"{path}: another type", found);
            Check((double?)rule["minimum"] == Number(range?.Minimum), $"{path}: minimum differs", found);
            Check((double?)rule["maximum"] == Number(range?.Maximum), $"{path}: maximum differs", found);
        }
        else if (type.IsEnum)
        {
            var words = rule["enum"]!.AsArray().Select(word => (string)word!).ToHashSet();
            Check(
                type == typeof(QueueMode) ? words.SetEquals(["followup"]) : words.SetEquals(Rules.Words(type)), $"{path}: words differ",
                found);
        }
        else
        {
            Check(
                (string?)rule["type"] is { } kind && kind == (type == typeof(bool) ? "boolean" : "string"), $"{path}: another type", found);
            var pattern = Rules.Of<RegularExpressionAttribute>(property)?.Pattern;
            Check(pattern is null || (string?)rule["pattern"] == Script(pattern), $"{path}: pattern differs", found);
        }
    }

    private static void Default(JsonNode rule, JsonTypeInfo type, object? blank, string path, List<string> found)
    {
        var given = rule["default"] is { } text ? JsonSerializer.Deserialize(text, type) : null;
        var isSaid = given is not null
            ? given.Equals(blank)
            : blank is not (int or double or bool or Enum) && (blank is not TimeSpan span || span == default);
        Check(isSaid, $"{path}: the default is {blank}, not {given}", found);
    }

    /// <summary>The forms that an object may take, those of its forms included.</summary>
    private IEnumerable<JsonNode> Options(JsonNode rule)
    {
        rule = Resolve(rule);
        return rule["properties"] is null && rule["oneOf"] is JsonArray forms ? forms.SelectMany(form => Options(form!)) : [rule];
    }

    /// <summary>What a reference means, with what stands beside it.</summary>
    private JsonNode Resolve(JsonNode rule)
    {
        if ((string?)rule["$ref"] is not { } reference)
        {
            return rule;
        }

        var meant = schema["$defs"]![reference["#/$defs/".Length..]]!.DeepClone().AsObject();
        foreach (var (key, value) in rule.AsObject().Where(entry => entry.Key != "$ref").ToList())
        {
            meant[key] = value?.DeepClone();
        }

        return Resolve(meant);
    }

    private static void Check(bool holds, string difference, List<string> found)
    {
        if (!holds)
        {
            found.Add(difference);
        }
    }

    private static TimeSpan? BoundOf(object? bound) =>
        bound as TimeSpan? ?? (bound is string text ? TimeSpan.Parse(text, CultureInfo.InvariantCulture) : null);

    // What is as large as the type bears is no maximum.
    private static double? Number(object? bound) =>
        bound is null || Convert.ToDouble(bound, CultureInfo.InvariantCulture) is var number && number >= int.MaxValue ? null : number;

    private static string Script(string pattern) =>
        pattern.Replace(@"\A", "^", StringComparison.Ordinal).Replace(@"\z", "$", StringComparison.Ordinal);

    [GeneratedRegex(@"([0-9.]+[a-z]+) to ([0-9.]+[a-z]+)")]
    private static partial Regex Span();
}
