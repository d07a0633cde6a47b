using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace Holdfast.Conventions.Tests;

/// <summary>docs/configuration.md has a row for each key of the schemas, and none for another.</summary>
public sealed class ConfigurationPageTests
{
    private static readonly string Page = RepositoryTree.FileAt("docs/configuration.md").Text;

    [Fact]
    public void Page_Always_HasARowForEachKeyAndNoOther()
    {
        var keys = Keys("src/Functions/holdfast.schema.json").Concat(Keys("src/Functions/agent.schema.json")).Distinct().ToList();
        var rows = Page.Split('\n')
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('`')[1])
            .ToList();

        keys.Where(key => !rows.Contains(key)).ShouldBeEmpty();
        rows.Where(row => !keys.Contains(row) && !keys.Any(key => key.StartsWith(row + ".", StringComparison.Ordinal))).ShouldBeEmpty();
        rows.ShouldBeUnique();
        keys.Count.ShouldBeGreaterThan(90);
    }

    /// <summary>Paths of the keys that hold a value; NAME stands for one that people choose.</summary>
    private static HashSet<string> Keys(string file)
    {
        var schema = JsonNode.Parse(RepositoryTree.FileAt(file).Text)!;
        var found = new HashSet<string>(StringComparer.Ordinal);
        Walk(schema, schema, "", found);
        found.Remove("$schema");
        return found;
    }

    private static void Walk(JsonNode schema, JsonNode rule, string path, HashSet<string> found)
    {
        if ((string?)rule["$ref"] is { } reference)
        {
            Walk(schema, schema["$defs"]![reference["#/$defs/".Length..]]!, path, found);
            return;
        }

        var before = found.Count;
        foreach (var (key, value) in rule["properties"]?.AsObject() ?? [])
        {
            Walk(schema, value!, path.Length == 0 ? key : $"{path}.{key}", found);
        }

        foreach (var form in rule["oneOf"]?.AsArray() ?? [])
        {
            Walk(schema, form!, path, found);
        }

        if (rule["additionalProperties"] is JsonObject each)
        {
            Walk(schema, each, path + ".NAME", found);
        }

        if (found.Count == before && rule["required"] is null)
        {
            found.Add(path);
        }
    }
}
