using System.Text.RegularExpressions;

namespace Holdfast.Conventions.Tests.Infrastructure;

/// <summary>What docs/operations.md names, read from its tables and commands.</summary>
public static partial class OperationsPage
{
    /// <summary>
    /// The names in the first column of the table whose first heading is <paramref name="heading"/>; none without such a table.
    /// </summary>
    public static IReadOnlyList<string> Column(string page, string heading) =>
    [
        .. page.ReplaceLineEndings("\n").Split('\n')
            .SkipWhile(line => !line.StartsWith($"| {heading} |", StringComparison.Ordinal)).Skip(1)
            .TakeWhile(line => line.StartsWith('|'))
            .SelectMany(line => Name().Matches(line.Split('|')[1])).Select(match => match.Groups["name"].Value),
    ];

    /// <summary>The outputs of the template that the page's commands read: <c>$(out NAME)</c>.</summary>
    public static IReadOnlyList<string> OutputsRead(
        string page) => [.. OutputRead().Matches(page).Select(match => match.Groups["name"].Value).Distinct()];

    [GeneratedRegex("`(?<name>[^`]+)`")]
    private static partial Regex Name();

    [GeneratedRegex(@"\$\(out (?<name>\w+)\)")]
    private static partial Regex OutputRead();
}
