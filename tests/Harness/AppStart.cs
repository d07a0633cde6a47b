using Holdfast.Tests.Support;

namespace Holdfast.Harness;

/// <summary>A start of the app that is expected to fail.</summary>
/// <param name="ExitCode">Of the process.</param>
/// <param name="Lines">All that it wrote.</param>
public sealed record AppStart(int ExitCode, IReadOnlyList<string> Lines)
{
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(60);

    /// <param name="folder">Gets the files; stays the caller's.</param>
    /// <param name="configuration">Null for none, also where the caller has written one.</param>
    /// <param name="host">The text of host.json; null for the app's own.</param>
    /// <param name="environment">Settings of the process, beside the caller's own environment.</param>
    /// <exception cref="TimeoutException">The process still runs.</exception>
    public static async Task<AppStart> RunAsync(
        string folder, AppConfiguration? configuration, string? host, IReadOnlyDictionary<string, string?> environment)
    {
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "host.json"), host ?? await File.ReadAllTextAsync(RepositoryRoot.PathOf("host.json")));
        if (configuration is not null)
        {
            await configuration.WriteAsync(folder);
        }

        var settings = new Dictionary<string, string?>(environment) { ["AzureWebJobsScriptRoot"] = folder };
        await using var process = HostCommand.Start(0, Path.Combine(folder, "keys"), folder, settings);
        var exitCode = await process.WaitForExitAsync(EndsWithin);
        return new AppStart(exitCode, process.Lines);
    }
}
