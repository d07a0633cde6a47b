using System.Collections;

namespace Holdfast.Embedded.Settings;

/// <summary>
/// The process environment. The real host starts the worker with the values of local.settings.json in its environment, and
/// code below the app (credential chains, for example) reads them there; so this host has to do the same.
/// </summary>
internal static class ProcessEnvironment
{
#pragma warning disable RS0030 // This is the place where a host, unlike an app, reads the environment.
    /// <summary>The variable, or null if it is missing or empty.</summary>
    public static string? Read(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    /// <summary>All variables.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> All()
    {
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            yield return new((string)entry.Key, entry.Value as string);
        }
    }
#pragma warning restore RS0030

    /// <summary>Sets the variable unless it already has a value: what stands in the environment wins.</summary>
    public static void SetIfAbsent(string name, string value)
    {
        if (Read(name) is null)
        {
            Environment.SetEnvironmentVariable(name, value);
        }
    }
}
