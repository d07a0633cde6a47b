using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Holdfast.Embedded.Invocation;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.Embedded.Http;

/// <summary>
/// Binds a route value to a simple parameter as the public worker converts it: numbers and booleans by the rules of JSON. A
/// value that is missing gives the parameter's default or null; one that cannot be converted fails the invocation (500).
/// </summary>
internal static class RouteValue
{
    private static readonly HashSet<Type> _jsonTypes =
        [typeof(bool), typeof(byte), typeof(short), typeof(int), typeof(long), typeof(float), typeof(double), typeof(decimal)];

    public static bool Supports(Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain == typeof(string) || plain == typeof(Guid) || plain == typeof(DateTime) || plain == typeof(DateTimeOffset)
            || _jsonTypes.Contains(plain);
    }

    public static ParameterSource Source(ParameterInfo parameter)
    {
        var name = parameter.Name!;
        var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        var nullable = type != parameter.ParameterType || !type.IsValueType;
        var fallback = parameter.HasDefaultValue ? parameter.DefaultValue : null;
        return invocation =>
        {
            var text = ((HttpContext)invocation.Trigger!).GetRouteValue(name)?.ToString();
            if (text is not null)
            {
                return Convert(text, type) ?? throw new FormatException($"The route value '{name}' is not a {type.Name}.");
            }

            return nullable || parameter.HasDefaultValue
                ? fallback
                : throw new FormatException($"The route value '{name}' is missing and its parameter has no default.");
        };
    }

    private static object? Convert(string text, Type type)
    {
        if (type == typeof(string))
        {
            return text;
        }

        if (type == typeof(Guid))
        {
            return Guid.TryParse(text, out var guid) ? guid : null;
        }

        if (type == typeof(DateTime))
        {
            return DateTime.TryParse(text, CultureInfo.InvariantCulture, out var time) ? time : null;
        }

        if (type == typeof(DateTimeOffset))
        {
            return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var moment) ? moment : null;
        }

        try
        {
            return JsonSerializer.Deserialize(text, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
