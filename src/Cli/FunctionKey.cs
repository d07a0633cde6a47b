namespace Holdfast.Cli;

/// <summary>
/// The key that the app's endpoints ask for: as given, else of the environment, else of the host that runs on this machine.
/// </summary>
internal static class FunctionKey
{
    public const string Variable = "HOLDFAST_FUNCTION_KEY";

    /// <summary>Where the host for one machine keeps it; <c>./dev up</c> does so in the repository's root.</summary>
    private static readonly string OwnHostsFile = Path.Combine(".holdfast", "keys", "function");

    /// <returns>Null when there is none. A local key is never sent to another machine.</returns>
    public static string? For(Uri url, string? given)
    {
#pragma warning disable RS0030 // The command line is configured by its arguments and its environment.
        var found = given ?? Environment.GetEnvironmentVariable(Variable);
#pragma warning restore RS0030
        if (!string.IsNullOrEmpty(found))
        {
            return found;
        }

        return url.IsLoopback && File.Exists(OwnHostsFile) ? File.ReadAllText(OwnHostsFile).Trim() : null;
    }
}
