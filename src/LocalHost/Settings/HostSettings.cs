namespace Holdfast.LocalHost.Settings;

/// <summary>host.json below <c>AzureFunctionsJobHost</c>, with the environment over it, as the extensions read it.</summary>
internal static class HostSettings
{
    private const string FileName = "host.json";
    private const string Section = "AzureFunctionsJobHost";
    private const string DefaultPrefix = "api";

    /// <param name="scriptRoot">The folder of host.json; without the file, defaults hold.</param>
    /// <exception cref="StartUpException">It is not JSON, or its <c>version</c> is missing or not 2.0.</exception>
    public static IConfiguration Read(string scriptRoot)
    {
        var path = Path.Combine(scriptRoot, FileName);
        var values = new List<KeyValuePair<string, string?>> { new("AzureWebJobsConfigurationSection", Section) };
        if (JsonFile.Read(path) is { } root)
        {
            var version = JsonFile.Find(root, "version")?.ToString();
            if (version != "2.0")
            {
                throw new StartUpException(version is null
                    ? $"{path}: the required property 'version' is missing; it has to be \"2.0\"."
                    : $"{path}: 'version' is \"{version}\"; it has to be \"2.0\" (the version of the file's form).");
            }

            values.AddRange(JsonFile.Flatten(root, Section));
        }

        return new ConfigurationBuilder().AddInMemoryCollection(values).AddEnvironmentVariables().Build();
    }

    public static IConfigurationSection Logging(IConfiguration settings) => settings.GetSection($"{Section}:logging");

    /// <summary>The route prefix of this host, which is the worker's as well.</summary>
    /// <exception cref="StartUpException">They differ: the worker knows no more than the host.json in its own folder.</exception>
    public static string RoutePrefix(IConfiguration settings, string appFolder)
    {
        var here = (settings[$"{Section}:extensions:http:routePrefix"] ?? DefaultPrefix).Trim('/');
        var path = Path.Combine(appFolder, FileName);
        var there = (JsonFile.Read(path) is { } root ? JsonFile.Flatten(root, "") : [])
            .FirstOrDefault(value => value.Key.Equals(":extensions:http:routePrefix", StringComparison.OrdinalIgnoreCase)).Value
                ?? DefaultPrefix;
        return here == there.Trim('/')
            ? here
            : throw new StartUpException(
                $"extensions.http.routePrefix is '{here}' for this host and '{there}' for the app, by {path}: they have to agree.");
    }
}
