using System.Collections;

namespace Holdfast.LocalHost.Settings;

/// <summary>The environment of this process, which its worker inherits.</summary>
internal static class ProcessEnvironment
{
    /// <summary>
    /// By these the Durable extension would take this machine for a consumption plan: other limits, each engine event on the console.
    /// </summary>
    private static readonly string[] SignsOfThePlatform = ["CONTAINER_NAME", "WEBSITE_INSTANCE_ID", "WEBSITE_SKU", "MANAGED_ENVIRONMENT"];

#pragma warning disable RS0030 // This is where the host reads the environment.
    /// <summary>The variable, or null if it is missing or empty.</summary>
    public static string? Read(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    public static IEnumerable<KeyValuePair<string, string>> All() =>
        Environment.GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .Select(entry => KeyValuePair.Create((string)entry.Key, (string?)entry.Value ?? ""));
#pragma warning restore RS0030

    public static void Set(string name, string value) => Environment.SetEnvironmentVariable(name, value);

    /// <summary>What stands in the environment wins over a file.</summary>
    public static void SetIfAbsent(string name, string value)
    {
        if (Read(name) is null)
        {
            Set(name, value);
        }
    }

    public static void ForgetThePlatform()
    {
        foreach (var name in SignsOfThePlatform)
        {
            Environment.SetEnvironmentVariable(name, null);
        }
    }
}
