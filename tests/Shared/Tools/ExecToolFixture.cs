using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Holdfast.Sessions;
using Holdfast.Tools;
using Microsoft.Extensions.Logging;

namespace Holdfast.Tests.Tools;

/// <summary>An exec tool over real executables in a folder of its own, and what it logged.</summary>
internal sealed class ExecToolFixture : ILogger<ExecTool>, IDisposable
{
    private int _calls;

    public ExecToolFixture() => Root = Directory.CreateTempSubdirectory("holdfast-exec-").FullName;

    public string Root { get; }

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    public int MaxOutputBytes { get; init; } = 32 * 1024;

    public static readonly SessionId Session = SessionId.Parse("11111111111111111111111111111111");

    public List<string> Log { get; } = [];

    public Dictionary<string, string> Settings { get; } = new() { ["PATH"] = "/usr/bin:/bin", ["SECRET"] = "hidden" };

    public ExecTool Tool => new(
        new ExecConfiguration
        {
            Commands = new Dictionary<string, ExecCommand>
            {
                ["echo"] = new() { Path = "/bin/echo" },
                ["sleep"] = new() { Path = "/bin/sleep" },
                ["env"] = new() { Path = "/usr/bin/env" },
                ["cat"] = new() { Path = "/bin/cat" },
                ["pwd"] = new() { Path = "/bin/pwd" },
                ["touch"] = new() { Path = "/usr/bin/touch" },
                ["head"] = new() { Path = "/usr/bin/head" },
                ["printf"] = new() { Path = "/usr/bin/printf" },
                ["false"] = new() { Path = "/bin/false" },
                ["sh"] = new() { Path = "/bin/sh" },
                ["gone"] = new() { Path = "/bin/no-such-executable" },
                ["ruled"] = new() { Path = "/bin/echo", ArgumentPatterns = [new Regex(@"\A(?:[a-z]+)\z", RegexOptions.NonBacktracking)] },
            },
            Timeout = Timeout,
            MaxOutputBytes = MaxOutputBytes,
            Environment = ["PATH", "LANG"],
            WorkRoot = Path.Combine(Root, "work"),
        },
        Settings.GetValueOrDefault,
        () => string.Create(CultureInfo.InvariantCulture, $"test-{Environment.ProcessId}-{Path.GetFileName(Root)}-{++_calls}"),
        TimeProvider.System,
        this);

    public Task<ToolOutcome> RunAsync(string command, params string[] args) => RunAsync(Session, command, args);

    public Task<ToolOutcome> RunAsync(SessionId session, string command, string[] args, CancellationToken cancellationToken = default) =>
        Tool.RunAsync(new ToolCall("call-1", session, JsonSerializer.SerializeToElement(new { command, args })), cancellationToken);

    public Task<ToolOutcome> RunInputAsync(string input) =>
        Tool.RunAsync(new ToolCall("call-1", Session, JsonDocument.Parse(input).RootElement), CancellationToken.None);

    /// <summary>True while a process runs whose command line has this text.</summary>
    public static bool IsRunning(string text) =>
        Directory.EnumerateDirectories("/proc").Any(folder => CommandLine(folder).Contains(text, StringComparison.Ordinal));

    public static async Task<bool> BecomesAsync(Func<bool> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!condition() && watch.Elapsed < TimeSpan.FromSeconds(10))
        {
            await Task.Delay(10);
        }

        return condition();
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Log.Add($"{eventId.Id} {formatter(state, exception)} {exception}");

    private static string CommandLine(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "cmdline"));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return string.Empty;
        }
    }
}
