using System.Reflection;

namespace Holdfast.Conventions.Tests;

/// <summary>The list of what src/Shared uses of AWSSDK.BedrockRuntime, and its comparison with an assembly that must have it.</summary>
public static class BedrockMembers
{
    /// <summary>The package's namespaces, whichever assembly holds them in this build.</summary>
    public const string Namespace = "Amazon.BedrockRuntime";

    private const BindingFlags Public =
        BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.FlattenHierarchy;

    /// <summary>The lines of the list without its comments: <c>Type.Member</c>, or <c>Type</c> where no member is used.</summary>
    public static IReadOnlyList<string> Listed(string text) =>
        [.. text.ReplaceLineEndings("\n").Split('\n').Where(line => line.Length > 0 && line[0] != '#')];

    /// <summary>Uses as the list writes them: a type goes without saying where one of its members is used.</summary>
    public static IReadOnlyList<string> AsListed(IReadOnlyList<string> uses) =>
        [.. uses.Where(use => use.Contains('.') || !uses.Any(other => other.StartsWith(use + ".", StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal)];

    /// <summary>What is listed and is not public in the assembly.</summary>
    public static IReadOnlyList<string> Missing(IEnumerable<string> listed, Assembly assembly)
    {
        var types = assembly.GetExportedTypes()
            .Where(
                type => type.Namespace is { } space && (space == Namespace || space.StartsWith(Namespace + ".", StringComparison.Ordinal)))
            .ToDictionary(type => type.Name, StringComparer.Ordinal);
        return [.. listed.Where(line => !IsPublic(types, line.Split('.')))];
    }

    private static bool IsPublic(Dictionary<string, Type> types, string[] line) =>
        types.TryGetValue(line[0], out var type)
        && (line.Length == 1 || (line[1] == "new" ? type.GetConstructors().Length > 0 : type.GetMember(line[1], Public).Length > 0));
}
