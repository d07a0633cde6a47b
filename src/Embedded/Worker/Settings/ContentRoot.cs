using Microsoft.Extensions.Configuration;

namespace Holdfast.Embedded.Settings;

/// <summary>The folder that holds host.json and local.settings.json.</summary>
internal static class ContentRoot
{
    private const string Setting = "AzureWebJobsScriptRoot";

    /// <summary>The setting's folder, else the current one if host.json lies there, else the app's own.</summary>
    public static string Find(IConfiguration commandLine, string currentDirectory, string baseDirectory)
    {
        if ((commandLine[Setting] ?? ProcessEnvironment.Read(Setting)) is { Length: > 0 } named)
        {
            return Path.GetFullPath(named, currentDirectory);
        }

        return File.Exists(Path.Combine(currentDirectory, HostJson.FileName)) ? currentDirectory : baseDirectory;
    }
}
