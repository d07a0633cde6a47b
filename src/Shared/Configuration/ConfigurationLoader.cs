using System.Globalization;
using System.Text.Json;
using Holdfast.Configuration.Agents;
using Holdfast.Configuration.Parsing;

namespace Holdfast.Configuration;

/// <summary>
/// Reads <c>holdfast.json</c>, JSON with comments and trailing commas, and the agents' files beside it, described by
/// <c>holdfast.schema.json</c> and <c>agent.schema.json</c>. An unknown or repeated key is an error, secrets are names of settings
/// (<c>"env:NAME"</c>), what is accepted can run, and all errors are reported at once.
/// </summary>
public static class ConfigurationLoader
{
    /// <summary>The setting that names the file; in the environment <c>Holdfast__Config</c>.</summary>
    public const string PathSetting = "Holdfast__Config";

    /// <summary>The file's name when no setting names another.</summary>
    public const string DefaultFileName = "holdfast.json";

    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>
    /// The file to read: what <see cref="PathSetting"/> says, relative to <paramref name="contentRoot"/>, else the default name there.
    /// </summary>
    /// <param name="settings">Looks a setting up by name; null when it is not set.</param>
    /// <param name="contentRoot">The folder of host.json.</param>
    public static string LocateFile(Func<string, string?> settings, string contentRoot)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentException.ThrowIfNullOrWhiteSpace(contentRoot);
        var named = settings(PathSetting);
        return Path.GetFullPath(string.IsNullOrWhiteSpace(named) ? DefaultFileName : named, Path.GetFullPath(contentRoot));
    }

    /// <summary>
    /// Reads and checks the file. Also reads the agents beside it, settings, and executables on the path.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="settings">Looks a setting up by name; null when it is not set.</param>
    public static ConfigurationOutcome Load(string path, Func<string, string?> settings)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(settings);
        var file = new ConfigurationFile(path, settings);
        var configuration = Read(file);
        return configuration is not null && file.Errors.Count == 0
            ? new ConfigurationOutcome.Loaded(configuration, [.. file.Warnings])
            : new ConfigurationOutcome.Invalid(
                [.. file.Errors.OrderBy(error => error.File, StringComparer.Ordinal).ThenBy(error => error.Path, StringComparer.Ordinal)]);
    }

    private static HoldfastConfiguration? Read(ConfigurationFile file)
    {
        try
        {
            var bytes = File.ReadAllBytes(file.Path);
            using var document = JsonDocument.Parse(bytes.AsMemory(bytes.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0), Lenient);
            if (!IsUnicode(document.RootElement))
            {
                file.Report(JsonPath.Root, "a text in it is no Unicode: bytes that are no UTF-8, or half of a surrogate pair");
                return null;
            }

            var bound = new OptionsReader(file).Read<HoldfastConfiguration>(WithoutAgents(document.RootElement, file), JsonPath.Root);

            // After it: what holds a secret is known by then.
            var agents = AgentFiles.Read(file);
            var configuration = ConfigurationCompleter.Complete(bound, agents, file);
            ReferenceValidator.Check(configuration, file);
            agents.ForEach(agent => AgentValidator.Check(agent, configuration));
            return configuration;
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            file.Report(JsonPath.Root, $"the file does not exist; create it or name another by the setting {PathSetting}");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            file.Report(JsonPath.Root, $"the file cannot be read: {fault.Message}");
        }
        catch (JsonException fault)
        {
            file.Report(JsonPath.Root, string.Create(
                CultureInfo.InvariantCulture,
                $"line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1} of it: this is no JSON"));
        }

        return null;
    }

    /// <summary>Whether each text of it can be read: the parser lets pass what its readers then throw over.</summary>
    private static bool IsUnicode(JsonElement value)
    {
        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.Object => value.EnumerateObject().All(entry => entry.Name is not null && IsUnicode(entry.Value)),
                JsonValueKind.Array => value.EnumerateArray().All(IsUnicode),
                JsonValueKind.String => value.GetString() is not null,
                _ => true,
            };
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Agents stood in this file once.</summary>
    private static JsonElement WithoutAgents(JsonElement root, ConfigurationFile file)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("agents", out _))
        {
            return root;
        }

        file.Report(
            "$.agents", "agents stand in files of their own, agents/NAME.agent.md beside this file: `holdfast migrate` writes them");
        var rest = root.EnumerateObject().Where(entry => entry.Name != "agents").DistinctBy(entry => entry.Name);
        return JsonSerializer.SerializeToElement(rest.ToDictionary(entry => entry.Name, entry => entry.Value));
    }
}
