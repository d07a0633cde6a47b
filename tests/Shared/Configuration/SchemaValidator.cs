using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Holdfast.Tests.Configuration;

/// <summary>The part of JSON schema that <c>holdfast.schema.json</c> uses; a keyword it does not know is a failure, not a pass.</summary>
internal sealed class SchemaValidator(JsonNode root)
{
    public JsonNode Root => root;

    /// <summary>Pointers of the schema's properties that a valid document has used, in the form <c>definition/property</c>.</summary>
    public HashSet<string> Used { get; } = [];

    public IReadOnlyList<string> Validate(JsonNode? value) => Validate(root, value, "$");

    private List<string> Validate(JsonNode schema, JsonNode? value, string path)
    {
        var errors = new List<string>();
        foreach (var (keyword, rule) in schema.AsObject())
        {
            errors.AddRange(Apply(schema, keyword, rule!, value, path));
        }

        return errors;
    }

    private IEnumerable<string> Apply(JsonNode schema, string keyword, JsonNode rule, JsonNode? value, string path)
    {
        var isObject = value is JsonObject;
        switch (keyword)
        {
            case "$schema" or "$comment" or "title" or "description" or "default" or "$defs":
                return [];
            case "$ref":
                return Validate(Resolve(rule), value, path);
            case "type":
                return Check(HasType((string)rule!, value), $"{path} is no {rule}");
            case "const":
                return Check(JsonNode.DeepEquals(rule, value), $"{path} is not {rule}");
            case "enum":
                return Check(rule.AsArray().Any(item => JsonNode.DeepEquals(item, value)), $"{path} is none of {rule.ToJsonString()}");
            case "pattern":
                return Check(
                    value?.GetValueKind() != JsonValueKind.String || Regex.IsMatch((string)value!, (string)rule!),
                    $"{path} does not match {rule}");
            case "minimum":
                return Check(Number(value) is not { } low || low >= (double)rule, $"{path} is below {rule}");
            case "maximum":
                return Check(Number(value) is not { } high || high <= (double)rule, $"{path} is above {rule}");
            case "minItems":
                return Check(value is not JsonArray list || list.Count >= (int)rule, $"{path} has too few items");
            case "uniqueItems":
                return Check(
                    value is not JsonArray items || items.Select(item => item!.ToJsonString()).Distinct().Count() == items.Count,
                    $"{path} repeats");
            case "minProperties":
                return Check(!isObject || value!.AsObject().Count >= (int)rule, $"{path} has too few keys");
            case "required":
                return Check(
                    !isObject || rule.AsArray().All(key => value!.AsObject().ContainsKey((string)key!)),
                    $"{path} lacks one of {rule.ToJsonString()}");
            case "propertyNames":
                return isObject
                    ? value!.AsObject().SelectMany(entry => Validate(rule, JsonValue.Create(entry.Key), $"{path} key {entry.Key}"))
                    : [];
            case "items":
                return value is JsonArray array
                    ? array.SelectMany(
                        (item, index) => Validate(rule, item, string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]")))
                    : [];
            case "properties":
                return isObject ? Properties(rule.AsObject(), value!.AsObject(), path) : [];
            case "additionalProperties":
                return isObject ? Others(schema, rule, value!.AsObject(), path) : [];
            case "oneOf":
                return OneOf(rule.AsArray(), value, path);
            default:
                throw new NotSupportedException($"{keyword} at {path}");
        }
    }

    private IEnumerable<string> Properties(JsonObject rules, JsonObject value, string path) => rules
        .Where(entry => value.ContainsKey(entry.Key))
        .SelectMany(entry =>
        {
            Used.Add(entry.Value!.GetPath());
            return Validate(entry.Value, value[entry.Key], $"{path}.{entry.Key}");
        });

    private IEnumerable<string> Others(JsonNode schema, JsonNode rule, JsonObject value, string path)
    {
        var others = value.Where(entry => schema["properties"]?[entry.Key] is null);
        return rule is JsonObject
            ? others.SelectMany(entry => Validate(rule, entry.Value, $"{path}.{entry.Key}"))
            : others.Select(entry => $"{path}.{entry.Key} is unknown");
    }

    private List<string> OneOf(JsonArray options, JsonNode? value, string path)
    {
        var results = options.Select(option => Validate(option!, value, path)).ToList();
        return results.Count(errors => errors.Count == 0) == 1
            ? []
            : [$"{path} fits not exactly one of its forms", .. results.SelectMany(errors => errors)];
    }

    private JsonNode Resolve(JsonNode reference) => root["$defs"]![((string)reference!)["#/$defs/".Length..]]!;

    private static IEnumerable<string> Check(bool holds, string error) => holds ? [] : [error];

    private static double? Number(JsonNode? value) => value?.GetValueKind() == JsonValueKind.Number ? (double)value : null;

    private static bool HasType(string type, JsonNode? value) => (type, value?.GetValueKind()) switch
    {
        ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String) => true,
        ("boolean", JsonValueKind.True or JsonValueKind.False) or ("number", JsonValueKind.Number) => true,
        ("integer", JsonValueKind.Number) => double.IsInteger((double)value!),
        _ => false,
    };
}
