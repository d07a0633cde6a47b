using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Holdfast.Embedded.Settings;

/// <summary>The application's configuration, in the order of the public worker (user secrets excepted). Files are read once.</summary>
internal static class AppConfiguration
{
    /// <summary>Core Tools start a worker as Development unless told otherwise.</summary>
    public static string EnvironmentName(IConfiguration commandLine)
        => commandLine["environment"]
            ?? ProcessEnvironment.Read("AZURE_FUNCTIONS_ENVIRONMENT")
            ?? ProcessEnvironment.Read("DOTNET_ENVIRONMENT")
            ?? Environments.Development;

    public static void AddTo(IConfigurationManager configuration, IHostEnvironment environment, string[] args)
    {
        AddFile(configuration, environment, "appsettings.json");
        AddFile(configuration, environment, $"appsettings.{environment.EnvironmentName}.json");
        configuration.AddEnvironmentVariables("DOTNET_");
        configuration.AddEnvironmentVariables("AZURE_FUNCTIONS_");
        configuration.AddEnvironmentVariables();
        configuration.AddCommandLine(args);
    }

    private static void AddFile(IConfigurationManager configuration, IHostEnvironment environment, string name)
    {
        if (SettingsFile.Read(Path.Combine(environment.ContentRootPath, name)) is { } root)
        {
            configuration.AddInMemoryCollection(SettingsFile.Flatten(root));
        }
    }
}
