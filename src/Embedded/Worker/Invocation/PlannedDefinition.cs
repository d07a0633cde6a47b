using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using Holdfast.Embedded.Hosting;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Holdfast.Embedded.Invocation;

/// <summary>A function definition read off a method.</summary>
internal sealed class PlannedDefinition(FunctionDescriptor function) : FunctionDefinition
{
    public override string PathToAssembly { get; } = function.Method.Module.FullyQualifiedName;

    public override string EntryPoint { get; } = $"{function.Method.ReflectedType!.FullName}.{function.Method.Name}";

    public override string Id { get; } = StableId(function);

    public override string Name { get; } = function.Name;

    public override IImmutableDictionary<string, BindingMetadata> InputBindings { get; } = ReadBindings(function);

    // FNV-1a: the runtime's own string hash differs from process to process.
    private static string StableId(FunctionDescriptor function)
    {
        var hash = 2166136261u;
        foreach (var letter in $"{function.Name}|{function.Method.ReflectedType!.FullName}.{function.Method.Name}")
        {
            hash = unchecked((hash ^ letter) * 16777619u);
        }

        return hash.ToString(CultureInfo.InvariantCulture);
    }

    private static ImmutableDictionary<string, BindingMetadata> ReadBindings(FunctionDescriptor function)
    {
        var bindings = ImmutableDictionary.CreateBuilder<string, BindingMetadata>();
        foreach (var parameter in function.Method.GetParameters())
        {
            if (parameter.GetCustomAttributes<BindingAttribute>().FirstOrDefault() is { } attribute)
            {
                bindings[parameter.Name!] = new InputBinding(parameter.Name!, KindOf(attribute));
            }
        }

        return bindings.ToImmutable();
    }

    // HttpTriggerAttribute is "httpTrigger" in function metadata, and so on.
    private static string KindOf(BindingAttribute attribute)
    {
        var name = attribute.GetType().Name;
        name = name.EndsWith("Attribute", StringComparison.Ordinal) ? name[..^"Attribute".Length] : name;
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    private sealed class InputBinding(string name, string type) : BindingMetadata
    {
        public override string Name { get; } = name;

        public override string Type { get; } = type;

        public override BindingDirection Direction => BindingDirection.In;
    }
}
