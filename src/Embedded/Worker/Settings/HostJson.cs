using System.Text.Json;
using Holdfast.Embedded.Hosting;
using Microsoft.Extensions.Configuration;

namespace Holdfast.Embedded.Settings;

/// <summary>host.json as configuration, with the overrides of the environment (<c>AzureFunctionsJobHost__a__b</c> sets <c>a:b</c>).</summary>
internal static class HostJson
{
    public const string FileName = "host.json";
    private const string OverridePrefix = "AzureFunctionsJobHost__";

    /// <summary>Reads host.json from the content root; without one the defaults hold.</summary>
    /// <exception cref="HostStartException">Not JSON, or its <c>version</c> is missing or not 2.0.</exception>
    public static IConfiguration Read(string contentRoot)
    {
        var path = Path.Combine(contentRoot, FileName);
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        if (SettingsFile.Read(path) is { } root)
        {
            CheckVersion(path, root);
            values = SettingsFile.Flatten(root);
        }

        foreach (var (name, value) in ProcessEnvironment.All())
        {
            if (name.StartsWith(OverridePrefix, StringComparison.OrdinalIgnoreCase))
            {
                values[name[OverridePrefix.Length..].Replace("__", ":", StringComparison.Ordinal)] = value;
            }
        }

        return new ConfigurationBuilder().AddInMemoryCollection(values).Build();
    }

    private static void CheckVersion(string path, JsonElement root)
    {
        var version = root.TryGetProperty("version", out var given) ? given.ToString() : null;
        if (version != "2.0")
        {
            throw new HostStartException(version is null
                ? $"{path}: the required property 'version' is missing; it has to be \"2.0\"."
                : $"{path}: 'version' is '{version}'; it has to be \"2.0\" (the version of the file's form, not of the host).");
        }
    }
}
