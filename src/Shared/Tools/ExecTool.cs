using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Holdfast.Models;
using Holdfast.Sessions;
using Microsoft.Extensions.Logging;

namespace Holdfast.Tools;

/// <summary>
/// Runs the executables that an agent's configuration lists, without a shell: arguments reach the process as they are, and nothing in
/// them is expanded. The process starts in the session's working folder with a minimal environment and a closed standard input; when
/// the call ends, whatever it started has ended.
/// </summary>
/// <param name="configuration">What may be run, and how.</param>
/// <param name="settings">Looks up a variable of the app's environment; null when it is not set.</param>
/// <param name="newMark">A new unique text of letters, digits and dashes at every call; it marks the processes of one call.</param>
/// <param name="clock">Measures the timeout.</param>
/// <param name="log">Gets ids, counts and times; never arguments or output.</param>
public sealed partial class ExecTool(
    ExecConfiguration configuration, Func<string, string?> settings, Func<string> newMark, TimeProvider clock, ILogger<ExecTool> log)
    : ITool
{
    /// <summary>What models and agents' files call it.</summary>
    public const string ToolName = "exec";

    // After the process is gone its pipes hold what it wrote last. Whoever still holds them open then was left behind by it.
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(1);

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public ToolDefinition Definition { get; } = Define(configuration);

    /// <summary>True: nobody knows what an executable does.</summary>
    public bool HasSideEffects => true;

    public TimeSpan Limit => configuration.Timeout + DrainTime;

    public async Task<ToolOutcome> RunAsync(ToolCall toolCall, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (ExecInput.TryParse(toolCall.Input, out var fault) is not { } input)
        {
            LogRefused(log, toolCall.CallId, "invalid input");
            return new ToolOutcome.Failed(fault!);
        }

        if (Objection(input) is { } objection)
        {
            LogRefused(log, toolCall.CallId, "denied");
            return new ToolOutcome.Denied(objection);
        }

        return await RunAsync(toolCall, input, cancellationToken);
    }

    private static ToolDefinition Define(ExecConfiguration configuration)
    {
        var names = string.Join(", ", NamesIn(configuration));
        var schema = new JsonObject
        {
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["required"] = new JsonArray("command"),
            ["properties"] = new JsonObject
            {
                ["command"] = new JsonObject
                {
                    ["type"] = "string",
                    ["enum"] = new JsonArray([.. NamesIn(configuration).Select(name => JsonValue.Create(name))]),
                },
                ["args"] = new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "string" } },
            },
        };
        var description = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            Runs one of these commands in the session's working folder and returns its exit code and output: {names}.
            There is no shell: no pipes, redirections, globs or variables; each argument is passed as it is.
            A command is stopped after {configuration.Timeout.TotalSeconds} s.
            """);
        return new ToolDefinition(ToolName, description, JsonSerializer.SerializeToElement(schema));
    }

    private static IEnumerable<string> NamesIn(ExecConfiguration configuration) =>
        configuration.Commands.Keys.Order(StringComparer.Ordinal);

    private string? Objection(ExecInput input)
    {
        if (!configuration.Commands.TryGetValue(input.Command, out var command))
        {
            return $"There is no command of this name. Allowed: {string.Join(", ", NamesIn(configuration))}.";
        }

        var refused = command.ArgumentPatterns.IsEmpty
            ? -1
            : input.Arguments.ToList().FindIndex(argument => !command.ArgumentPatterns.Any(pattern => pattern.IsMatch(argument)));
        return refused < 0
            ? null
            : string.Create(
                CultureInfo.InvariantCulture, $"Argument {refused + 1} of {input.Command} is not allowed here; nothing was run.");
    }

    private async Task<ToolOutcome> RunAsync(ToolCall call, ExecInput input, CancellationToken cancellationToken)
    {
        var mark = newMark();
        using var process = new Process();
        try
        {
            process.StartInfo = StartInfo(call, input, mark);
            process.Start();
        }
        catch (Exception fault) when (fault is Win32Exception or IOException or UnauthorizedAccessException)
        {
            LogNotStarted(log, call.CallId, input.Command, fault.GetType().Name);
            return new ToolOutcome.Failed($"{input.Command} could not be started.");
        }

        var startedAt = clock.GetTimestamp();
        var capture = new OutputCapture(configuration.MaxOutputBytes);
        var hasEnded = await WaitAsync(process, capture, mark, cancellationToken);
        var elapsed = clock.GetElapsedTime(startedAt);
        if (!hasEnded)
        {
            LogTimedOut(log, call.CallId, input.Command, capture.TotalBytes, elapsed.TotalMilliseconds);
            return new ToolOutcome.TimedOut(
                string.Create(CultureInfo.InvariantCulture, $"stopped after {configuration.Timeout.TotalSeconds} s{capture.Render()}"));
        }

        LogEnded(log, call.CallId, input.Command, process.ExitCode, capture.TotalBytes, elapsed.TotalMilliseconds);
        var text = string.Create(CultureInfo.InvariantCulture, $"exit code {process.ExitCode}{capture.Render()}");
        return process.ExitCode == 0 ? new ToolOutcome.Succeeded(text) : new ToolOutcome.Failed(text);
    }

    /// <summary>
    /// The session's working folder, for this user alone, created where it is not there: it may be gone at the next call, and another
    /// machine has none of it.
    /// </summary>
    private string FolderOf(SessionId session)
    {
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(session.Value)))[..32];
        var path = Path.Combine(configuration.WorkRoot, name);
        return (OperatingSystem.IsWindows() ? Directory.CreateDirectory(path) : Directory.CreateDirectory(path, OwnerOnly)).FullName;
    }

    private ProcessStartInfo StartInfo(ToolCall call, ExecInput input, string mark)
    {
        var folder = FolderOf(call.SessionId);
        var start = new ProcessStartInfo(configuration.Commands[input.Command].Path, input.Arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var name in configuration.Environment)
        {
            if (settings(name) is { } value)
            {
                start.Environment[name] = value;
            }
        }

        start.Environment["HOME"] = folder;
        start.Environment["TMPDIR"] = folder;
        start.Environment[ProcessTree.MarkVariable] = mark;
        return start;
    }

    /// <summary>
    /// Waits until the process has ended and its output is read, and sees to it that nothing of it is left, whichever way it goes.
    /// </summary>
    /// <returns>False when it was stopped by the timeout.</returns>
    private async Task<bool> WaitAsync(Process process, OutputCapture capture, string mark, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(configuration.Timeout, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        using var stopReading = new CancellationTokenSource();
        process.StandardInput.Close();
        var reading = capture.ReadAsync(process.StandardOutput.BaseStream, process.StandardError.BaseStream, stopReading.Token);
        try
        {
            await process.WaitForExitAsync(stop.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            ProcessTree.End(process, mark);
            await process.WaitForExitAsync(CancellationToken.None);
            await DrainAsync(reading, stopReading);
        }
    }

    private async Task DrainAsync(Task reading, CancellationTokenSource stopReading)
    {
        try
        {
            await reading.WaitAsync(DrainTime, clock, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            // Not awaited: a read of a pipe may not notice that it is cancelled. What comes from now on is not shown.
            await stopReading.CancelAsync();
        }
        catch (IOException)
        {
            // The pipe broke with the process; what was read stands.
        }
    }
}
