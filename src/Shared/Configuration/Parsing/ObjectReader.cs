using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Holdfast.Configuration.Parsing;

/// <summary>
/// Reads one JSON object key by key, each asked for once, and reports what is missing, of the wrong kind or out of range; then
/// <see cref="Close"/> reports the keys that nobody asked for. Never throws over what the file says: a wrong value is reported and
/// its stand-in returned, so that one reading finds all errors.
/// </summary>
internal sealed class ObjectReader
{
    private readonly Dictionary<string, JsonElement> _values = new(StringComparer.Ordinal);
    private readonly List<string> _known = [];
    private readonly bool _isObject = true;

    /// <param name="file">The file, which collects the errors.</param>
    /// <param name="path">Where the object stands in it.</param>
    /// <param name="element">Null reads as an object without keys.</param>
    public ObjectReader(ConfigurationFile file, string path, JsonElement? element)
    {
        File = file;
        Path = path;
        if (element is { ValueKind: not JsonValueKind.Object } other)
        {
            _isObject = false;
            file.Report(path, other, "must be an object");
        }
        else if (element is { } value)
        {
            foreach (var property in value.EnumerateObject().Where(property => !_values.TryAdd(property.Name, property.Value)))
            {
                file.Report(KeyPath(property.Name), "this key stands here twice");
            }
        }
    }

    public ConfigurationFile File { get; }

    public string Path { get; }

    public string KeyPath(string key) => JsonPath.Key(Path, key);

    public bool Has(string key) => _values.ContainsKey(key);

    /// <summary>
    /// Reports every key that was not asked for. Its value is not shown: a secret under a mistyped key is still a secret.
    /// </summary>
    public void Close()
    {
        foreach (var key in _values.Keys.Where(key => !_known.Contains(key, StringComparer.Ordinal)))
        {
            File.Report(KeyPath(key), $"there is no such key{NearestName.Hint(key, _known)}; known here: {string.Join(", ", _known)}");
        }
    }

    /// <summary>Lets a key be there without reading it.</summary>
    public void Ignore(string key) => _known.Add(key);

    /// <summary>The value under a key if it is there and of this kind.</summary>
    /// <param name="expected">What is expected, as the message names it: <c>a text</c>.</param>
    /// <param name="isSecret">A wrong value is not shown.</param>
    public JsonElement? Take(string key, JsonValueKind kind, string expected, bool isRequired, bool isSecret = false)
    {
        _known.Add(key);
        if (!_values.TryGetValue(key, out var value))
        {
            if (isRequired && _isObject)
            {
                File.Report(KeyPath(key), $"is missing; it must be {expected}");
            }

            return null;
        }

        var isOfKind = value.ValueKind == kind || (kind == JsonValueKind.True && value.ValueKind == JsonValueKind.False);
        if (!isOfKind && isSecret)
        {
            File.Report(KeyPath(key), $"must be {expected}");
        }
        else if (!isOfKind)
        {
            File.Report(KeyPath(key), value, $"must be {expected}");
        }

        return isOfKind ? value : null;
    }

    /// <summary>A text that is not blank; an empty one stands in.</summary>
    public string Text(string key) => Text(key, isRequired: true) ?? string.Empty;

    /// <summary>A text that is not blank, or null when the key is not there.</summary>
    public string? OptionalText(string key) => Text(key, isRequired: false);

    public bool Flag(string key, bool fallback) => Take(key, JsonValueKind.True, "true or false", isRequired: false)?.GetBoolean() ?? fallback;

    public int WholeNumber(string key, int fallback, int min, int max) => (int)(OptionalWholeNumber(key, min, max) ?? fallback);

    public long? OptionalWholeNumber(string key, long min, long max, bool isRequired = false)
    {
        var expected = string.Create(CultureInfo.InvariantCulture, $"a whole number from {min} to {max}");
        if (Take(key, JsonValueKind.Number, expected, isRequired) is not { } value)
        {
            return null;
        }

        if (value.TryGetInt64(out var number) && number >= min && number <= max)
        {
            return number;
        }

        File.Report(KeyPath(key), value, $"must be {expected}");
        return null;
    }

    public double? OptionalNumber(string key, double min, double max)
    {
        var expected = string.Create(CultureInfo.InvariantCulture, $"a number from {min} to {max}");
        if (Take(key, JsonValueKind.Number, expected, isRequired: false) is not { } value)
        {
            return null;
        }

        if (value.TryGetDouble(out var number) && number >= min && number <= max)
        {
            return number;
        }

        File.Report(KeyPath(key), value, $"must be {expected}");
        return null;
    }

    public TimeSpan Duration(string key, TimeSpan fallback, TimeSpan min, TimeSpan max)
    {
        var expected = $"a duration such as \"300s\", \"5m\" or \"1.5h\", from {DurationText.Write(min)} to {DurationText.Write(max)}";
        if (Take(key, JsonValueKind.String, expected, isRequired: false) is not { } value)
        {
            return fallback;
        }

        if (DurationText.Parse(value.GetString()!) is { } duration && duration >= min && duration <= max)
        {
            return duration;
        }

        File.Report(KeyPath(key), value, $"must be {expected}");
        return fallback;
    }

    /// <summary>One of a few words.</summary>
    public T Choice<T>(string key, T? fallback, params ReadOnlySpan<(string Word, T Meaning)> choices)
        where T : struct
    {
        var words = choices.ToArray().Select(choice => choice.Word).ToList();
        if (Take(key, JsonValueKind.String, $"one of: {string.Join(", ", words)}", isRequired: fallback is null) is { } value)
        {
            var given = value.GetString()!;
            foreach (var (word, meaning) in choices)
            {
                if (word == given)
                {
                    return meaning;
                }
            }

            File.Report(KeyPath(key), value, $"must be one of: {string.Join(", ", words)}{NearestName.Hint(given, words)}");
        }

        return fallback ?? choices[0].Meaning;
    }

    /// <summary>A list of texts, none blank and none twice.</summary>
    public ImmutableArray<string> Texts(string key, ImmutableArray<string> fallback)
    {
        if (Take(key, JsonValueKind.Array, "a list of texts", isRequired: false) is not { } list)
        {
            return fallback;
        }

        var texts = ImmutableArray.CreateBuilder<string>();
        foreach (var (index, item) in list.EnumerateArray().Index())
        {
            if (item.ValueKind != JsonValueKind.String || string.IsNullOrWhiteSpace(item.GetString()))
            {
                File.Report(JsonPath.Index(KeyPath(key), index), item, "must be a text that is not blank");
            }
            else if (texts.Contains(item.GetString()!))
            {
                File.Report(JsonPath.Index(KeyPath(key), index), item, "stands in this list twice");
            }
            else
            {
                texts.Add(item.GetString()!);
            }
        }

        return texts.ToImmutable();
    }

    /// <summary>The object under a key; one without keys when it is not there. The caller closes it.</summary>
    public ObjectReader Section(string key)
    {
        _known.Add(key);
        return new ObjectReader(File, KeyPath(key), _values.TryGetValue(key, out var value) ? value : null);
    }

    /// <summary>The objects under a key, by name; see <see cref="Names"/>. Each is closed after <paramref name="read"/>.</summary>
    public FrozenDictionary<string, T> Map<T>(string key, bool isRequired, Func<string, ObjectReader, T> read, Func<string, string?>? wrongName = null)
    {
        if (Take(key, JsonValueKind.Object, "an object with a key for each", isRequired) is not { } element)
        {
            return FrozenDictionary<string, T>.Empty;
        }

        var map = new ObjectReader(File, KeyPath(key), element);
        var result = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var (name, value) in map._values)
        {
            if ((wrongName ?? Names.WhatIsWrong)(name) is { } wrong)
            {
                File.Report(map.KeyPath(name), wrong);
            }

            var item = new ObjectReader(File, map.KeyPath(name), value);
            result.Add(name, read(name, item));
            item.Close();
        }

        if (isRequired && result.Count == 0)
        {
            File.Report(KeyPath(key), "must have at least one entry");
        }

        return result.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private string? Text(string key, bool isRequired)
    {
        if (Take(key, JsonValueKind.String, "a text", isRequired) is not { } value)
        {
            return null;
        }

        if (!string.IsNullOrWhiteSpace(value.GetString()))
        {
            return value.GetString();
        }

        File.Report(KeyPath(key), value, "must not be blank");
        return null;
    }
}
