using System.Text.Json;

namespace Holdfast.Configuration.Parsing;

/// <summary>The file being read, and everything found wrong with it so far.</summary>
internal sealed class ConfigurationFile(string path, Func<string, string?> settings)
{
    private const int LongestShownValue = 80;

    public string Path { get; } = path;

    /// <summary>The folder that <c>file:</c> paths are relative to.</summary>
    public string Folder { get; } = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path)) ?? System.IO.Path.GetFullPath(path);

    /// <summary>Looks a setting up by name; null when it is not set.</summary>
    public Func<string, string?> Settings { get; } = settings;

    public List<ConfigurationError> Errors { get; } = [];

    /// <summary>Names of the settings that secrets of this file come from.</summary>
    public HashSet<string> SecretSettings { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Reports something wrong with what is not there, or with what may be secret.</summary>
    public void Report(string path, string message) => Errors.Add(new ConfigurationError(Path, path, null, message));

    /// <summary>Reports a wrong value.</summary>
    public void Report(string path, JsonElement value, string message) => Errors.Add(new ConfigurationError(Path, path, Show(value), message));

    /// <summary>Reports a wrong text.</summary>
    public void Report(string path, string value, string message) =>
        Errors.Add(new ConfigurationError(Path, path, Shorten(JsonSerializer.Serialize(value)), message));

    private static string Show(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "{…}",
        JsonValueKind.Array => "[…]",
        _ => Shorten(value.GetRawText()),
    };

    private static string Shorten(string text) => text.Length <= LongestShownValue ? text : text[..LongestShownValue] + "…";
}
