using System.Text.Json;
using System.Text.RegularExpressions;
using Holdfast.LocalHost.Settings;

namespace Holdfast.LocalHost.Functions;

/// <summary>
/// Reads which functions an app has from the file that its build wrote: the host can then start beside the worker, and says what it cannot
/// serve before it starts either.
/// </summary>
internal static partial class FunctionCatalog
{
    private const string FileName = "functions.metadata";

    /// <param name="appFolder">The built app.</param>
    /// <param name="setting">A setting by its name; null when it is not set.</param>
    /// <exception cref="StartUpException">No such file, a binding that this host does not know, or a setting that is not set.</exception>
    public static IReadOnlyList<FunctionDefinition> Read(string appFolder, Func<string, string?> setting)
    {
        var path = Path.Combine(appFolder, FileName);
        var root = JsonFile.Read(path, JsonValueKind.Array)
            ?? throw new StartUpException($"{path} is missing: this folder holds no built function app.");
        var functions = new List<FunctionDefinition>();
        foreach (var function in root.EnumerateArray())
        {
            var name = JsonFile.Find(function, "name")?.GetString() ?? throw new StartUpException($"{path}: a function has no name.");
            if (setting($"AzureWebJobs.{name}.Disabled") is not ("1" or "true" or "True"))
            {
                functions.Add(Define(name, function, setting));
            }
        }

        return functions;
    }

    private static FunctionDefinition Define(string name, JsonElement function, Func<string, string?> setting)
    {
        var bindings = new List<FunctionBinding>();
        foreach (var binding in JsonFile.Find(function, "bindings") is { ValueKind: JsonValueKind.Array } all
            ? all.EnumerateArray()
            : default)
        {
            var type = JsonFile.Find(binding, "type")?.GetString() ?? "";
            if (type.Equals("http", StringComparison.OrdinalIgnoreCase))
            {
                // The answer of an HTTP function: it goes over the worker's own HTTP address.
                continue;
            }

            if (!Enum.TryParse<BindingKind>(type, ignoreCase: true, out var kind) || int.TryParse(type, out _))
            {
                throw new StartUpException(
                    $"Function {name}: this host does not know the binding type '{type}'. It knows "
                        + $"{string.Join(", ", Enum.GetNames<BindingKind>())}.");
            }

            bindings.Add(new FunctionBinding(JsonFile.Find(binding, "name")?.GetString() ?? "", kind, Resolve(name, binding, setting)));
        }

        return bindings.FindAll(binding => binding.Kind != BindingKind.DurableClient) is [var trigger]
            ? new FunctionDefinition(name, trigger, [.. bindings.Where(binding => binding != trigger)])
            : throw new StartUpException($"Function {name}: a function has exactly one trigger.");
    }

    /// <summary>The binding with its <c>%setting%</c> texts replaced.</summary>
    private static JsonElement Resolve(string function, JsonElement binding, Func<string, string?> setting)
    {
        var resolved = new Dictionary<string, object?>();
        foreach (var property in binding.EnumerateObject())
        {
            resolved[property.Name] = property.Value.ValueKind != JsonValueKind.String
                ? property.Value
                : Placeholder().Replace(property.Value.GetString()!, match => setting(match.Groups[1].Value)
                    ?? throw new StartUpException(
                        $"Function {function}: the setting {match.Groups[1].Value} is not set; '{property.Name}' of its trigger names "
                            + $"it."));
        }

        return JsonSerializer.SerializeToElement(resolved);
    }

    [GeneratedRegex("%([^%]+)%")]
    private static partial Regex Placeholder();
}
