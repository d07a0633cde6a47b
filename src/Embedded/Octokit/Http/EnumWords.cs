using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Octokit.Internal;

/// <summary>The word that stands for an enum value on the wire.</summary>
[AttributeUsage(AttributeTargets.Field)]
public sealed class ParameterAttribute : Attribute
{
    public string? Value { get; set; }
}

/// <summary>Translates enum values to their wire words and back.</summary>
internal static class EnumWords
{
    [SuppressMessage("Globalization", "CA1308:Normalize strings to uppercase", Justification = "The API's words are lower case.")]
    public static string Write<TEnum>(TEnum value)
        where TEnum : struct
    {
        var name = value.ToString()!;
        return typeof(TEnum).GetField(name)?.GetCustomAttribute<ParameterAttribute>()?.Value ?? name.ToLowerInvariant();
    }

    /// <summary>Reads a word without regard to case; a value's own name is understood too.</summary>
    public static bool TryParse<TEnum>(string? word, out TEnum value)
        where TEnum : struct
    {
        foreach (var field in typeof(TEnum).GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            var wire = field.GetCustomAttribute<ParameterAttribute>()?.Value;
            if (string.Equals(word, wire, StringComparison.OrdinalIgnoreCase) || string.Equals(word, field.Name, StringComparison.OrdinalIgnoreCase))
            {
                value = (TEnum)field.GetValue(null)!;
                return true;
            }
        }

        value = default;
        return false;
    }
}
