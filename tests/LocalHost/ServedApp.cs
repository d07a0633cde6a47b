using System.Globalization;
using Holdfast.Tests.Support;

namespace Holdfast.LocalHost.Tests;

/// <summary>The host as a process around the app of these tests, on a free port, in a folder and a task hub of its own.</summary>
public sealed class ServedApp : IAsyncDisposable
{
    public const string HostJson = """
        { "version": "2.0",
          "logging": { "logLevel": { "default": "Information" } },
          "extensions": {
            "durableTask": {
              "tracing": { "distributedTracingEnabled": true, "version": "None" },
              "storageProvider": {
                "partitionCount": 1, "maxQueuePollingInterval": "00:00:01",
                "workItemQueueVisibilityTimeout": "00:00:05", "controlQueueVisibilityTimeout": "00:01:00"
              }
            }
          }
        }
        """;

    /// <summary>The bound of waits for what takes a second or two on an idle machine.</summary>
    public static readonly TimeSpan Soon = TimeSpan.FromSeconds(120);

    private const string ListeningPrefix = "Listening on ";
    private const string WorkerPrefix = "Worker started: pid ";
    private static int _hubs;
    private readonly IReadOnlyList<string> _arguments;
    private readonly Dictionary<string, string?> _settings;

    private ServedApp(string folder, IReadOnlyList<string> arguments, Dictionary<string, string?> settings) =>
        (Folder, _arguments, _settings) = (folder, arguments, settings);

    /// <summary>The folder of host.json; the trail of the functions lies there too.</summary>
    public string Folder { get; }

    public ChildProcess Host { get; private set; } = null!;

    /// <summary>Sends no key.</summary>
    public HttpClient Http { get; private set; } = null!;

    public int WorkerId => WorkerIds[^1];

    public IReadOnlyList<int> WorkerIds =>
    [
        .. Host.Lines.Where(line => line.Contains(WorkerPrefix, StringComparison.Ordinal))
            .Select(line => int.Parse(line.Split(WorkerPrefix)[1], CultureInfo.InvariantCulture)),
    ];

    public static string AppFolder => Built("tests/LocalHost.App");

    /// <summary>Starts it and waits until it listens.</summary>
    public static async Task<ServedApp> StartAsync(
        Azurite azurite, IReadOnlyList<string>? arguments = null, IReadOnlyDictionary<string, string?>? settings = null,
        params (string Name, string Text)[] files)
    {
        var app = Create(azurite, arguments ?? [], settings, files);
        await app.BeginAsync();
        return app;
    }

    /// <summary>Starts it and waits until it has ended.</summary>
    /// <returns>Its exit code and all that it wrote.</returns>
    public static async Task<(int ExitCode, IReadOnlyList<string> Lines)> FailAsync(
        Azurite azurite, IReadOnlyList<string>? arguments = null, IReadOnlyDictionary<string, string?>? settings = null,
        params (string Name, string Text)[] files)
    {
        await using var app = Create(azurite, arguments ?? [], settings, files);
        app.Launch();
        return (await app.Host.WaitForExitAsync(Soon), app.Host.Lines);
    }

    /// <summary>On the same folder and hub as before.</summary>
    public async Task RestartAsync()
    {
        await Host.DisposeAsync();
        await BeginAsync();
    }

    public string Key(string name) => File.ReadAllText(Path.Combine(Folder, ".holdfast", "keys", name)).Trim();

    public async Task<(int Status, string Body)> SendAsync(
        HttpMethod method, string path, string? key = null, HttpContent? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("x-functions-key", key);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var answer = await Http.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>What the functions noted of a thing so far.</summary>
    public IReadOnlyList<string> Trail(string thing) =>
        File.Exists(Path.Combine(Folder, thing)) ? File.ReadAllLines(Path.Combine(Folder, thing)) : [];

    public Task TrailedAsync(string thing, Func<IReadOnlyList<string>, bool> condition) =>
        Eventually.BecomesTrueAsync(() => condition(Trail(thing)), Soon, $"the trail of {thing}; {Tail()}");

    /// <summary>Lets a function go on that waits for this file.</summary>
    public void Open(string name) => File.WriteAllText(Path.Combine(Folder, name), "");

    public string Tail() => string.Join('\n', Host.Lines.TakeLast(15));

    public async ValueTask DisposeAsync()
    {
        Http?.Dispose();
        await Host.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private static ServedApp Create(
        Azurite azurite, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?>? settings,
        (string Name, string Text)[] files)
    {
        var folder = Directory.CreateTempSubdirectory("holdfast-localhost-").FullName;
        foreach (var (name, text) in (ReadOnlySpan<(string, string)>)[("host.json", HostJson), .. files])
        {
            File.WriteAllText(Path.Combine(folder, name), text);
        }

        var environment = new Dictionary<string, string?>
        {
            ["AzureWebJobsScriptRoot"] = folder,
            ["AzureWebJobsStorage"] = azurite.ConnectionString,
            ["AzureFunctionsJobHost__extensions__durableTask__hubName"] = $"hub{Interlocked.Increment(ref _hubs)}",
            ["TickSchedule"] = "0 0 0 1 1 *",
            ["TrailFolder"] = folder,
        };
        foreach (var (name, value) in settings ?? new Dictionary<string, string?>())
        {
            environment[name] = value;
        }

        return new ServedApp(folder, arguments, environment);
    }

    private async Task BeginAsync()
    {
        Launch();
        var line = await Host.WaitForLineAsync(line => line.StartsWith(ListeningPrefix, StringComparison.Ordinal), Soon);
        Http?.Dispose();
        Http = new HttpClient { BaseAddress = new Uri(line[ListeningPrefix.Length..]), Timeout = Soon };
    }

    private void Launch()
    {
        var host = Path.Combine(Built("src/LocalHost"), "Holdfast.LocalHost.dll");
        string[] defaults = _arguments.Contains("--app") ? [] : ["--app", AppFolder];
        string[] port = _arguments.Contains("--port") ? [] : ["--port", "0"];
        Host = ChildProcess.Start("dotnet", [host, .. defaults, .. port, .. _arguments], Folder, _settings);
    }

    private static string Built(string project)
    {
        var configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
        return RepositoryRoot.PathOf($"{project}/bin/{configuration}/net10.0");
    }
}
