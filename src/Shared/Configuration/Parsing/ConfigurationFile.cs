using System.Text.Json;
using System.Text.RegularExpressions;

namespace Holdfast.Configuration.Parsing;

/// <summary>A file being read, and everything found wrong so far.</summary>
internal sealed partial class ConfigurationFile(string path, Func<string, string?> settings)
{
    private const int LongestShownValue = 80;

    public string Path { get; } = path;

    /// <summary>Agents stand below it.</summary>
    public string Folder { get; } = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path)) ?? System.IO.Path.GetFullPath(path);

    /// <summary>Looks a setting up by name; null when it is not set.</summary>
    public Func<string, string?> Settings { get; } = settings;

    public List<ConfigurationError> Errors { get; private init; } = [];

    /// <summary>What is worth a word and stops no start.</summary>
    public List<ConfigurationError> Warnings { get; private init; } = [];

    private HashSet<string> Secrets { get; init; } = new(StringComparer.Ordinal);

    /// <summary>
    /// What settings have put into texts: not shown, as a setting may be a secret that this configuration does not know as one.
    /// </summary>
    private HashSet<string> FromSettings { get; init; } = [];

    /// <summary>Where the values stand, by path; empty where the path says it well enough.</summary>
    public Dictionary<string, int> Lines { get; } = new(StringComparer.Ordinal);

    /// <summary>Another file of the same configuration.</summary>
    public ConfigurationFile Other(string path) =>
        new(path, Settings) { Errors = Errors, Warnings = Warnings, Secrets = Secrets, FromSettings = FromSettings };

    /// <summary>The value of a secret of this configuration.</summary>
    public void NoteSecret(string value) => Secrets.Add(value);

    /// <summary>By its value: a setting has several names, with colons or underscores, and with what a platform puts before them.</summary>
    public bool HoldsSecret(string setting) => Settings(setting) is { } value && Secrets.Contains(value);

    /// <summary>A setting has put this into a text.</summary>
    public void NoteValue(string value) => FromSettings.Add(value);

    /// <summary>Reports something wrong with what is not there, or with what may be secret.</summary>
    public void Report(string path, string message) => Errors.Add(Fault(path, null, message));

    /// <summary>Reports a wrong value.</summary>
    public void Report(string path, JsonElement value, string message) => Errors.Add(Fault(path, Show(value), message));

    /// <summary>Reports a wrong text.</summary>
    public void Report(string path, string value, string message) =>
        Errors.Add(Fault(path, Shown(value, JsonSerializer.Serialize(value)), message));

    /// <summary>Reports a line that is no part of anything that could be read.</summary>
    public void ReportLine(int line, string message) => Errors.Add(new ConfigurationError(Path, JsonPath.Root, null, message, line));

    public void Warn(string path, string message) => Warnings.Add(Fault(path, null, message));

    private ConfigurationError Fault(string path, string? value, string message) => new(Path, path, value, message, LineOf(path));

    /// <summary>The line of the value, or of the nearest thing around it that has one.</summary>
    private int? LineOf(string path)
    {
        for (var end = path.Length; end > 0; end = Math.Max(path.LastIndexOf('.', end - 1), path.LastIndexOf('[', end - 1)))
        {
            if (Lines.TryGetValue(path[..end], out var line))
            {
                return line;
            }
        }

        return null;
    }

    private string Show(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "{…}",
        JsonValueKind.Array => "[…]",
        JsonValueKind.String => Shown(value.GetString()!, value.GetRawText()),
        _ => Shown(value.GetRawText(), value.GetRawText()),
    };

    private string Shown(string text, string written)
    {
        if (FromSettings.Any(value => value.Length > 0 && text.Contains(value, StringComparison.Ordinal)))
        {
            return "(from a setting)";
        }

        // Who stands before an address may come with a password.
        written = UserOfAddress().Replace(written, "//…@");
        return written.Length <= LongestShownValue ? written : written[..LongestShownValue] + "…";
    }

    [GeneratedRegex(@"//[^/\s""]*@")]
    private static partial Regex UserOfAddress();
}
