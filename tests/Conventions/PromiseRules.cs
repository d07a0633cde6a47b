using System.Globalization;
using System.Text.RegularExpressions;

namespace Holdfast.Conventions.Tests;

/// <summary>A test class: its file's path below the root without its ending, and its tests by name.</summary>
public sealed record TestClass(string Path, IReadOnlyList<string> Tests)
{
    /// <summary>The class's name: files are named after their class.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];
}

/// <summary>
/// The rules on docs/invariants.md: what it names exists, and what has a scenario's number is named. Pure functions from the page and the
/// test classes to sentences; no sentence means no fault.
/// </summary>
public static partial class PromiseRules
{
    /// <summary>Scenarios of the core, each of which has a test of its number.</summary>
    public const int CoreScenarios = 43;

    /// <summary>Promises of the page.</summary>
    public const int Promises = 10;

    /// <summary>The classes of these files that have tests.</summary>
    public static IReadOnlyList<TestClass> TestClasses(IEnumerable<TreeFile> files) =>
    [
        .. files.Select(file => new TestClass(file.Path[..^".cs".Length], TestsIn(file)))
            .Where(found => found.Tests.Count > 0),
    ];

    /// <summary>A promise without a row, or whose row names a class or a test that is not there, or no test at all.</summary>
    public static IReadOnlyList<string> Named(string page, IReadOnlyList<TestClass> classes) =>
    [
        .. from number in Enumerable.Range(1, Promises)
           from fault in FaultsOf("I" + number.ToString(CultureInfo.InvariantCulture), page, classes)
           select fault,
    ];

    /// <summary>A core scenario that no test is named after.</summary>
    public static IReadOnlyList<string> Missing(IReadOnlyList<TestClass> classes)
    {
        var present = classes.SelectMany(found => found.Tests).Select(NumberOf).ToHashSet();
        return
        [
            .. Enumerable.Range(1, CoreScenarios)
                .Select(number => string.Create(CultureInfo.InvariantCulture, $"S{number:D2}"))
                .Where(number => !present.Contains(number)).Select(number => $"{number}: no test is named by it"),
        ];
    }

    /// <summary>A class whose scenarios are not the ones that its row says.</summary>
    /// <param name="folder">The folder that the section's rows are in.</param>
    public static IReadOnlyList<string> Listed(string page, string heading, string folder, IReadOnlyList<TestClass> classes)
    {
        var said = Rows(Section(page, heading)).Where(row => row.Count == 2 && Scenario().IsMatch(row[1]))
            .ToDictionary(row => $"{folder}/{row[0]}", row => Sorted(Scenario().Matches(row[1]).Select(match => match.Value)));
        var real = classes.Where(found => found.Path.StartsWith(folder + "/", StringComparison.Ordinal))
            .Select(found => (found.Path, Numbers: Sorted(found.Tests.Select(NumberOf).OfType<string>())))
            .Where(found => found.Numbers.Length > 0)
            .ToDictionary(found => found.Path, found => found.Numbers);
        return
        [
            .. said.Keys.Union(real.Keys).Order(StringComparer.Ordinal)
                .Where(path => said.GetValueOrDefault(path) != real.GetValueOrDefault(path))
                .Select(
                    path => $"{path}: the page says \"{said.GetValueOrDefault(path)}\", the tests are \"{real.GetValueOrDefault(path)}\""),
        ];
    }

    private static IEnumerable<string> FaultsOf(string promise, string page, IReadOnlyList<TestClass> classes)
    {
        if (Rows(page).FirstOrDefault(row => row.Count == 3 && row[0] == promise) is not { } row)
        {
            return [$"{promise}: no row"];
        }

        // ClassTests.Name…, Name…; OtherTests
        var entries = row[2].Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return entries.Length == 0 ? [$"{promise}: no test"] : entries.SelectMany(entry => FaultsOf(promise, entry.Split('.', 2), classes));
    }

    private static IEnumerable<string> FaultsOf(string promise, string[] entry, IReadOnlyList<TestClass> classes)
    {
        var found = classes.Where(known => known.Name == entry[0]).SelectMany(known => known.Tests).ToArray();
        if (found.Length == 0)
        {
            return [$"{promise}: no test class {entry[0]}"];
        }

        var names = entry.Length == 1 ? [] : entry[1].Split(',', StringSplitOptions.TrimEntries);
        return names.Where(name => !Array.Exists(found, test => Fits(test, name))).Select(name => $"{promise}: no test {entry[0]}.{name}");
    }

    private static bool Fits(string test, string name) =>
        name.EndsWith('…') ? test.StartsWith(name[..^1], StringComparison.Ordinal) : test == name;

    private static string[] TestsIn(TreeFile file) =>
        [.. TestDeclaration().Matches(SourceText.CodeOnly(file.Text)).Select(match => match.Groups["name"].Value)];

    private static string? NumberOf(
        string test) => ScenarioTest().Match(test) is { Success: true } match ? match.Groups["number"].Value : null;

    private static string Sorted(IEnumerable<string> numbers) => string.Join(", ", numbers.Distinct().Order(StringComparer.Ordinal));

    private static string Section(string page, string heading)
    {
        var start = page.IndexOf($"## {heading}\n", StringComparison.Ordinal);
        var end = start < 0 ? -1 : page.IndexOf("\n## ", start, StringComparison.Ordinal);
        return start < 0 ? "" : end < 0 ? page[start..] : page[start..end];
    }

    private static IEnumerable<IReadOnlyList<string>> Rows(string page) =>
        page.ReplaceLineEndings("\n").Split('\n').Where(line => line.StartsWith('|'))
            .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries));

    [GeneratedRegex(@"\[(?:Fact|Theory)\b.*?\bpublic\s+(?:static\s+|async\s+)*[\w<>]+\s+(?<name>\w+)\s*\(", RegexOptions.Singleline)]
    private static partial Regex TestDeclaration();

    [GeneratedRegex(@"\A(?<number>S[0-9]{2})_")]
    private static partial Regex ScenarioTest();

    [GeneratedRegex(@"\bS[0-9]{2}\b")]
    private static partial Regex Scenario();
}
