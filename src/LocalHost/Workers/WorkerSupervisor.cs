using System.Collections.Concurrent;
using Holdfast.LocalHost.Functions;

namespace Holdfast.LocalHost.Workers;

/// <summary>Keeps one worker running: starts it, and starts it again when it ends.</summary>
internal sealed partial class WorkerSupervisor(
    WorkerDescription app, string scriptRoot, TimeProvider clock, ILoggerFactory loggers) : IAsyncDisposable
{
    /// <summary>So many ends within <see cref="CrashWindow"/> are no accident: the host ends too.</summary>
    private const int CrashLimit = 5;

    private static readonly TimeSpan CrashWindow = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(200);

    /// <summary>Work that comes while a worker starts waits so long for it.</summary>
    private static readonly TimeSpan WorkWaits = TimeSpan.FromSeconds(30);

    private readonly ILogger _log = loggers.CreateLogger<WorkerSupervisor>();
    private readonly ConcurrentDictionary<string, Worker> _byId = new();
    private volatile TaskCompletionSource<Worker> _ready = NextReady();
    private volatile bool _isEnding;
    private volatile Worker? _current;

    /// <summary>The worker of this id, for the stream that it opens.</summary>
    public Worker? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>The worker, once it has loaded its functions.</summary>
    /// <exception cref="WorkerProcessExitException">There is none for a while.</exception>
    public async Task<Worker> ReadyAsync(CancellationToken cancellationToken, TimeSpan? within = null)
    {
        try
        {
            return await _ready.Task.WaitAsync(within ?? WorkWaits, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new WorkerProcessExitException();
        }
    }

    /// <summary>Waits for the first worker and makes sure that it has what the host serves.</summary>
    /// <exception cref="StartUpException">It lacks a function, or takes no requests.</exception>
    public async Task CheckAsync(IReadOnlyList<FunctionDefinition> functions)
    {
        var worker = await _ready.Task;
        foreach (var function in functions)
        {
            worker.Check(function);
        }
    }

    /// <summary>Runs worker after worker until disposal.</summary>
    /// <exception cref="StartUpException">
    /// The first one does not start, for another reason than its port, or one after the other ends.
    /// </exception>
    public async Task RunAsync(Uri channelAddress)
    {
        var crashes = new Queue<long>();
        for (var isFirst = true; !_isEnding; isFirst = false)
        {
            var worker = Begin(channelAddress);
            if (_isEnding)
            {
                // Disposal came too early to see it.
                await worker.DisposeAsync();
                return;
            }

            var fault = await LiveAsync(worker, isFirst);
            if (_isEnding)
            {
                return;
            }

            crashes.Enqueue(clock.GetTimestamp());
            while (clock.GetElapsedTime(crashes.Peek()) > CrashWindow)
            {
                crashes.Dequeue();
            }

            LogEnded(_log, worker.ProcessId, fault);
            if (crashes.Count >= CrashLimit)
            {
                throw new StartUpException(
                    $"The worker has ended {CrashLimit} times within a minute. Its last lines:\n{string.Join('\n', worker.LastLines)}");
            }

            _byId.TryRemove(worker.Id, out _);
            await worker.DisposeAsync();
            await Task.Delay(FirstDelay * Math.Pow(2, crashes.Count - 1), clock);
        }
    }

    /// <summary>The next end of a worker is the last.</summary>
    public void RestartNoMore() => _isEnding = true;

    public async ValueTask DisposeAsync()
    {
        RestartNoMore();
        if (_current is { } worker)
        {
            await worker.DisposeAsync();
        }
    }

    private Worker Begin(Uri channelAddress)
    {
#pragma warning disable RS0030 // This is the source of worker ids.
        var worker = Worker.Start(app, Guid.NewGuid().ToString(), channelAddress, scriptRoot, clock, loggers);
#pragma warning restore RS0030
        _byId[worker.Id] = _current = worker;
        LogStarted(_log, worker.ProcessId);
        return worker;
    }

    /// <returns>How it ended.</returns>
    private async Task<string> LiveAsync(Worker worker, bool isFirst)
    {
        try
        {
            await worker.BecomeReadyAsync();
        }
        catch (StartUpException fault) when (!isFirst || worker.FoundItsPortTaken)
        {
            return fault.Message;
        }

        _ready.TrySetResult(worker);
        await worker.EndAsync(() => _ready = NextReady());
        return worker.FoundItsPortTaken ? "another process had taken its port" : $"exit code {worker.ExitCode}";
    }

    private static TaskCompletionSource<Worker> NextReady() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
