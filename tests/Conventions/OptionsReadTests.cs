using Mono.Cecil;
using Mono.Cecil.Cil;
using Shouldly;
using Xunit;

namespace Holdfast.Conventions.Tests;

/// <summary>
/// A setting that nothing reads is a promise that nobody keeps: each property of each options class is read by what runs.
/// </summary>
public sealed class OptionsReadTests
{
    /// <summary>What binds and checks; a reading there is no use.</summary>
    private static readonly string[] Binding =
        ["Holdfast.Configuration.Parsing.", "Holdfast.Configuration.Agents.AgentValidator", "Holdfast.Configuration.Agents.AgentFiles"];

    /// <summary>Read by people and other tools, or while the files themselves are read.</summary>
    private static readonly string[] ForOthers =
    [
        "AgentConfiguration.Description", "AgentConfiguration.SubstitutesVariables", "AgentTrigger.Type",
        "HoldfastConfiguration.ModelDefaults",
    ];

    [Fact]
    public void Options_Always_AreReadByWhatRuns() => Unread(ForOthers).ShouldBeEmpty();

    /// <summary>The rule itself: it sees what is read while binding only.</summary>
    [Fact]
    public void Unread_WhenNothingIsExcepted_NamesWhatOnlyBindingReads() => Unread([]).ShouldBe(ForOthers, ignoreOrder: true);

    private static List<string> Unread(string[] excepted)
    {
        using var shared = AssemblyDefinition.ReadAssembly(Path.Combine(AppContext.BaseDirectory, "Holdfast.Shared.dll"));
        using var functions = AssemblyDefinition.ReadAssembly(Path.Combine(AppContext.BaseDirectory, "Holdfast.Functions.dll"));
        var read = new[] { shared, functions }.SelectMany(assembly => assembly.MainModule.GetTypes()).Where(IsWhatRuns)
            .SelectMany(type => type.Methods).Where(IsWritten).SelectMany(Getters).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. Options(shared).SelectMany(type => type.Properties)
                .Where(
                    property => property is { SetMethod: not null, GetMethod.IsStatic: false } && !read.Contains(Name(property.GetMethod)))
                .Select(property => $"{property.DeclaringType.Name}.{property.Name}").Except(excepted),
        ];
    }

    /// <summary>The classes that configuration binds: all that are reached from its two roots.</summary>
    private static List<TypeDefinition> Options(AssemblyDefinition shared)
    {
        var found = new List<TypeDefinition>();
        var left = new Queue<TypeDefinition>(new[] { "HoldfastConfiguration", "Agents.AgentConfiguration" }
            .Select(name => shared.MainModule.GetType("Holdfast.Configuration." + name)));
        while (left.TryDequeue(out var type))
        {
            if (found.Contains(type) || !type.Properties.Any(property => property.SetMethod is not null))
            {
                continue;
            }

            found.Add(type);
            var named = type.Properties.Select(property => property.PropertyType).SelectMany(Parts).Select(part => part.Resolve());
            foreach (var next in named.Concat(type.NestedTypes).Where(next => next?.Module == shared.MainModule))
            {
                left.Enqueue(next!);
            }
        }

        return found;
    }

    private static IEnumerable<TypeReference> Parts(TypeReference type) =>
        type is GenericInstanceType generic ? generic.GenericArguments.SelectMany(Parts).Append(type) : [type];

    private static bool IsWhatRuns(TypeDefinition type) => !Binding.Any(name => type.FullName.StartsWith(name, StringComparison.Ordinal));

    /// <summary>Not what the compiler gives a record, nor a check of the options by themselves.</summary>
    private static bool IsWritten(MethodDefinition method) => method.HasBody && !method.IsSetter
        && method.Name is not ("PrintMembers" or "Equals" or "GetHashCode" or "<Clone>$" or "Validate")
        && !method.DeclaringType.Name.StartsWith("<Validate>", StringComparison.Ordinal);

    private static IEnumerable<string> Getters(MethodDefinition method) =>
        method.Body.Instructions.Where(one => one.OpCode == OpCodes.Call || one.OpCode == OpCodes.Callvirt)
            .Select(one => Name((MethodReference)one.Operand));

    private static string Name(MethodReference method) => $"{method.DeclaringType.GetElementType().FullName}.{method.Name}";
}
