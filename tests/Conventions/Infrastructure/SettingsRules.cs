using System.Text.Json;
using System.Text.RegularExpressions;

namespace Holdfast.Conventions.Tests.Infrastructure;

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

/// <summary>The Bicep files, the local sample, the table in the docs and the app itself know the same settings.</summary>
public static partial class SettingsRules
{
    // Beginnings of names that the host and the SDKs read.
    private static readonly string[] NotOurs =
        ["AzureWebJobsStorage", "AzureFunctionsJobHost__", "FUNCTIONS_WORKER_RUNTIME", "APPLICATIONINSIGHTS_", "AZURE_CLIENT_ID", "AWS_"];

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
        .. bicep.Where(name => !docs.TryGetValue(name, out var place) || place == SettingPlace.Local)
            .Select(name => $"{name}: in Bicep, not in the docs' list for it"),
        .. sample.Where(name => !docs.TryGetValue(name, out var place) || place == SettingPlace.Cloud)
            .Select(name => $"{name}: in the sample, not in the docs' list for it"),
    ];

    /// <summary>
    /// A setting that nobody reads. Readers are: the host and the SDKs; a trigger (<c>%NAME%</c>); the sample configuration
    /// (<c>env:NAME</c>); code that names it; and for <c>Section__Property</c> an options class of the app.
    /// </summary>
    /// <param name="app">The app's sources and its sample configuration.</param>
    public static IReadOnlyList<string> Unread(IEnumerable<string> names, IReadOnlyCollection<TreeFile> app) =>
    [
        .. names.Where(name => !NotOurs.Any(start => name.StartsWith(start, StringComparison.Ordinal))
            && !app.Any(file => file.Text.Contains($"\"{name}\"", StringComparison.Ordinal)
                || file.Text.Contains($"%{name}%", StringComparison.Ordinal)
                || file.Text.Contains($"\"env:{name}\"", StringComparison.Ordinal))
            && !IsOption(name, app)),
    ];

    /// <summary>A setting that a trigger names and that nobody sets: the host does not start without it.</summary>
    public static IReadOnlyList<string> Unset(IReadOnlyCollection<string> names, IEnumerable<TreeFile> app) =>
    [
        .. app.SelectMany(file => TriggerSetting().Matches(file.Text)).Select(match => match.Groups["name"].Value).Distinct()
            .Where(name => !names.Contains(name)),
    ];

    private static bool IsOption(string name, IReadOnlyCollection<TreeFile> app)
    {
        var parts = name.Split("__");
        var section = string.Join(':', parts[..^1]);
        return parts.Length > 1
            && app.Any(file => file.Text.Contains($"GetSection(\"{section}\")", StringComparison.Ordinal))
            && app.Any(
                file => file.Name.EndsWith("Options.cs", StringComparison.Ordinal)
                    && Regex.IsMatch(file.Text, $@"public \S+ {parts[^1]} \{{ get; set; \}}"));
    }

    [GeneratedRegex(@"^\|\s*`(?<name>\w+)`\s*\|\s*(?<place>both|local|cloud)\s*\|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("""Trigger\("%(?<name>\w+)%""")]
    private static partial Regex TriggerSetting();
}
