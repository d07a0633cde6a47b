using Microsoft.Extensions.Configuration;

namespace Holdfast.LocalHost.App;

/// <summary>What the functions did, a file for each thing, so that it outlives the worker; and files that a test opens for them.</summary>
public sealed class Trail(IConfiguration configuration)
{
    private readonly string _folder = configuration["TrailFolder"]!;

    /// <summary>Adds a line to a thing's file.</summary>
    public void Leave(string thing, string line)
    {
        lock (_folder)
        {
            File.AppendAllText(Path.Combine(_folder, thing), $"{line}\n");
        }
    }

    /// <summary>Waits until a test has made this file.</summary>
    public async Task OpenedAsync(string name, CancellationToken cancellationToken)
    {
        while (!File.Exists(Path.Combine(_folder, name)))
        {
            await Task.Delay(20, cancellationToken);
        }
    }
}
