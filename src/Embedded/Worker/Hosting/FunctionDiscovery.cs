using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.Extensions.Configuration;

namespace Holdfast.Embedded.Hosting;

/// <summary>
/// Finds the methods with <see cref="FunctionAttribute"/>. What the real host would leave out or fail on later
/// is refused here, with the method's name.
/// </summary>
internal static class FunctionDiscovery
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <exception cref="HostStartException">A method cannot be a function, or two have one name.</exception>
    public static IReadOnlyList<FunctionDescriptor> Find(IReadOnlyList<Type> types)
    {
        var found = new Dictionary<string, FunctionDescriptor>(StringComparer.OrdinalIgnoreCase);
        foreach (var type in types)
        {
            // Closures and state machines carry no functions and are the greater part of an assembly's types.
            if (type.IsClass && !type.Name.StartsWith('<'))
            {
                Search(type, found);
            }
        }

        return [.. found.Values];
    }

    /// <summary>
    /// Leaves out what settings switch off: <c>AzureWebJobs.{name}.Disabled</c>, and everything that a <c>functions</c> list in
    /// host.json does not name.
    /// </summary>
    public static bool IsEnabled(FunctionDescriptor function, IConfiguration configuration, IConfiguration hostJson)
    {
        var disabled = configuration[$"AzureWebJobs.{function.Name}.Disabled"] ?? configuration[$"AzureWebJobs_{function.Name}_Disabled"];
        if (disabled is "1" || string.Equals(disabled, "true", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var only = hostJson.GetSection("functions").GetChildren().Select(child => child.Value).ToArray();
        return only.Length == 0 || only.Contains(function.Name, StringComparer.OrdinalIgnoreCase);
    }

    private static void Search(Type type, Dictionary<string, FunctionDescriptor> found)
    {
        foreach (var method in type.GetMethods(Declared))
        {
            if (!method.IsDefined(typeof(FunctionAttribute), inherit: false))
            {
                continue;
            }

            var function = Describe(type, method);
            if (!found.TryAdd(function.Name, function))
            {
                throw Refuse(method, $"the name '{function.Name}' is already that of {MethodNames.Of(found[function.Name].Method)}");
            }
        }
    }

    private static FunctionDescriptor Describe(Type type, MethodInfo method)
    {
        var name = method.GetCustomAttribute<FunctionAttribute>(inherit: false)!.Name;
        if (!IsValidName(name))
        {
            throw Refuse(method, $"'{name}' is not a function name (a letter, then letters, digits, '-' or '_', 128 at most, not 'host')");
        }

        if (Problem(type, method) is { } problem)
        {
            throw Refuse(method, problem);
        }

        var triggers = method.GetParameters().Where(IsTrigger).ToArray();
        return triggers.Length switch
        {
            1 => new FunctionDescriptor(name, method, triggers[0]),
            0 => throw Refuse(method, "no parameter has a trigger attribute"),
            _ => throw Refuse(method, "more than one parameter has a trigger attribute"),
        };
    }

    private static string? Problem(Type type, MethodInfo method)
    {
        if (!type.IsVisible || !method.IsPublic)
        {
            return "class and method have to be public";
        }

        if (type.ContainsGenericParameters || method.ContainsGenericParameters)
        {
            return "class and method must not be generic";
        }

        if (type.IsAbstract && !method.IsStatic)
        {
            return "the class is abstract";
        }

        return method.ReturnType == typeof(void) && method.IsDefined(typeof(AsyncStateMachineAttribute))
            ? "an async method has to return Task, nobody could wait for it otherwise"
            : null;
    }

    private static bool IsTrigger(ParameterInfo parameter) => parameter.IsDefined(typeof(TriggerBindingAttribute), inherit: true);

    private static HostStartException Refuse(MethodInfo method, string reason) => new($"{MethodNames.Of(method)} cannot be a function: {reason}.");

    private static bool IsValidName(string name)
        => name.Length is > 0 and <= 128
            && char.IsAsciiLetter(name[0])
            && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_')
            && !string.Equals(name, "host", StringComparison.OrdinalIgnoreCase);
}
