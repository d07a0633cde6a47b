using System.Globalization;
using Holdfast.Tests.Support;

namespace Holdfast.Harness;

/// <summary>The app as its own process, on a free port, in a folder of its own.</summary>
public sealed class HoldfastApp : IAsyncDisposable
{
    private const string ListeningPrefix = "Listening on ";
    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(60);
    private readonly string _folder;
    private readonly Dictionary<string, string?> _environment;

    private HoldfastApp(string folder, Dictionary<string, string?> environment) => (_folder, _environment) = (folder, environment);

    public ChildProcess Process { get; private set; } = null!;

    public HttpClient Http { get; private set; } = new();

    /// <summary>From the start of the process to its "Listening" line.</summary>
    public TimeSpan StartedAfter { get; private set; }

    /// <param name="folder">Gets host.json and holdfast.json; stays the caller's.</param>
    /// <param name="configuration">The text of holdfast.json.</param>
    /// <param name="environment">Settings of the process, beside the caller's own environment.</param>
    public static async Task<HoldfastApp> StartAsync(string folder, string configuration, IReadOnlyDictionary<string, string?> environment)
    {
        Directory.CreateDirectory(folder);
        File.Copy(RepositoryRoot.PathOf("host.json"), Path.Combine(folder, "host.json"), overwrite: true);
        await File.WriteAllTextAsync(Path.Combine(folder, "holdfast.json"), configuration);
        var app = new HoldfastApp(folder, new Dictionary<string, string?>(environment) { ["AzureWebJobsScriptRoot"] = folder });
        await app.StartAsync();
        return app;
    }

    /// <summary>Where the built app lies: the configuration that the caller was built in.</summary>
    public static string AssemblyPath
    {
        get
        {
            var configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
            return RepositoryRoot.PathOf($"src/Functions/bin/{configuration}/net10.0/Holdfast.Functions.dll");
        }
    }

    /// <summary>Ends the process as a power cut would.</summary>
    public async Task KillAsync()
    {
        Process.Kill();
        await Process.WaitForExitAsync(TimeSpan.FromSeconds(10));
    }

    /// <summary>Starts the process again, on the same folder and store.</summary>
    public async Task RestartAsync()
    {
        await Process.DisposeAsync();
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Process.DisposeAsync();
    }

    private async Task StartAsync()
    {
        var started = TimeProvider.System.GetTimestamp();
        Process = ChildProcess.Start("dotnet", [AssemblyPath, "--port", "0"], _folder, _environment);
        var line = await Process.WaitForLineAsync(line => line.Contains(ListeningPrefix, StringComparison.Ordinal), StartsWithin);
        StartedAfter = TimeProvider.System.GetElapsedTime(started);
        var address = line[(line.IndexOf(ListeningPrefix, StringComparison.Ordinal) + ListeningPrefix.Length)..].Trim();
        Http.Dispose();
        Http = new HttpClient { BaseAddress = new Uri(address.TrimEnd('/') + "/"), Timeout = TimeSpan.FromSeconds(100) };
    }

    /// <summary>CPU time of the process so far, user and system together.</summary>
    public TimeSpan CpuTime
    {
        get
        {
            using var process = System.Diagnostics.Process.GetProcessById(Process.Id);
            return process.TotalProcessorTime;
        }
    }

    /// <summary>The most memory that the process ever held, in bytes.</summary>
    public long PeakMemory
    {
        get
        {
            var line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{Process.Id}/status")).First(line => line.StartsWith("VmHWM", StringComparison.Ordinal));
            return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[^2], CultureInfo.InvariantCulture) * 1024;
        }
    }
}
