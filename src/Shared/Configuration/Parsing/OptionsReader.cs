using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Holdfast.Configuration.Parsing;

/// <summary>
/// Binds JSON to options classes. One walk along the classes' own contract reports every key that is unknown, repeated or missing and every
/// value of the wrong kind or out of range, each where it stands; what is right is handed to the serializer, so that what the parts say of
/// each other can still be checked. Never throws over what the file says.
/// </summary>
internal sealed class OptionsReader(ConfigurationFile file)
{
    /// <summary>Where an editor finds the schema.</summary>
    private const string SchemaKey = "$schema";

    private readonly JsonSerializerOptions _options = ConfigurationJson.OptionsFor(file);

    /// <returns>What is right of it. A required value that is missing or wrong, which is reported, is null in it.</returns>
    public T Read<T>(JsonElement value, string path)
        where T : class
    {
        var type = _options.GetTypeInfo(typeof(T));
        var bound = (Object(value, type, path) ?? []).Deserialize(type) as T;
        return bound ?? throw new System.Diagnostics.UnreachableException();
    }

    private JsonObject? Object(JsonElement value, JsonTypeInfo type, string path)
    {
        var reported = file.Errors.Count;
        if (value.ValueKind != JsonValueKind.Object)
        {
            // Not shown: a secret may stand where its settings belong.
            file.Report(path, "must be an object");
            return null;
        }

        var kind = type.PolymorphismOptions is { } kinds ? Kind(value, kinds, path) : (Key: "", Word: "", Type: type);
        if (kind is not { } found)
        {
            return null;
        }

        var known = Known(found.Type);
        var right = found.Key.Length > 0 ? new JsonObject { [found.Key] = found.Word } : [];
        var seen = Entries(value, found.Type, found.Key, right, path);
        foreach (var property in known.Where(property => Rules.IsRequired(property) && !seen.Contains(property.Name)))
        {
            file.Report(JsonPath.Key(path, property.Name), $"is missing; it must be {Rules.Expected(property, _options)}");
        }

        if (file.Errors.Count == reported)
        {
            CheckTogether(right, type, known, path);
        }

        return right;
    }

    /// <summary>Puts what is right into <paramref name="right"/>.</summary>
    /// <param name="kindKey">The key that says which of several types it is, empty where there is one.</param>
    /// <returns>The keys that are there.</returns>
    private HashSet<string> Entries(JsonElement value, JsonTypeInfo type, string kindKey, JsonObject right, string path)
    {
        var known = Known(type);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in value.EnumerateObject())
        {
            if (!seen.Add(entry.Name))
            {
                file.Report(JsonPath.Key(path, entry.Name), "this key stands here twice");
            }
            else if (known.Find(property => property.Name == entry.Name) is { } property)
            {
                Put(right, entry.Name, Property(entry.Value, property, JsonPath.Key(path, entry.Name)));
            }
            else if (type.UnmappedMemberHandling != JsonUnmappedMemberHandling.Skip && (kindKey.Length == 0 || entry.Name != kindKey)
                && (entry.Name, path) != (SchemaKey, JsonPath.Root))
            {
                Unknown(
                    entry.Name, [.. known.Select(candidate => candidate.Name), .. kindKey.Length > 0 ? [kindKey] : Array.Empty<string>()],
                    path);
            }
        }

        return seen;
    }

    private static List<JsonPropertyInfo> Known(JsonTypeInfo type) => [.. type.Properties.Where(property => property.Set is not null)];

    /// <summary>Its value is not shown: a secret under a mistyped key is still a secret.</summary>
    private void Unknown(string key, IReadOnlyCollection<string> known, string path) => file.Report(
        JsonPath.Key(path, key),
        $"there is no such key{NearestName.Hint(key, known)}; known here: {string.Join(", ", known)}");

    private (string Key, string Word, JsonTypeInfo Type)? Kind(JsonElement value, JsonPolymorphismOptions kinds, string path)
    {
        var key = kinds.TypeDiscriminatorPropertyName;
        var words = kinds.DerivedTypes.ToDictionary(derived => (string)derived.TypeDiscriminator!, derived => derived.DerivedType);
        var expected = $"one of: {string.Join(", ", words.Keys)}";
        if (!value.TryGetProperty(key, out var given))
        {
            file.Report(JsonPath.Key(path, key), $"is missing; it must be {expected}");
            return null;
        }

        if (given.ValueKind != JsonValueKind.String || !words.TryGetValue(given.GetString()!, out var derived))
        {
            var hint = given.ValueKind == JsonValueKind.String ? NearestName.Hint(given.GetString()!, words.Keys) : "";
            file.Report(JsonPath.Key(path, key), given, $"must be {expected}{hint}");
            return null;
        }

        return (key, given.GetString()!, _options.GetTypeInfo(derived));
    }

    private JsonNode? Property(JsonElement value, JsonPropertyInfo property, string path)
    {
        var type = _options.GetTypeInfo(property.PropertyType);
        if (type.Converter is IFormConverter written)
        {
            // Half a form makes no value.
            var reported = file.Errors.Count;
            var right = Object(value, _options.GetTypeInfo(written.Form), path);
            return file.Errors.Count == reported ? right : null;
        }

        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object:
                return Object(value, type, path);
            case JsonTypeInfoKind.Dictionary:
                return Dictionary(value, property, _options.GetTypeInfo(type.ElementType!), path);
            case JsonTypeInfoKind.Enumerable:
                return List(value, property, _options.GetTypeInfo(type.ElementType!), path);
            default:
                return Leaf(value, type, property, path);
        }
    }

    private JsonObject? Dictionary(JsonElement value, JsonPropertyInfo property, JsonTypeInfo element, string path)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            file.Report(path, value, $"must be {Rules.Expected(property, _options)}");
            return null;
        }

        var right = new JsonObject();
        foreach (var entry in value.EnumerateObject())
        {
            var entryPath = JsonPath.Key(path, entry.Name);
            if (right.ContainsKey(entry.Name))
            {
                file.Report(entryPath, "this key stands here twice");
                continue;
            }

            if (Rules.WhatIsWrongWithKey(entry.Name, property) is { } wrong)
            {
                file.Report(entryPath, wrong);
            }

            Put(right, entry.Name, Object(entry.Value, element, entryPath));
        }

        CheckCount(value.EnumerateObject().Count(), property, path);
        return right;
    }

    private JsonArray? List(JsonElement value, JsonPropertyInfo property, JsonTypeInfo element, string path)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            Report(path, value, element.Type, $"must be {Rules.Expected(property, _options)}");
            return null;
        }

        var right = new JsonArray();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, item) in value.EnumerateArray().Index())
        {
            var itemPath = JsonPath.Index(path, index);
            if (Leaf(item, element, property, itemPath) is not { } leaf)
            {
                continue;
            }

            if (!seen.Add(item.GetRawText()))
            {
                file.Report(itemPath, item, "stands in this list twice");
            }
            else
            {
                right.Add(leaf);
            }
        }

        CheckCount(value.GetArrayLength(), property, path);
        return right;
    }

    private void CheckCount(int count, JsonPropertyInfo property, string path)
    {
        if (Rules.Of<MinLengthAttribute>(property) is { } rule && count < rule.Length)
        {
            file.Report(path, "must have at least one entry");
        }
    }

    private JsonNode? Leaf(JsonElement value, JsonTypeInfo type, JsonPropertyInfo property, string path)
    {
        try
        {
            var bound = value.ValueKind == JsonValueKind.Null ? null : value.Deserialize(type);
            if ((
                value.ValueKind == JsonValueKind.Null
                    ? "must be " + Rules.Expected(type, property)
                    : Rules.WhatIsWrong(bound, property)) is not { } wrong)
            {
                return JsonNode.Parse(value.GetRawText());
            }

            Report(path, value, type.Type, wrong);
        }
        catch (JsonException fault)
        {
            Report(path, value, type.Type, fault is OptionsException own ? own.Message : "must be " + Rules.Expected(type, property));
        }

        return null;
    }

    /// <summary>What a secret may be is not shown.</summary>
    private void Report(string path, JsonElement value, Type type, string message)
    {
        if (type == typeof(Channels.Secret))
        {
            file.Report(path, message);
        }
        else
        {
            file.Report(path, value, message);
        }
    }

    /// <summary>What the values of one object say of each other, by its own <see cref="IValidatableObject.Validate"/>.</summary>
    private void CheckTogether(JsonObject right, JsonTypeInfo type, List<JsonPropertyInfo> known, string path)
    {
        if (right.Deserialize(type) is not IValidatableObject bound)
        {
            return;
        }

        foreach (var result in bound.Validate(new ValidationContext(bound)))
        {
            var member = result.MemberNames.FirstOrDefault();
            var key = known.Find(property => (property.AttributeProvider as MemberInfo)?.Name == member)?.Name;
            var where = key is null ? path : JsonPath.Key(path, key);
            if (key is not null && right[key] is { } value)
            {
                file.Report(where, JsonSerializer.SerializeToElement(value), result.ErrorMessage!);
            }
            else
            {
                file.Report(where, result.ErrorMessage!);
            }
        }
    }

    private static void Put(JsonObject right, string key, JsonNode? value)
    {
        if (value is not null)
        {
            right[key] = value;
        }
    }
}
