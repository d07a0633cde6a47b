using System.Diagnostics;
using System.Globalization;

namespace Holdfast.Tests.Support;

/// <summary>
/// A process that a test starts, listens to, stops, and never leaves behind: disposal kills it, and so does a guard beside it when the
/// test host itself dies. Unix only (signals).
/// </summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private readonly List<LineWaiter> _waiters = [];
    private readonly Process _process;
    private readonly Process _guard;
    private bool _isDisposed;

    private ChildProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => OnLine(line.Data);
        process.ErrorDataReceived += (_, line) => OnLine(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Id = process.Id;
        _guard = StartGuard(Id);
    }

    public int Id { get; }

    public bool HasExited => _process.HasExited;

    /// <summary>What the process wrote so far to both outputs, in the order of arrival.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>Starts <paramref name="file"/>; environment values are added to the test's own, null removes one.</summary>
    public static ChildProcess Start(
        string file,
        IEnumerable<string> arguments,
        string? workingDirectory = null,
        IReadOnlyDictionary<string, string?>? environment = null)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = workingDirectory ?? RepositoryRoot.Folder,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        return new ChildProcess(new Process { StartInfo = start });
    }

    /// <summary>The first line, past or future, that <paramref name="matches"/>.</summary>
    /// <exception cref="TimeoutException">It did not come in time, or the process ended before; the message has the last lines.</exception>
    public async Task<string> WaitForLineAsync(Func<string, bool> matches, TimeSpan within)
    {
        var waiter = new LineWaiter(matches);
        lock (_gate)
        {
            if (_lines.Find(line => matches(line)) is { } found)
            {
                return found;
            }

            _waiters.Add(waiter);
        }

        var ended = _process.WaitForExitAsync();
        var first = await Task.WhenAny(waiter.Line.Task, ended, Task.Delay(within));
        if (first == ended)
        {
            // Both outputs are read to their ends before this task completes: the line, if any, is in.
            waiter.Line.TrySetException(new TimeoutException($"The process ended with {_process.ExitCode} before its line came.{Tail()}"));
        }

        waiter.Line.TrySetException(new TimeoutException($"No such line within {within}.{Tail()}"));
        return await waiter.Line.Task;
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public void Kill() => _process.Kill();

    /// <summary>SIGSTOP: the process is frozen, its sockets stay open.</summary>
    public void Pause() => Signal(ProcessSignal.Stop);

    /// <summary>SIGCONT after <see cref="Pause"/>.</summary>
    public void Resume() => Signal(ProcessSignal.Continue);

    /// <summary>SIGTERM: asks it to end.</summary>
    public void Terminate() => Signal(ProcessSignal.Terminate);

    /// <returns>The exit code; 128 + n when signal n ended it.</returns>
    /// <exception cref="TimeoutException">It still runs.</exception>
    public async Task<int> WaitForExitAsync(TimeSpan within)
    {
        await _process.WaitForExitAsync().WaitAsync(within);
        return _process.ExitCode;
    }

    /// <summary>Kills what still runs. Doing it twice does nothing more.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return;
        }

        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        if (!_guard.HasExited)
        {
            _guard.Kill();
        }

        _guard.Dispose();
    }

    private void OnLine(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_gate)
        {
            _lines.Add(line);
            foreach (var waiter in _waiters.Where(waiter => waiter.Matches(line)))
            {
                waiter.Line.TrySetResult(line);
            }

            _waiters.RemoveAll(waiter => waiter.Line.Task.IsCompleted);
        }
    }

    /// <summary>
    /// A shell that reads from a pipe whose other end only this test host holds: when the host dies, however it dies, the pipe ends and
    /// the shell kills the child. (A death signal set by prctl would fire when the thread ends that happened to start the process.)
    /// </summary>
    private static Process StartGuard(int id)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", "read _; kill -9 \"$0\"", id.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    private void Signal(int number)
    {
        if (!ProcessSignal.TrySend(Id, number))
        {
            throw new InvalidOperationException($"Signal {number} did not reach process {Id}.");
        }
    }

    private string Tail() => Environment.NewLine + string.Join(Environment.NewLine, Lines.TakeLast(20));

    private sealed record LineWaiter(Func<string, bool> Matches)
    {
        public TaskCompletionSource<string> Line { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
