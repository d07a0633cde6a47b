using System.Globalization;
using System.Text.RegularExpressions;
using Holdfast.Harness;
using Holdfast.Tests.Support;

namespace Holdfast.Tests.Faults.Injection;

/// <summary>
/// One deployment of the app: a host and its worker, which are killed, frozen and started again, and the output of all their lives. Its own
/// supervisor: a host that ends by itself is started again, and that is counted, as a start may fail under faults of storage.
/// </summary>
public sealed partial class Deployment(string name, HoldfastApp app, FaultLog log)
{
    private const int MaxStarts = 20;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly List<string> _earlierLines = [];
    private readonly List<string> _deaths = [];
    private readonly HashSet<int> _killedWorkers = [];

    public string Name => name;

    public HoldfastApp App => app;

    /// <summary>What it wrote, in all its lives.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _earlierLines, .. app.Process.Lines];
            }
        }
    }

    /// <summary>Ends of a process that nobody killed, after it had started. Each is a fault of the app.</summary>
    public IReadOnlyList<string> Deaths
    {
        get
        {
            lock (_gate)
            {
                return [.. _deaths, .. DeathsOfWorkers()];
            }
        }
    }

    /// <param name="away">How long the host stays away; a worker comes back when its host starts another.</param>
    public async Task KillAsync(AppPart part, TimeSpan away, CancellationToken stop)
    {
        if (NoteIfDead())
        {
            await StartAsync();
        }

        log.Note(FaultNames.KillOf(part), name);
        lock (_gate)
        {
            _killedWorkers.Add(app.WorkerId);
        }

        switch (part)
        {
            case AppPart.Worker:
                app.KillWorker();
                return;
            case AppPart.Host:
                await app.KillHostAsync();
                break;
            default:
                await app.KillAsync();
                break;
        }

        await Task.Delay(away, stop);
        await StartAsync();
    }

    public async Task PauseAsync(AppPart part, TimeSpan duration, CancellationToken stop)
    {
        if (NoteIfDead())
        {
            await StartAsync();
        }

        log.Note(FaultNames.PauseOf(part), string.Create(CultureInfo.InvariantCulture, $"{name} for {duration.TotalSeconds:0.0} s"));
        int[] frozen = part switch
        {
            AppPart.Worker => [app.WorkerId],
            AppPart.Host => [app.Process.Id],
            _ => [app.Process.Id, app.WorkerId],
        };
        Signal(frozen, ProcessSignal.Stop);
        try
        {
            await Task.Delay(duration, stop);
        }
        finally
        {
            Signal(frozen, ProcessSignal.Continue);
            log.Say($"{name} goes on");
        }
    }

    /// <summary>Waits until a turn's activity ends from now on, on a slow machine not for ever.</summary>
    public async Task WorksAsync(TimeSpan atMost, CancellationToken stop)
    {
        var from = app.Process.Lines.Count;
        for (var waited = TimeSpan.Zero; waited < atMost
            && !app.Process.HasExited
            && !app.Process.Lines.Skip(from).Any(IsEndOfWork); waited += LookEvery)
        {
            await Task.Delay(LookEvery, stop);
        }
    }

    private static bool IsEndOfWork(string line) => line.Contains("Activity ended", StringComparison.Ordinal);

    /// <summary>Starts it if an outage left it ended.</summary>
    public async Task EnsureStartedAsync()
    {
        if (app.Process.HasExited)
        {
            await StartAsync();
        }
    }

    /// <summary>Notes an end that nobody caused.</summary>
    public void Inspect() => NoteIfDead();

    /// <summary>A worker may have ended in this moment; whoever looks for that reads the log.</summary>
    private static void Signal(IEnumerable<int> processes, int signal)
    {
        foreach (var process in processes)
        {
            ProcessSignal.TrySend(process, signal);
        }
    }

    private bool NoteIfDead()
    {
        if (!app.Process.HasExited)
        {
            return false;
        }

        lock (_gate)
        {
            _deaths.Add($"{name} ended by itself: {string.Join(" | ", app.Process.Lines.TakeLast(3))}");
        }

        return true;
    }

    /// <summary>
    /// Workers that had loaded their functions and ended although nobody killed them. One that failed to start is no death.
    /// </summary>
    private IEnumerable<string> DeathsOfWorkers() => _earlierLines.Concat(app.Process.Lines)
        .Select(line => (Line: line, Ended: EndedWorker().Match(line)))
        .Where(
            worker => worker.Ended.Success
                && !_killedWorkers.Contains(int.Parse(worker.Ended.Groups["id"].ValueSpan, CultureInfo.InvariantCulture)))
        .Select(worker => $"a worker of {name} ended by itself: {worker.Line}");

    private async Task StartAsync()
    {
        for (var start = 1; ; start++)
        {
            lock (_gate)
            {
                _earlierLines.AddRange(app.Process.Lines);
            }

            try
            {
                await app.RestartAsync();
                log.Say(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{name} started as process {app.Process.Id} with worker {app.WorkerId}, after "
                            + $"{app.StartedAfter.TotalSeconds:0.0} s"));
                return;
            }
            catch (TimeoutException) when (start < MaxStarts)
            {
                // Storage was away as it started; whoever runs it starts it again.
                log.Note(FaultNames.FailedStart, name);
            }
        }
    }

    [GeneratedRegex("Worker (?<id>[0-9]+) has ended: exit code")]
    private static partial Regex EndedWorker();
}
