using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Holdfast.LocalHost.Settings;

namespace Holdfast.LocalHost.Workers;

/// <summary>An app as a process, started as the Functions host starts it.</summary>
internal sealed class WorkerProcess : IDisposable
{
    /// <summary>Lines of output that are kept for the message when it ends badly.</summary>
    private const int KeptLines = 50;

    private static readonly TimeSpan LastLinesWithin = TimeSpan.FromSeconds(1);
    private readonly Process _process;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _outputsEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<string> _lines = new();
    private Action<string>? _onLine;
    private int _openOutputs = 2;

    private WorkerProcess(Process process)
    {
        _process = process;
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) =>
        {
            ExitCode = process.ExitCode;
            _ended.TrySetResult();
        };
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
    }

    /// <summary>Completes when the process has ended; its children may live on and hold its outputs.</summary>
    public Task Ended => _ended.Task;

    public int Id { get; private set; }

    /// <summary>Once it has ended; 128 + n when signal n ended it.</summary>
    public int ExitCode { get; private set; }

    /// <summary>The last lines of both outputs.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    /// <param name="app">What to start.</param>
    /// <param name="workerId">By it the worker says who it is.</param>
    /// <param name="channel">Where it opens its stream.</param>
    /// <param name="scriptRoot">Its working folder.</param>
    /// <exception cref="StartUpException">The executable cannot be started.</exception>
    public static WorkerProcess Start(WorkerDescription app, string workerId, Uri channel, string scriptRoot)
    {
        string[] arguments =
        [
            app.Entry,
            "--functions-uri", channel.ToString(),
            "--functions-worker-id", workerId,
            "--functions-request-id", workerId,
            "--functions-grpc-max-message-length", int.MaxValue.ToString(CultureInfo.InvariantCulture),
        ];
        var start = new ProcessStartInfo(app.Executable, arguments)
        {
            WorkingDirectory = scriptRoot,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // Never written to: what counts is that it ends with this process.
            RedirectStandardInput = true,
        };
        start.Environment["FUNCTIONS_APPLICATION_DIRECTORY"] = app.AppFolder;
        start.Environment["FUNCTIONS_WORKER_DIRECTORY"] = app.AppFolder;
        var hooks = new[] { ProcessEnvironment.Read(StartupHook.Variable), typeof(StartupHook).Assembly.Location };
        start.Environment[StartupHook.Variable] = string.Join(Path.PathSeparator, hooks.Where(hook => hook is not null));
        try
        {
            var worker = new WorkerProcess(new Process { StartInfo = start });
            worker._process.Start();
            worker.Id = worker._process.Id;
            worker._process.BeginOutputReadLine();
            worker._process.BeginErrorReadLine();
            return worker;
        }
        catch (Win32Exception fault)
        {
            throw new StartUpException($"The worker cannot be started: {app.Executable}: {fault.Message}", fault);
        }
    }

    /// <summary>Hands over what it says from now on; what it said so far comes first.</summary>
    public void PassLinesTo(Action<string> onLine)
    {
        lock (_lines)
        {
            foreach (var line in _lines)
            {
                onLine(line);
            }

            _onLine = onLine;
        }
    }

    /// <summary>After its end: waits until what it said last is among <see cref="Lines"/>.</summary>
    public async Task ReadToEndAsync(TimeProvider clock)
    {
        try
        {
            await _outputsEnded.Task.WaitAsync(LastLinesWithin, clock);
        }
        catch (TimeoutException)
        {
            // A child of it holds its outputs open.
        }
    }

    public void Kill() => _process.Kill(entireProcessTree: true);

    public void Dispose()
    {
        _process.Dispose();
        _outputsEnded.TrySetResult();
    }

    private void Keep(string? line)
    {
        if (line is null && Interlocked.Decrement(ref _openOutputs) == 0)
        {
            _outputsEnded.TrySetResult();
        }

        if (string.IsNullOrWhiteSpace(line))
        {
            return;
        }

        lock (_lines)
        {
            if (_lines.Count == KeptLines)
            {
                _lines.Dequeue();
            }

            _lines.Enqueue(line);
            _onLine?.Invoke(line);
        }
    }
}
