using Holdfast.Tests.Support;

namespace Holdfast.Harness;

/// <summary>
/// How the app is started: the host for one machine, around the published app. Of the configuration that the caller was built in.
/// </summary>
public static class HostCommand
{
    /// <summary>What begins the line that says where the host listens.</summary>
    public const string ListeningPrefix = "Listening on ";

    /// <param name="port">0 for a free one.</param>
    /// <param name="keys">The folder of the keys.</param>
    public static ChildProcess Start(int port, string keys, string folder, IReadOnlyDictionary<string, string?> environment)
    {
        string[] arguments = [BuiltFile(
            "src/LocalHost", "Holdfast.LocalHost.dll"), "--app", AppFolder, "--port", $"{port}", "--keys", keys];
        return ChildProcess.Start("dotnet", arguments, folder, environment);
    }

    /// <summary>The key that opens everything; there once the host listens.</summary>
    public static string MasterKey(string keys) => File.ReadAllText(Path.Combine(keys, "master")).Trim();

    /// <summary>The address in the line that says it.</summary>
    public static Uri AddressIn(string line) =>
        new(line[(line.IndexOf(ListeningPrefix, StringComparison.Ordinal) + ListeningPrefix.Length)..].Trim().TrimEnd('/') + "/");

    /// <summary>The published app.</summary>
    public static string AppFolder => Path.GetDirectoryName(BuiltFile("src/Functions", "publish/Holdfast.Functions.dll"))!;

    private static string BuiltFile(string project, string file)
    {
        var configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
        return RepositoryRoot.PathOf($"{project}/bin/{configuration}/net10.0/{file}");
    }
}
