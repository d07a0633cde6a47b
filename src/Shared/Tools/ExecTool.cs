using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace Holdfast.Tools;

/// <summary>
/// Runs the executables that an agent's configuration lists, without a shell: arguments reach the process as they are, and nothing in
/// them is expanded. The process starts in the session's working folder with a minimal environment and a closed standard input; when
/// the call ends, whatever it started has ended.
/// </summary>
public sealed partial class ExecTool : ITool
{
    /// <summary>The tool's name.</summary>
    public const string ToolName = "exec";

    // After the process is gone its pipes hold what it wrote last. Whoever still holds them open then was left behind by it.
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(1);

    private readonly ExecConfiguration _configuration;
    private readonly Func<string, string?> _settings;
    private readonly Func<string> _newMark;
    private readonly TimeProvider _time;
    private readonly ILogger<ExecTool> _logger;

    /// <param name="configuration">What may be run, and how.</param>
    /// <param name="settings">Looks up a variable of the app's environment; null when it is not set.</param>
    /// <param name="newMark">A new unique text of letters, digits and dashes at every call; it marks the processes of one call.</param>
    /// <param name="time">Measures the timeout.</param>
    /// <param name="logger">Gets ids, counts and times; never arguments or output.</param>
    public ExecTool(
        ExecConfiguration configuration, Func<string, string?> settings, Func<string> newMark, TimeProvider time, ILogger<ExecTool> logger)
    {
        _configuration = configuration;
        _settings = settings;
        _newMark = newMark;
        _time = time;
        _logger = logger;
        Definition = Define(configuration);
    }

    public string Name => ToolName;

    public ToolDefinition Definition { get; }

    /// <summary>True: nobody knows what an executable does.</summary>
    public bool HasSideEffects => true;

    public TimeSpan Limit => _configuration.Timeout + DrainTime;

    public async Task<ToolOutcome> RunAsync(ToolCall toolCall, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(toolCall);
        cancellationToken.ThrowIfCancellationRequested();
        switch (ExecInputParser.Parse(toolCall.Input))
        {
            case ExecInputOutcome.Invalid invalid:
                LogRefused(toolCall.CallId, nameof(ToolFailure.InvalidInput));
                return new ToolOutcome.Failed(invalid.Reason, ToolFailure.InvalidInput);
            case ExecInputOutcome.Parsed parsed when Objection(parsed.Input) is { } objection:
                LogRefused(toolCall.CallId, nameof(ToolOutcome.Denied));
                return new ToolOutcome.Denied(objection);
            case ExecInputOutcome.Parsed parsed:
                return await RunAsync(toolCall, parsed.Input, cancellationToken);
            default:
                throw new UnreachableException();
        }
    }

    private static ToolDefinition Define(ExecConfiguration configuration)
    {
        var names = configuration.Commands.Keys.Order(StringComparer.Ordinal).ToArray();
        var schema = new JsonObject
        {
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["required"] = new JsonArray("command"),
            ["properties"] = new JsonObject
            {
                ["command"] = new JsonObject { ["type"] = "string", ["enum"] = new JsonArray([.. names.Select(name => JsonValue.Create(name))]) },
                ["args"] = new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "string" } },
            },
        };
        var description = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            Runs one of these commands in the session's working folder and returns its exit code and output: {string.Join(", ", names)}.
            There is no shell: no pipes, redirections, globs or variables; each argument is passed as it is.
            A command is stopped after {configuration.Timeout.TotalSeconds} s.
            """);
        return new ToolDefinition(ToolName, description, JsonSerializer.SerializeToElement(schema));
    }

    private string? Objection(ExecInput input)
    {
        if (!_configuration.Commands.TryGetValue(input.Command, out var command))
        {
            return $"There is no command of this name. Allowed: {string.Join(", ", _configuration.Commands.Keys.Order(StringComparer.Ordinal))}.";
        }

        var refused = command.ArgumentPatterns.IsEmpty
            ? -1
            : input.Arguments.ToList().FindIndex(argument => !command.ArgumentPatterns.Any(pattern => pattern.IsMatch(argument)));
        return refused < 0 ? null : string.Create(CultureInfo.InvariantCulture, $"Argument {refused + 1} of {input.Command} is not allowed here; nothing was run.");
    }

    private async Task<ToolOutcome> RunAsync(ToolCall call, ExecInput input, CancellationToken cancellationToken)
    {
        var mark = _newMark();
        using var process = new Process();
        try
        {
            process.StartInfo = StartInfo(call, input, mark);
            process.Start();
        }
        catch (Exception fault) when (fault is Win32Exception or IOException or UnauthorizedAccessException)
        {
            LogNotStarted(call.CallId, input.Command, fault.GetType().Name);
            return new ToolOutcome.Failed($"{input.Command} could not be started.", ToolFailure.NotStarted);
        }

        var startedAt = _time.GetTimestamp();
        var capture = new OutputCapture(_configuration.MaxOutputBytes);
        var hasEnded = await WaitAsync(process, capture, mark, cancellationToken);
        var elapsed = _time.GetElapsedTime(startedAt);
        if (!hasEnded)
        {
            LogTimedOut(call.CallId, input.Command, capture.TotalBytes, elapsed.TotalMilliseconds);
            return new ToolOutcome.TimedOut(
                string.Create(CultureInfo.InvariantCulture, $"stopped after {_configuration.Timeout.TotalSeconds} s{capture.Render()}"), _configuration.Timeout);
        }

        LogEnded(call.CallId, input.Command, process.ExitCode, capture.TotalBytes, elapsed.TotalMilliseconds);
        var text = string.Create(CultureInfo.InvariantCulture, $"exit code {process.ExitCode}{capture.Render()}");
        return process.ExitCode == 0 ? new ToolOutcome.Succeeded(text) : new ToolOutcome.Failed(text, ToolFailure.Reported);
    }

    private ProcessStartInfo StartInfo(ToolCall call, ExecInput input, string mark)
    {
        var folder = SessionFolder.Ensure(_configuration.WorkRoot, call.SessionId);
        var start = new ProcessStartInfo(_configuration.Commands[input.Command].Path, input.Arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var name in _configuration.Environment)
        {
            if (_settings(name) is { } value)
            {
                start.Environment[name] = value;
            }
        }

        start.Environment["HOME"] = folder;
        start.Environment["TMPDIR"] = folder;
        start.Environment[ProcessTree.MarkVariable] = mark;
        return start;
    }

    /// <summary>Waits until the process has ended and its output is read, and sees to it that nothing of it is left, whichever way it goes.</summary>
    /// <returns>False when it was stopped by the timeout.</returns>
    private async Task<bool> WaitAsync(Process process, OutputCapture capture, string mark, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_configuration.Timeout, _time);
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
            await reading.WaitAsync(DrainTime, _time, CancellationToken.None);
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
