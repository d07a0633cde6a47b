using System.Globalization;
using Holdfast.Tests.Support;

namespace Holdfast.Harness;

/// <summary>The app under the host for one machine: two processes, host and worker, on a free port, in a folder of its own.</summary>
public sealed class HoldfastApp : IAsyncDisposable
{
    private const string WorkerPrefix = "Worker started: pid ";
    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(10);
    private readonly string _folder;
    private readonly Dictionary<string, string?> _environment;

    private HoldfastApp(string folder, Dictionary<string, string?> environment) => (_folder, _environment) = (folder, environment);

    /// <summary>The host; what the worker says comes through it.</summary>
    public ChildProcess Process { get; private set; } = null!;

    /// <summary>The newest worker that the host has started.</summary>
    public int WorkerId => int.Parse(
        Process.Lines.Last(line => line.Contains(WorkerPrefix, StringComparison.Ordinal)).Split(WorkerPrefix)[1],
        CultureInfo.InvariantCulture);

    /// <summary>Sends the master key with each request.</summary>
    public HttpClient Http { get; private set; } = new();

    /// <summary>Sends no key.</summary>
    public HttpClient Keyless { get; private set; } = new();

    /// <summary>The host's own keys.</summary>
    public IReadOnlyList<string> Keys => [.. Directory.GetFiles(KeyFolder).Select(file => File.ReadAllText(file).Trim())];

    /// <summary>From the start of the process to its "Listening" line.</summary>
    public TimeSpan StartedAfter { get; private set; }

    /// <param name="folder">Gets host.json and holdfast.json; stays the caller's.</param>
    /// <param name="configuration">Is written there.</param>
    /// <param name="environment">Settings of the process, beside the caller's own environment.</param>
    public static async Task<HoldfastApp> StartAsync(
        string folder, AppConfiguration configuration, IReadOnlyDictionary<string, string?> environment)
    {
        Directory.CreateDirectory(folder);
        File.Copy(RepositoryRoot.PathOf("host.json"), Path.Combine(folder, "host.json"), overwrite: true);
        await configuration.WriteAsync(folder);
        var app = new HoldfastApp(folder, new Dictionary<string, string?>(environment) { ["AzureWebJobsScriptRoot"] = folder });
        await app.StartAsync();
        return app;
    }

    /// <summary>Ends host and worker at once, as a power cut would.</summary>
    public async Task KillAsync()
    {
        var worker = WorkerId;
        Process.Kill();
        ProcessFigures.Kill(worker);
        await Process.WaitForExitAsync(EndsWithin);
    }

    /// <summary>Kills the host alone; the worker finds out and ends by itself.</summary>
    public async Task KillHostAsync()
    {
        Process.Kill();
        await Process.WaitForExitAsync(EndsWithin);
    }

    /// <summary>Kills the worker alone; the host starts another.</summary>
    public void KillWorker() => ProcessFigures.Kill(WorkerId);

    /// <summary>Freezes both; their sockets stay open.</summary>
    public void Pause()
    {
        var worker = WorkerId;
        Process.Pause();
        ProcessSignal.TrySend(worker, ProcessSignal.Stop);
    }

    /// <summary>Ends <see cref="Pause"/>.</summary>
    public void Resume()
    {
        ProcessSignal.TrySend(WorkerId, ProcessSignal.Continue);
        Process.Resume();
    }

    /// <summary>Starts both again, on the same folder and store.</summary>
    public async Task RestartAsync()
    {
        await Process.DisposeAsync();
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Keyless.Dispose();
        await Process.DisposeAsync();
    }

    /// <summary>CPU time of both processes so far, user and system together.</summary>
    public TimeSpan CpuTime => ProcessFigures.CpuTime(Process.Id) + ProcessFigures.CpuTime(WorkerId);

    /// <summary>The most memory that each process ever held, together, in bytes.</summary>
    public long PeakMemory => ProcessFigures.PeakMemory(Process.Id) + ProcessFigures.PeakMemory(WorkerId);

    /// <summary>The key that opens everything.</summary>
    public string Key => HostCommand.MasterKey(KeyFolder);

    private string KeyFolder => Path.Combine(_folder, "keys");

    private async Task StartAsync()
    {
        var started = TimeProvider.System.GetTimestamp();
        Process = HostCommand.Start(0, KeyFolder, _folder, _environment);
        var line = await Process.WaitForLineAsync(
            line => line.StartsWith(HostCommand.ListeningPrefix, StringComparison.Ordinal), StartsWithin);
        StartedAfter = TimeProvider.System.GetElapsedTime(started);
        Http.Dispose();
        Keyless.Dispose();
        Keyless = new HttpClient { BaseAddress = HostCommand.AddressIn(line), Timeout = TimeSpan.FromSeconds(100) };
        Http = new HttpClient { BaseAddress = Keyless.BaseAddress, Timeout = Keyless.Timeout };
        Http.DefaultRequestHeaders.Add("x-functions-key", Key);
    }
}
