using System.Text.Json;
using System.Text.RegularExpressions;

namespace Holdfast.Conventions.Tests;

/// <summary>Where a setting is set, as the table in docs/operations.md says.</summary>
public enum SettingPlace
{
    /// <summary>In the cloud and on a developer's machine.</summary>
    Both = 1,

    /// <summary>Only in local.settings.json.</summary>
    Local = 2,

    /// <summary>Only by the Bicep files.</summary>
    Cloud = 3,
}

/// <summary>The Bicep files, the local sample and the table in the docs name the same settings.</summary>
public static partial class SettingsRules
{
    /// <summary>The names in the sample's Values.</summary>
    public static IReadOnlyList<string> InSample(string json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.GetProperty("Values").EnumerateObject().Select(value => value.Name)];
    }

    /// <summary>The rows of the table: <c>| `NAME` | both | …</c>.</summary>
    public static IReadOnlyDictionary<string, SettingPlace> InDocs(string markdown) =>
        Row().Matches(markdown).ToDictionary(
            row => row.Groups["name"].Value,
            row => Enum.Parse<SettingPlace>(row.Groups["place"].Value, ignoreCase: true),
            StringComparer.Ordinal);

    /// <summary>Each setting that stands somewhere it should not, or is missing where it should stand.</summary>
    public static IReadOnlyList<string> Differences(
        IReadOnlyCollection<string> bicep, IReadOnlyCollection<string> sample, IReadOnlyDictionary<string, SettingPlace> docs) =>
    [
        .. docs.Where(row => row.Value != SettingPlace.Local && !bicep.Contains(row.Key)).Select(row => $"{row.Key}: not in Bicep"),
        .. docs.Where(row => row.Value != SettingPlace.Cloud && !sample.Contains(row.Key)).Select(row => $"{row.Key}: not in the sample"),
        .. bicep.Where(name => !docs.TryGetValue(name, out var place) || place == SettingPlace.Local).Select(name => $"{name}: in Bicep, not in the docs' list for it"),
        .. sample.Where(name => !docs.TryGetValue(name, out var place) || place == SettingPlace.Cloud).Select(name => $"{name}: in the sample, not in the docs' list for it"),
    ];

    [GeneratedRegex(@"^\|\s*`(?<name>\w+)`\s*\|\s*(?<place>both|local|cloud)\s*\|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
