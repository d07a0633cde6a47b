using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Holdfast.Channels;

namespace Holdfast.Configuration.Parsing;

/// <summary>What the attributes of an options class demand, and how a message says it.</summary>
internal static class Rules
{
    /// <summary>Keys of agents, models, hooks and jobs: they become parts of session keys, addresses and blob names.</summary>
    public static readonly KeyPatternAttribute Name = new(
        @"\A[a-z0-9][a-z0-9._-]{0,63}\z",
        "a name has 1 to 64 lower-case letters, digits, dots, dashes or underscores, and starts with a letter or digit");

    public static T? Of<T>(JsonPropertyInfo property)
        where T : Attribute => property.AttributeProvider?.GetCustomAttributes(typeof(T), inherit: true).OfType<T>().FirstOrDefault();

    /// <summary>Required is what the class cannot be made without in code either.</summary>
    public static bool IsRequired(JsonPropertyInfo property) => Of<RequiredMemberAttribute>(property) is not null;

    public static string? WhatIsWrongWithKey(string key, JsonPropertyInfo property)
    {
        var rule = Of<KeyPatternAttribute>(property) ?? Name;
        return Regex.IsMatch(key, rule.Pattern, RegexOptions.CultureInvariant) ? null : rule.Meaning;
    }

    /// <summary>What is wrong with a value of the right kind; null when nothing is.</summary>
    public static string? WhatIsWrong(object? bound, JsonPropertyInfo property)
    {
        if (bound is string text && string.IsNullOrWhiteSpace(text))
        {
            return "must not be blank";
        }

        if (Of<RegularExpressionAttribute>(property) is { } pattern && !pattern.IsValid(bound))
        {
            return pattern.ErrorMessage;
        }

        return Of<RangeAttribute>(property) is { } range && !range.IsValid(bound)
            ? $"must be {Expected(bound!.GetType(), property)}"
            : null;
    }

    /// <summary>What is expected, as a message names it: <c>a text</c>.</summary>
    public static string Expected(JsonPropertyInfo property, JsonSerializerOptions options)
    {
        var type = options.GetTypeInfo(property.PropertyType);
        return type.Kind switch
        {
            JsonTypeInfoKind.Object => "an object",
            JsonTypeInfoKind.Dictionary => "an object with a key for each",
            JsonTypeInfoKind.Enumerable when type.ElementType == typeof(Secret) =>
                "a list of names of settings, such as [\"env:SLACK_SIGNING_SECRET\"]",
            JsonTypeInfoKind.Enumerable => "a list of texts",
            _ => Expected(type.Type, property),
        };
    }

    public static string Expected(JsonTypeInfo type, JsonPropertyInfo property) => Expected(type.Type, property);

    private static string Expected(Type type, JsonPropertyInfo property)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        var range = Of<RangeAttribute>(property);
        return type switch
        {
            _ when type == typeof(TimeSpan) => $"a duration such as \"300s\", \"5m\" or \"1.5h\",{Span(range, Duration)}",
            _ when type == typeof(int) || type == typeof(long) => "a whole number" + Span(range, Number),
            _ when type == typeof(double) => "a number" + Span(range, Number),
            _ when type == typeof(bool) => "true or false",
            _ when type == typeof(DateTimeOffset) => InstantConverter.Expected,
            _ when type == typeof(Uri) => "a text",
            _ when type.IsEnum => $"one of: {string.Join(", ", Words(type))}",
            _ when type == typeof(Secret) => SecretConverter.Expected,
            _ when type == typeof(string) || type == typeof(Regex) || type == typeof(Channels.Hooks.Template) => "a text",
            _ => "an object",
        };
    }

    /// <summary>How the file writes the members of an enum.</summary>
    public static IEnumerable<string> Words(Type type) => Enum.GetNames(type).Select(name => name.ToLowerInvariant());

    private static string Span(RangeAttribute? range, Func<object, string> write) =>
        range is null ? "" : $" from {write(range.Minimum)} to {write(range.Maximum)}";

    private static string Duration(object bound) =>
        DurationText.Write(bound as TimeSpan? ?? TimeSpan.Parse((string)bound, CultureInfo.InvariantCulture));

    private static string Number(object bound) => Convert.ToString(bound, CultureInfo.InvariantCulture)!;
}
